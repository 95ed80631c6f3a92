#include "app/admin/respond_to_compromise.h"

#include "app/admin/disable_device.h"
#include "app/admin/risk_case.h"
#include "app/notices.h"
#include "app/reset_limits.h"

namespace portcullis::app {
namespace {

/// Takes away whatever an attacker may hold, passes too.
void remove_methods(const Account& account, std::vector<Change>& changes, std::vector<AuthMethod>& removed) {
    for (const auto& method : account.methods) {
        changes.push_back(MethodRemoved{account.user.id, method.id});
        removed.push_back(method.kind);
    }
    if (account.access_pass) changes.push_back(AccessPassDeleted{account.user.id, account.access_pass->id});
}

Result<void> tell(Ports& ports, const TenantSnapshot& tenant, const Account& account, std::span<const AuthMethod> removed, Instant now, std::vector<Change>& changes) {
    Told told{.notice = Notice::temporaryPassword, .at = now, .from = nullptr, .words = {}, .other_addresses = {}};
    TRY(add_notice(changes, ports, tenant, account.user, told));
    told.notice = Notice::methodRemoved;
    for (const auto kind : removed) {
        told.words = {{"method", std::string(to_string(kind))}};
        TRY(add_notice(changes, ports, tenant, account.user, told));
    }
    return {};
}

}  // namespace

Result<CompromiseOutcome> RespondToCompromise::operator()(const Admin& admin, UserId user, const CompromiseResponse& wanted) {
    for (const auto needed : {Capability::resetPasswords, Capability::revokeSessions, Capability::resetMethods}) TRY(require(admin, needed));
    if (wanted.blocks) TRY(require(admin, Capability::blockUsers));
    if (wanted.disables_devices) TRY(require(admin, Capability::manageDevices));
    TRY(require_other(admin, user));
    auto outcome = TRY(decide_again_on_conflict([&] { return attempt(admin, user, wanted); }));
    TRY(verify_password_.unlock(admin.tenant, user));
    TRY(clear_reset_limits(ports_, admin.tenant, user));
    return outcome;
}

Result<CompromiseOutcome> RespondToCompromise::attempt(const Admin& admin, UserId user, const CompromiseResponse& wanted) {
    auto account = TRY(present_account(ports_, admin, user));
    TRY(require_above(admin, account));
    const auto tenant = TRY(ports_.tenants.snapshot(admin.tenant));
    CompromiseOutcome outcome{.temporary_password = passwords_.temporary(), .removed = {}, .pass = {}, .disabled_devices = 0};
    auto record = TRY(passwords_.record(*tenant, account, outcome.temporary_password, PasswordSetter::Kind::temporary, admin.now));

    auto open = TRY(open_user_case(ports_, admin, user));
    TRY(open.book.happen(said_by(admin, risk::RiskEvent::temporaryPasswordIssued, open.target), initiated_by(admin)));
    auto changes = TRY(open.book.changes(ports_, admin.now));
    changes.push_back(PasswordSet{std::move(record)});
    if (!wanted.keeps_methods) remove_methods(account, changes, outcome.removed);
    if (wanted.blocks) account.user.account_enabled = false;
    if (!wanted.keeps_methods) account.user.mfa_registration_deadline = std::nullopt;
    changes.push_back(UserChanged{account.user});
    changes.push_back(SessionsRevoked{user, admin.now, "the account was compromised"});
    if (wanted.disables_devices) outcome.disabled_devices = TRY(disable_devices(changes, ports_, *tenant, account, admin, "the account was compromised"));
    TRY(tell(ports_, *tenant, account, outcome.removed, admin.now, changes));
    if (wanted.pass) outcome.pass = TRY(add_access_pass(changes, ports_, *tenant, account, *wanted.pass, admin.now));
    TRY(commit_act(ports_, admin, "RespondToCompromise", std::move(changes)));
    return outcome;
}

}  // namespace portcullis::app
