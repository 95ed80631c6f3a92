#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/secret.h"
#include "base/time.h"
#include "core/identity/application.h"
#include "core/oidc/parameters.h"
#include "core/oidc/refusal.h"

namespace portcullis::oidc {

/// How credentials arrived.
enum class Presented { none, basic, post, assertion };

/// A client's claim to be itself, not verified.
struct PresentedClient {
    ApplicationId client{};  ///< nil when the `client_id` is no GUID: then no application has it
    Presented how = Presented::none;
    Secret secret;  ///< empty for `none`; the assertion itself, which then says who the client is
};

/// What the request presented. Refuses: invalid_request for none or two methods at once (PROTO-020) or half an
/// assertion; invalid_client for a Basic value that does not decode, a `client_id` in the body that differs (PROTO-021),
/// or an assertion that is no JWT.
std::variant<PresentedClient, Refusal> present_client(std::optional<std::string_view> authorization,
                                                      const Parameters& body);

/// Whether the 401 carries `WWW-Authenticate: Basic` (PROTO-024).
bool tried_basic(std::optional<std::string_view> authorization);

/// Witness that the client is who it says; `azpacr` of its access tokens is `0` (public), `1` (secret) or `2`
/// (assertion).
struct AuthenticatedClient {
    ApplicationId client{};
    Presented how = Presented::none;
    SecretId secret{};  ///< which of the live secrets; nil for public clients and assertions
};

/// Compares with the registered secrets; assertions are client_assertion.h's. `presented_digest`: base64url(SHA-256(secret)), computed by the caller for
/// unknown clients too, so that both cost the same (PROTO-024). `known`: the enabled application, or null.
std::variant<AuthenticatedClient, Refusal> authenticate_client(const identity::Application* known,
                                                               const PresentedClient& presented,
                                                               std::string_view presented_digest, Instant now);

/// Registered names of `token_endpoint_auth_method`; `any_registered` has none.
std::string_view to_string(identity::ClientAuthMethod method);
std::optional<identity::ClientAuthMethod> parse_client_auth_method(std::string_view text);

}  // namespace portcullis::oidc
