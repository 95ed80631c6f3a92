#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/identity/application.h"
#include "core/oidc/refusal.h"

namespace portcullis::oidc {

/// Finds the resource of this tenant that an identifier names: an API's `identifier_uri` or its application id. Null
/// when there is none or it is disabled; whoever implements it does not tell which.
using FindResource = std::function<const identity::Application*(std::string_view identifier)>;

/// What a request asks for, understood (PROTO-150, PROTO-225).
struct Scopes {
    std::vector<std::string> spelled{};  ///< every granted scope as the client spelled it, once, in order
    std::vector<std::string> open_id{};  ///< `openid`, `profile`, ..., `offline_access`
    std::string resource{};              ///< identifier as the client spelled it; empty: only OpenID scopes
    ApplicationId resource_id{};         ///< nil when `resource` is empty
    std::vector<std::string>
        permissions{};        ///< scope values of the resource, `.default` resolved to all that the client may ask for
    bool is_default = false;  ///< `{resource}/.default` was asked for

    [[nodiscard]] bool has(std::string_view open_id_scope) const;
    /// The answer's `scope`: space-separated, in the client's spelling.
    [[nodiscard]] std::string text() const;
    /// Access token `scp`: the resource's permissions; the OpenID scopes when there is no resource.
    [[nodiscard]] std::string permissions_text() const;
};

/// The OpenID scopes, in the order of the metadata document.
std::span<const std::string_view> open_id_scopes();

/// RFC 6749 §3.3: one or more tokens of printable ASCII without `"` and `\`, single spaces between; at most 4096
/// characters.
std::optional<std::vector<std::string>> split_scope(std::string_view scope);
/// Whether `wanted` is one of the tokens.
bool has_scope(std::string_view scope, std::string_view wanted);

/// What a delegated request of `client` asks for. `resources`: the `resource` parameters (RFC 8707); bare scope names that
/// are not OpenID's belong to it. OpenID scopes are everybody's; of a resource a client gets what an administrator granted
/// it (protocols.md §3). Refuses: 70011 invalid_scope for a scope that is not granted, whether it exists or not; 500011
/// invalid_target for a resource that does not exist, for a mix of two, and for one that is named without a scope where
/// nothing is granted.
std::variant<Scopes, Refusal> parse_scopes(const identity::Application& client, std::string_view scope,
                                           std::span<const std::string_view> resources,
                                           const FindResource& find_resource);

/// What a service asks for itself (PROTO-126): `{resource}/.default`, or `resource` and names of application roles
/// granted to it. OpenID scopes are 70011, and so is a resource where no role is granted. `permissions` are then roles, at
/// most those an administrator granted.
std::variant<Scopes, Refusal> parse_application_scopes(const identity::Application& client, std::string_view scope,
                                                       std::span<const std::string_view> resources,
                                                       const FindResource& find_resource);

/// `scope` at a refresh (PROTO-123): the subset of the granted text that is asked for; everything when nothing is asked
/// for. Nothing (70011) when it asks for more than was granted.
std::optional<std::string> narrow_scope(std::string_view granted, std::string_view asked);

}  // namespace portcullis::oidc
