#include "app/reset_facts.h"

#include <algorithm>

#include "app/external_methods.h"
#include "core/credentials/prompt_report.h"
#include "core/identity/directory_role.h"

namespace portcullis::app {
namespace {

bool can_reset(const TenantSnapshot& tenant, const Account& account, Instant now) {
    return std::holds_alternative<credentials::ResetOffer>(credentials::decide_reset(tenant.tenant.settings.reset, reset_facts(tenant, account, now)));
}

}  // namespace

credentials::ResetFacts reset_facts(const TenantSnapshot& tenant, const Account& account, Instant now) {
    const bool is_admin = std::ranges::any_of(account.roles, [](RoleId id) { return identity::directory_role(id).has_value(); });
    return {.user             = account.user,
            .methods          = account.methods,
            .groups           = account.groups,
            .policy           = tenant.methods,
            .is_administrator = is_admin,
            .has_password     = account.password.has_value(),
            .is_mfa_blocked   = credentials::is_mfa_blocked(account.mfa_block, now),
            .has_external_method = !offered_external(tenant, account).empty()};
}

std::optional<Change> became_ready_to_reset(const TenantSnapshot& tenant, const Account& account, const identity::AuthenticationMethod& added, Instant now) {
    if (can_reset(tenant, account, now)) return std::nullopt;
    auto then = account;
    then.methods.push_back(added);
    if (!can_reset(tenant, then, now)) return std::nullopt;
    return ResetInfoConfirmed{.user = account.user.id, .at = now, .is_first = true};
}

}  // namespace portcullis::app
