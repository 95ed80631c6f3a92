#include "app/admin/revoke_sessions.h"

namespace portcullis::app {

Result<void> RevokeSessions::operator()(const Admin& admin, UserId user) {
    TRY(require(admin, Capability::revokeSessions));
    return decide_again_on_conflict([&]() -> Result<void> {
        const auto account = TRY(present_account(ports_, admin, user));
        TRY(require_above(admin, account));
        return commit_act(ports_, admin, "RevokeSessions", {SessionsRevoked{user, admin.now, "revoked by an administrator"}});
    });
}

}  // namespace portcullis::app
