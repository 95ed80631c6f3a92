#include "app/registration_policy.h"

#include <algorithm>

namespace portcullis::app {

bool is_left_out_of_registration(const TenantSnapshot& tenant, UserId user) {
    const auto& excluded = tenant.tenant.settings.registration.excluded_users;
    return std::ranges::find(excluded, user) != excluded.end() || tenant.compiled.is_emergency(user);
}

}  // namespace portcullis::app
