#include "app/sign_out_everywhere.h"

namespace portcullis::app {

Result<void> SignOutEverywhere::operator()(const TenantSnapshot& tenant, const LiveSession& live, const RequestFacts& facts) {
    const auto user = live.account.user.id;
    return ports_.journal.commit({.tenant      = tenant.tenant.id,
                                  .id          = ports_.random.new_id<ActId>(facts.now),
                                  .name        = "SignOutEverywhere",
                                  .by          = {risk::ActorKind::user, user, ""},
                                  .at          = facts.now,
                                  .correlation = facts.correlation,
                                  .changes     = {SessionsRevoked{user, facts.now, "signed out everywhere"}}});
}

}  // namespace portcullis::app
