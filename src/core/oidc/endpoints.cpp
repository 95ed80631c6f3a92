#include "core/oidc/endpoints.h"

#include <fmt/format.h>

namespace portcullis::oidc {

Endpoints endpoints_of(std::string_view base, TenantId tenant) {
    const auto root   = fmt::format("{}/{}", base, to_string(tenant));
    const auto oauth2 = root + "/oauth2/v2.0";
    return {
        .issuer               = root + "/v2.0",
        .authorization        = oauth2 + "/authorize",
        .token                = oauth2 + "/token",
        .device_authorization = oauth2 + "/devicecode",
        .userinfo             = root + "/oidc/userinfo",
        .introspection        = oauth2 + "/introspect",
        .revocation           = oauth2 + "/revoke",
        .end_session          = oauth2 + "/logout",
        .jwks                 = root + "/discovery/v2.0/keys",
        .device_page          = root + "/device",
    };
}

}  // namespace portcullis::oidc
