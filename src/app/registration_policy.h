#pragma once

#include "app/ports/tenants.h"

namespace portcullis::app {

/// Whether the tenant's registration policy leaves this person out: by name, or because the account is for emergencies
/// (credentials.md §4). Whether the policy is on at all is another question.
bool is_left_out_of_registration(const TenantSnapshot& tenant, UserId user);

}  // namespace portcullis::app
