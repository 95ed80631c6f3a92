#include "app/own_consents.h"

#include "app/commit_own.h"

namespace portcullis::app {

Result<std::vector<identity::Consent>> OwnConsents::list(const TenantSnapshot& tenant, UserId user) const {
    return ports_.sessions.consents(tenant.tenant.id, user);
}

Result<void> OwnConsents::withdraw(const TenantSnapshot& tenant, const Account& account, ApplicationId client, const RequestFacts& facts) {
    return commit_own(ports_, tenant.tenant.id, account.user.id, "WithdrawConsent", {ConsentWithdrawn{account.user.id, client}}, facts);
}

}  // namespace portcullis::app
