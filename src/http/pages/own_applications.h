#pragma once

#include "http/web.h"

namespace portcullis::http {

/// The page of applications that act in the person's name (UX-151, PROTO-119).
Response show_own_applications(Web& web, const Call& call);
Response submit_own_applications(Web& web, const Call& call);

/// Rights as core/oidc/consent.h spells them, apart: OpenID scopes, and permissions as their API's owner named them.
void sort_rights(const app::TenantSnapshot& tenant, const std::vector<std::string>& rights, std::vector<std::string>& open_id,
                 std::vector<std::string>& named);

}  // namespace portcullis::http
