#include "app/admin/prove_administrator.h"

#include <algorithm>

#include "app/admin/recover_account.h"
#include "app/admin/risk_case.h"
#include "app/guessed_codes.h"
#include "app/second_factors.h"
#include "app/verify_totp.h"
#include "core/credentials/prompt_report.h"

namespace portcullis::app {
namespace {

constexpr const char* kAct = "ProveAdministrator";

Error not_proven() { return {ErrorCode::forbidden, "the password or the code is wrong: whoever is named with `--by` types both themselves"}; }
Error locked() { return {ErrorCode::tooManyRequests, "too many wrong passwords or codes: wait, as at a sign-in"}; }

/// Why this account proves nothing, whatever is typed.
Result<void> require_trusted(Ports& ports, const Admin& desk, const Account& account) {
    const auto refused = [](const char* why) { return Error{ErrorCode::forbidden, why}; };
    if (account.password && account.password->must_change) return refused("the administrator has a temporary password, which somebody else knows: sign in and choose another");
    if (std::ranges::none_of(account.methods, is_code)) return refused("the administrator has neither an authenticator app nor a hardware token, whose code is asked for here");
    if (credentials::is_mfa_blocked(account.mfa_block, desk.now)) return refused("the administrator is blocked for MFA, so no code of theirs counts");
    const auto risk = TRY(RiskChanges::read(ports, desk.tenant, account.user.id, std::nullopt)).assess();
    if (risk.user > RiskLevel::low) return refused("the administrator is at risk: somebody else may stand here in their name");
    return {};
}

/// Recorded as the desk's doing: nobody has proven to be anybody.
Result<void> note(Ports& ports, const Admin& desk, UserId user, std::string because) {
    return commit_act(ports, desk, kAct, {ResetProgressed{user, "administratorNotProven", std::move(because)}});
}

Result<void> require_password(Ports& ports, VerifyPassword& verify_password, const TenantSnapshot& tenant, const Admin& desk, const Account& account, const Secret& typed) {
    const RequestFacts facts{.now = desk.now, .request = {}, .correlation = desk.correlation, .address = {}, .user_agent = {}};
    const auto outcome  = TRY(verify_password.current(tenant, account, typed, facts));
    const auto* refused = std::get_if<PasswordRefused>(&outcome);
    if (!refused) return {};
    const bool is_locked = refused->because == PasswordRefusal::locked || refused->because == PasswordRefusal::stopped;
    TRY(note(ports, desk, account.user.id, is_locked ? "locked after wrong passwords" : "wrong password"));
    return is_locked ? locked() : not_proven();
}

/// As at a sign-in: its owner hears of many in a row.
Result<void> tell_of_guesses(Ports& ports, const TenantSnapshot& tenant, const Admin& desk, const Account& account) {
    auto changes = TRY(guessed_codes_notice(ports, tenant, account.user, nullptr, desk.now));
    return commit_act(ports, desk, kAct, std::move(changes));
}

/// The step of the code, to be spent.
Result<TotpStepUsed> required_code(Ports& ports, const TenantSnapshot& tenant, const Admin& desk, const Account& account, std::string_view typed) {
    const auto outcome = TRY(VerifyTotp(ports)(tenant, account, typed, desk.now));
    if (const auto* accepted = std::get_if<CodeAccepted>(&outcome)) return accepted->spent;
    const auto refusal   = std::get<CodeRefusal>(outcome);
    const bool is_paused = refusal == CodeRefusal::paused;
    TRY(note(ports, desk, account.user.id, is_paused ? "locked after wrong codes" : "wrong code"));
    if (refusal == CodeRefusal::alarming) TRY(tell_of_guesses(ports, tenant, desk, account));
    return is_paused ? locked() : not_proven();
}

}  // namespace

Result<Admin> prove_administrator(Ports& ports, VerifyPassword& verify_password, const Admin& desk, const Account& account, const DeskProof& proof) {
    auto admin = TRY(administrator_of(desk, account));
    TRY(require_trusted(ports, desk, account));
    const auto tenant = TRY(ports.tenants.snapshot(desk.tenant));
    TRY(require_password(ports, verify_password, *tenant, desk, account, proof.password));
    const auto spent = TRY(required_code(ports, *tenant, desk, account, proof.code));
    const auto done  = commit_act(ports, admin, kAct, {spent});
    if (done) return admin;
    return done.error().code == ErrorCode::conflict ? not_proven() : done.error();  // the same code served elsewhere a moment ago (PROTO-520)
}

}  // namespace portcullis::app
