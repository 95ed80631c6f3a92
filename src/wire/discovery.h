#pragma once

#include <string_view>

#include "base/id.h"
#include "base/json.h"
#include "core/identity/tenant.h"
#include "core/terms/auth_terms.h"

namespace portcullis::wire {

/// What a metadata document depends on.
struct DiscoveryFacts {
    std::string_view base;  ///< configured public origin, no trailing slash
    TenantId tenant;
    identity::SubjectType subjects = identity::SubjectType::pairwise;
    Acr acr_highest                = Acr::mfa;  ///< the best level the tenant's methods can reach
    bool has_sign_up               = false;     ///< then `prompt=create` is advertised
    bool has_backchannel_logout    = false;     ///< logout tokens are sent
};

/// OpenID Provider metadata (protocols.md §1.2, PROTO-001 to 005).
json::object open_id_metadata(const DiscoveryFacts& facts);

/// Authorization server metadata (RFC 8414). Every shared member is taken from open_id_metadata (PROTO-005).
json::object oauth_metadata(const DiscoveryFacts& facts);

}  // namespace portcullis::wire
