#include "app/admin/recover_account.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/admin/risk_case.h"
#include "app/reset_limits.h"
#include "base/json.h"
#include "core/credentials/prompt_report.h"
#include "wire/reader.h"

namespace portcullis::app {
namespace {

using namespace std::chrono_literals;

constexpr Duration kPending          = 24h;
constexpr std::size_t kReasonMin = 10, kReasonMax = 500;

std::string to_text(const PendingRecovery& asked) {
    return json::to_text(json::object{{"askedBy", to_string(asked.asked_by)}, {"reason", asked.reason}, {"askedAt", unix_ms(asked.asked_at)}});
}

Result<PendingRecovery> pending_from(const FlowEntry& entry) {
    const auto document = TRY(json::parse_object(entry.value));
    PendingRecovery asked{.asked_by = {}, .reason = {}, .asked_at = {}, .ends_at = entry.expires_at};
    wire::Reader reader(document, "");
    reader.read("askedBy", asked.asked_by);
    reader.read("reason", asked.reason);
    reader.read_ms("askedAt", asked.asked_at);
    TRY(reader.finish());
    return asked;
}

/// One line of words that a person wrote.
Result<std::string> reason_of(std::string_view text) {
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    const bool is_said    = text.size() >= kReasonMin && text.size() <= kReasonMax && std::ranges::none_of(text, is_control);
    if (is_said) return std::string(text);
    return Error{ErrorCode::invalidRequest, fmt::format("say in {} to {} characters, on one line, how it was made sure who it is", kReasonMin, kReasonMax)};
}

Result<void> require_person(const Admin& admin) {
    TRY(require(admin, Capability::resetMethods));
    TRY(require(admin, Capability::resetPasswords));
    if (!admin.actor.id.is_nil()) return {};
    return Error{ErrorCode::forbidden, "a recovery is asked for and confirmed by administrators with accounts of their own"};
}

}  // namespace

Result<Admin> administrator_of(const Admin& desk, const Account& account) {
    if (account.user.deleted_at || !account.user.account_enabled) {
        return Error{ErrorCode::forbidden, fmt::format("the account `{}` is disabled or deleted", account.user.user_principal_name)};
    }
    AdminRoles roles;
    for (const auto id : account.roles) {
        if (const auto role = identity::directory_role(id)) roles.push_back(*role);
    }
    auto admin      = desk;
    admin.actor.id  = account.user.id;
    if (!desk.actor.name.empty()) admin.actor.name = fmt::format("{} ({})", account.user.user_principal_name, desk.actor.name);
    admin.authority = std::move(roles);
    return admin;
}

Result<Account> RecoverAccount::recoverable(const Admin& admin, UserId user) {
    TRY(require_person(admin));
    TRY(require_other(admin, user));
    auto account = TRY(present_account(ports_, admin, user));
    TRY(require_above(admin, account));
    return account;
}

Result<std::optional<PendingRecovery>> RecoverAccount::pending(const Admin& admin, UserId user) {
    TRY(recoverable(admin, user));
    const auto entry = TRY(ports_.flows.find(admin.tenant, FlowKind::accountRecovery, to_string(user), admin.now));
    if (!entry) return std::optional<PendingRecovery>{};
    return std::optional(TRY(pending_from(*entry)));
}

Result<PendingRecovery> RecoverAccount::required(const Admin& admin, UserId user) {
    auto asked = TRY(pending(admin, user));
    if (asked) return std::move(*asked);
    return Error{ErrorCode::notFound, "nobody has asked for this recovery within a day"};
}

Result<PendingRecovery> RecoverAccount::ask(const Admin& admin, UserId user, std::string_view reason) {
    const auto account = TRY(recoverable(admin, user));
    const auto tenant  = TRY(ports_.tenants.snapshot(admin.tenant));
    auto said = TRY(reason_of(reason));
    const PendingRecovery asked{.asked_by = admin.actor.id, .reason = std::move(said), .asked_at = admin.now, .ends_at = admin.now + kPending};
    std::vector<Change> changes{ResetProgressed{user, "recoveryAsked", asked.reason}};
    TRY(tell(admin, *tenant, account, Notice::recoveryAsked, changes));
    const Told told{.notice = Notice::recoveryToConfirm, .at = admin.now, .from = nullptr, .words = {}, .other_addresses = {}};
    TRY(tell_administrators(changes, ports_, *tenant, account.user, told));
    // Of two who ask at once one does. What cannot be recorded is not pending.
    const auto key    = to_string(user);
    const auto stored = ports_.flows.replace(admin.tenant, FlowKind::accountRecovery, key, 0, to_text(asked), asked.ends_at, admin.now);
    if (!stored && stored.error().code == ErrorCode::conflict) return Error{ErrorCode::conflict, "this recovery is asked for already: another administrator confirms it"};
    if (!stored) return stored.error();
    const auto told_all = commit_act(ports_, admin, "AskAccountRecovery", std::move(changes));
    if (told_all) return asked;
    TRY(ports_.flows.erase(admin.tenant, FlowKind::accountRecovery, key));
    return told_all.error();
}

/// Who asked counts by what they are now: an account that lost its role, or was found to be somebody else's, asks for nothing.
Result<void> RecoverAccount::require_asker(const Admin& admin, const PendingRecovery& asked, const Account& account) {
    if (asked.asked_by == admin.actor.id) return Error{ErrorCode::forbidden, "who asked for a recovery does not confirm it: ask another administrator"};
    const auto asker = TRY(any_account(ports_, admin, asked.asked_by));
    const auto first = TRY(administrator_of(admin, asker));
    TRY(require_person(first));
    if (credentials::is_mfa_blocked(asker.mfa_block, admin.now)) return Error{ErrorCode::forbidden, "who asked for the recovery is blocked for MFA"};
    const auto risk = TRY(RiskChanges::read(ports_, admin.tenant, asker.user.id, std::nullopt)).assess();
    if (risk.user > RiskLevel::low) return Error{ErrorCode::forbidden, "who asked for the recovery is at risk: somebody else may have asked in their name"};
    return require_above(first, account);
}

/// Takes what was looked at: another request that took its place meanwhile is nobody's.
Result<void> RecoverAccount::take(const Admin& admin, UserId user, const PendingRecovery& asked) {
    const auto taken = TRY(ports_.flows.take(admin.tenant, FlowKind::accountRecovery, to_string(user), admin.now));
    if (taken && taken->value == to_text(asked)) return {};
    return Error{ErrorCode::notFound, "this recovery was confirmed or taken back a moment ago"};
}

Result<RecoveredAccount> RecoverAccount::confirm(const Admin& admin, UserId user, const credentials::WantedPass& wanted) {
    const auto asked = TRY(required(admin, user));
    TRY(require_asker(admin, asked, TRY(recoverable(admin, user))));
    TRY(take(admin, user, asked));
    auto outcome = decide_again_on_conflict([&] { return attempt(admin, user, asked, wanted); });
    if (!outcome) {  // it is still to be confirmed
        const auto back = ports_.flows.replace(admin.tenant, FlowKind::accountRecovery, to_string(user), 0, to_text(asked), asked.ends_at, admin.now);
        if (!back && back.error().code != ErrorCode::conflict) return back.error();  // a conflict: it was asked for anew
        return outcome;
    }
    TRY(verify_password_.unlock(admin.tenant, user));
    TRY(clear_reset_limits(ports_, admin.tenant, user));
    return outcome;
}

Result<RecoveredAccount> RecoverAccount::attempt(const Admin& admin, UserId user, const PendingRecovery& asked, const credentials::WantedPass& wanted) {
    auto account      = TRY(recoverable(admin, user));
    const auto tenant = TRY(ports_.tenants.snapshot(admin.tenant));
    auto password     = passwords_.temporary();
    auto record       = TRY(passwords_.record(*tenant, account, password, PasswordSetter::Kind::temporary, admin.now));
    auto open         = TRY(open_user_case(ports_, admin, user));
    TRY(open.book.happen(said_by(admin, risk::RiskEvent::temporaryPasswordIssued, open.target), initiated_by(admin)));
    auto changes = TRY(open.book.changes(ports_, admin.now));
    changes.insert(changes.begin(), ResetProgressed{user, "recovered", fmt::format("asked by {}: {}", to_string(asked.asked_by), asked.reason)});
    changes.push_back(PasswordSet{std::move(record)});
    std::vector<AuthMethod> removed;
    for (const auto& method : account.methods) {
        changes.push_back(MethodRemoved{user, method.id});
        removed.push_back(method.kind);
    }
    if (account.mfa_block) changes.push_back(MfaUnblocked{user, "the account was recovered"});
    account.user.mfa_registration_deadline = std::nullopt;
    changes.push_back(UserChanged{account.user});
    changes.push_back(SessionsRevoked{user, admin.now, "the account was recovered"});
    TRY(tell(admin, *tenant, account, Notice::accountRecovered, changes));
    auto pass = TRY(add_access_pass(changes, ports_, *tenant, account, wanted, admin.now));
    TRY(commit_act(ports_, admin, "RecoverAccount", std::move(changes)));
    return RecoveredAccount{.pass = std::move(pass), .temporary_password = std::move(password), .removed = std::move(removed)};
}

Result<void> RecoverAccount::withdraw(const Admin& admin, UserId user) {
    const auto asked = TRY(required(admin, user));
    TRY(take(admin, user, asked));
    return commit_act(ports_, admin, "WithdrawAccountRecovery", {ResetProgressed{user, "recoveryWithdrawn", fmt::format("asked by {}", to_string(asked.asked_by))}});
}

/// To every address there is, those of before too: an attacker who asks in somebody's name does not choose who hears.
Result<void> RecoverAccount::tell(const Admin& admin, const TenantSnapshot& tenant, const Account& account, Notice notice, std::vector<Change>& changes) {
    const Told told{.notice = notice, .at = admin.now, .from = nullptr, .words = {}, .other_addresses = {}};
    return add_notice(changes, ports_, tenant, account.user, told);
}

}  // namespace portcullis::app
