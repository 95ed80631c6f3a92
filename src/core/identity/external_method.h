#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/time.h"
#include "core/identity/tenant.h"

namespace portcullis::identity {

/// What a tenant makes of MFA that another provider says was done; each trust has one. Source: Graph internalDomainFederation,
/// `federatedIdpMfaBehavior`; id-protection.md §3.6.
enum class FederatedIdpMfaBehavior : std::uint8_t {
    acceptIfMfaDoneByFederatedIdp,  ///< it counts, beside the person's other methods
    enforceMfaByFederatedIdp,       ///< whoever is in scope proves MFA there and nowhere else
    rejectMfaByFederatedIdp,        ///< it never counts, and is not offered
};
std::string_view to_string(FederatedIdpMfaBehavior behavior);
std::optional<FederatedIdpMfaBehavior> parse_federated_idp_mfa_behavior(std::string_view text);

/// A provider of MFA outside, used as an authentication method: it is asked by OpenID Connect and answers with a token of its own.
/// Source: Graph externalAuthenticationMethodConfiguration.
struct ExternalMethod {
    MethodId id;
    std::string display_name;   // the button says "Confirm with …"
    std::string client_id;      // what the provider calls us: the audience of its tokens
    std::string discovery_url;  // of its metadata, https
    ApplicationId app_id;       // the audience of the hints that it gets from us, and what their `sub` is made for
    bool is_enabled = false;
    MethodTargets include{.all_users = true, .users = {}, .groups = {}};
    MethodTargets exclude;  // beats `include`
    FederatedIdpMfaBehavior behavior = FederatedIdpMfaBehavior::acceptIfMfaDoneByFederatedIdp;
    Instant created_at{};
    std::optional<Instant> modified_at;
};

/// Providers a tenant may have: each is a button on the same page.
inline constexpr std::size_t kExternalMethodsMax = 10;

}  // namespace portcullis::identity
