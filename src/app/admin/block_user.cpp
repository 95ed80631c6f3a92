#include "app/admin/block_user.h"

namespace portcullis::app {

Result<void> BlockUser::operator()(const Admin& admin, UserId user) {
    TRY(require(admin, Capability::blockUsers));
    return decide_again_on_conflict([&]() -> Result<void> {
        auto account = TRY(present_account(ports_, admin, user));
        TRY(require_above(admin, account));
        if (!account.user.account_enabled) return {};
        account.user.account_enabled = false;
        return commit_act(ports_, admin, "BlockUser", {UserChanged{account.user}, SessionsRevoked{user, admin.now, "account blocked"}});
    });
}

Result<void> UnblockUser::operator()(const Admin& admin, UserId user) {
    TRY(require(admin, Capability::blockUsers));
    return decide_again_on_conflict([&]() -> Result<void> {
        auto account = TRY(present_account(ports_, admin, user));
        TRY(require_above(admin, account));
        if (account.user.account_enabled) return {};
        account.user.account_enabled = true;
        return commit_act(ports_, admin, "UnblockUser", {UserChanged{account.user}});
    });
}

}  // namespace portcullis::app
