#pragma once

#include <vector>

#include "app/ports/change.h"
#include "app/ports/random.h"
#include "app/ports/tenants.h"

namespace portcullis::app {

/// What people are told of by mail (UX-81). Messages name no link and carry no secret.
enum class Notice { passwordChanged, temporaryPassword, methodAdded };

/// Queues the notice for the user's mail address, in their language; nothing when there is none.
void add_notice(std::vector<Change>& changes, Random& random, const TenantSnapshot& tenant, const identity::User& user, Notice notice,
                Instant now);

}  // namespace portcullis::app
