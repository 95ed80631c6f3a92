#include "app/own_consents.h"

namespace portcullis::app {

Result<std::vector<identity::Consent>> OwnConsents::list(const TenantSnapshot& tenant, UserId user) const {
    return ports_.sessions.consents(tenant.tenant.id, user);
}

Result<void> OwnConsents::withdraw(const TenantSnapshot& tenant, const Account& account, ApplicationId client, const RequestFacts& facts) {
    return ports_.journal.commit({.tenant      = tenant.tenant.id,
                                  .id          = ports_.random.new_id<ActId>(facts.now),
                                  .name        = "WithdrawConsent",
                                  .by          = {risk::ActorKind::user, account.user.id, account.user.user_principal_name},
                                  .at          = facts.now,
                                  .correlation = facts.correlation,
                                  .changes     = {ConsentWithdrawn{account.user.id, client}}});
}

}  // namespace portcullis::app
