#include "app/admin/revoke_mfa_sessions.h"

namespace portcullis::app {

Result<void> RevokeMfaSessions::operator()(const Admin& admin, UserId user) {
    TRY(require(admin, Capability::resetMethods));
    return decide_again_on_conflict([&]() -> Result<void> {
        const auto account = TRY(present_account(ports_, admin, user));
        TRY(require_above(admin, account));
        return commit_act(ports_, admin, "RevokeMfaSessions", {MfaSessionsRevoked{user, admin.now}});
    });
}

}  // namespace portcullis::app
