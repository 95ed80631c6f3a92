#pragma once

#include <string>
#include <string_view>

#include "base/id.h"

namespace portcullis::oidc {

/// Absolute URLs of one tenant (protocols.md §1.1). Built from the configured base, never from a request (PROTO-002).
struct Endpoints {
    std::string issuer{};
    std::string authorization, token, device_authorization, userinfo, introspection, revocation, end_session, jwks;
    std::string device_page{};
};

/// `base`: the configured public origin without a trailing slash. The tenant appears as its GUID, in the first segment
/// of every path, and nothing before the last segment contains `/token` (PROTO-221).
Endpoints endpoints_of(std::string_view base, TenantId tenant);

}  // namespace portcullis::oidc
