#pragma once

#include <optional>

#include "app/ports/all.h"
#include "core/credentials/registration_prompts.h"

namespace portcullis::app {

/// What decides about this person's resets. It looks into `tenant` and `account`, which must outlive it.
credentials::ResetFacts reset_facts(const TenantSnapshot& tenant, const Account& account, Instant now);

/// That the person can reset from now on, when `added` is what was missing, for the act that adds it (credentials.md §18).
std::optional<Change> became_ready_to_reset(const TenantSnapshot& tenant, const Account& account, const identity::AuthenticationMethod& added, Instant now);

}  // namespace portcullis::app
