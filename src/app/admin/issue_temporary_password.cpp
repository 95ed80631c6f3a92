#include "app/admin/issue_temporary_password.h"

#include "app/admin/risk_case.h"
#include "app/notices.h"
#include "app/reset_limits.h"

namespace portcullis::app {

Result<Secret> IssueTemporaryPassword::operator()(const Admin& admin, UserId user) {
    TRY(require(admin, Capability::resetPasswords));
    TRY(require_other(admin, user));
    auto chosen = TRY(decide_again_on_conflict([&] { return attempt(admin, user); }));
    TRY(verify_password_.unlock(admin.tenant, user));
    TRY(clear_reset_limits(ports_, admin.tenant, user));
    return chosen;
}

Result<Secret> IssueTemporaryPassword::attempt(const Admin& admin, UserId user) {
    const auto account = TRY(present_account(ports_, admin, user));
    TRY(require_above(admin, account));
    const auto tenant = TRY(ports_.tenants.snapshot(admin.tenant));
    auto chosen       = passwords_.temporary();
    auto record       = TRY(passwords_.record(*tenant, account, chosen, PasswordSetter::Kind::temporary, admin.now));

    auto open = TRY(open_user_case(ports_, admin, user));
    TRY(open.book.happen(said_by(admin, risk::RiskEvent::temporaryPasswordIssued, open.target), initiated_by(admin)));
    auto changes = TRY(open.book.changes(ports_, admin.now));
    changes.push_back(PasswordSet{std::move(record)});
    changes.push_back(SessionsRevoked{user, admin.now, "temporary password issued"});
    const Told told{.notice = Notice::temporaryPassword, .at = admin.now, .from = nullptr, .words = {}, .other_addresses = {}};
    TRY(add_notice(changes, ports_, *tenant, account.user, told));
    TRY(commit_act(ports_, admin, "IssueTemporaryPassword", std::move(changes)));
    return chosen;
}

}  // namespace portcullis::app
