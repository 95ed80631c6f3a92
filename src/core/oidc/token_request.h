#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/secret.h"
#include "core/identity/application.h"
#include "core/oidc/claims_request.h"
#include "core/oidc/parameters.h"
#include "core/oidc/refusal.h"
#include "core/oidc/scopes.h"

/// The token endpoint's checks of form (protocols.md §5). What the grants themselves say is decided in redemption.h,
/// refresh.h and device_code.h.
namespace portcullis::oidc {

/// `authorization_code`, ..., `urn:ietf:params:oauth:grant-type:device_code`.
std::string_view to_string(identity::GrantType grant);
/// Also takes MSAL's short `device_code` (PROTO-132).
std::optional<identity::GrantType> parse_grant_type(std::string_view text);

struct CodeRequest {
    Secret code;
    std::string redirect_uri{};
    std::optional<Secret> code_verifier{};
};
struct RefreshRequest {
    Secret refresh_token;
    std::string scope{};  ///< empty: as granted
};
struct ClientCredentialsRequest {
    Scopes scopes{};  ///< `permissions` are application roles
};
/// Who asked decides the answer: MSAL, which sends the short name, takes `slow_down` as fatal (PROTO-132).
enum class DevicePoller { standard, msal };
struct DeviceCodeRequest {
    Secret device_code;
    DevicePoller poller = DevicePoller::standard;
};

struct TokenRequest {
    std::variant<CodeRequest, RefreshRequest, ClientCredentialsRequest, DeviceCodeRequest> grant;
    ClaimsRequest claims{};
    AuthenticationDemand demand{};
    bool wants_client_info = false;
    [[nodiscard]] identity::GrantType type() const;
};

struct TokenContext {
    const identity::Application& client;  ///< authenticated
    FindResource find_resource;
    std::function<std::optional<ClaimsRequest>(std::string_view)> parse_claims;
};

/// Refuses: 90014 a missing parameter; 70003 an unknown grant type; 70001 one the client may not use; what scopes.h
/// says.
std::variant<TokenRequest, Refusal> check_token_request(const Parameters& body, const TokenContext& context);

/// Whether the client may use the grant: on its list, and `client_credentials` for services only (PROTO-126).
bool may_use(const identity::Application& client, identity::GrantType grant);

}  // namespace portcullis::oidc
