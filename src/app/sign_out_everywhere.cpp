#include "app/sign_out_everywhere.h"

#include "app/commit_own.h"

namespace portcullis::app {

Result<void> SignOutEverywhere::operator()(const TenantSnapshot& tenant, const LiveSession& live, const RequestFacts& facts) {
    const auto user = live.account.user.id;
    return commit_own(ports_, tenant.tenant.id, user, "SignOutEverywhere", {SessionsRevoked{user, facts.now, "signed out everywhere"}}, facts);
}

}  // namespace portcullis::app
