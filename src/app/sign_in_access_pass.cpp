#include "app/decide_again.h"
#include "app/sign_in.h"
#include "app/sign_in_document.h"
#include "app/sign_in_steps.h"

namespace portcullis::app {
namespace {

constexpr std::string_view kStep = "Temporary Access Pass";

}  // namespace

Result<Turn> SignIn::answer_access_pass(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    const bool is_second = flow.stage == Stage::mfa;
    if (!is_second && submission.method == "password") {
        flow.stage = Stage::password;
        return Turn{.flow = std::move(flow)};
    }
    if (submission.otp.empty()) return Turn{.flow = std::move(flow), .problem = Problem::passMissing};
    const auto outcome = is_second ? TRY(verify_access_pass_.of(tenant, TRY(account_of(tenant, flow)), submission.otp, facts))
                                   : TRY(verify_access_pass_.named(tenant, flow.typed_name, submission.otp, facts));
    if (const auto* accepted = std::get_if<PassAccepted>(&outcome)) {
        if (auto turn = TRY(passed_access_pass(tenant, flow, *accepted, facts))) return std::move(*turn);
        return refused_access_pass(tenant, std::move(flow), {PassRefusal::wrong, accepted->account.user}, facts);
    }
    return refused_access_pass(tenant, std::move(flow), std::get<PassRefused>(outcome), facts);
}

/// A first factor and MFA at once, or MFA after another first factor (credentials.md §7). Nothing when the same one-time pass was used
/// a moment earlier: it is wrong now.
Result<std::optional<Turn>> SignIn::passed_access_pass(const TenantSnapshot& tenant, const SignInFlow& flow, const PassAccepted& accepted,
                                                       const RequestFacts& facts) {
    auto proven          = flow;
    const bool is_second = flow.stage == Stage::mfa;
    if (!is_second) TRY(become(tenant, proven, accepted.account, facts.now));
    proven.mfa_at     = facts.now;
    proven.error_code = 0;
    prove(proven, AuthMethod::temporaryAccessPass, facts.now);
    proven.factors.back().ends_at     = accepted.pass.ends_at;
    proven.factors.back().is_one_time = accepted.pass.is_one_time;
    proven.steps.push_back(step_taken(facts.now, kStep, true, "Temporary Access Pass accepted"));
    if (is_second) {
        const remediation::Completed done{controls::GrantControl::mfa, flow.driven_by, remediation::Met::now};
        auto next = complete(tenant, std::move(proven), done, {accepted.used}, facts);
        if (!next && next.error().code == ErrorCode::conflict) return std::optional<Turn>{};
        return std::optional(TRY(went_on(std::move(next))));
    }
    auto used = commit(tenant, proven, as_user(accepted.account), {accepted.used}, facts.now);
    if (!used && used.error().code == ErrorCode::conflict) return std::optional<Turn>{};
    if (!used) return std::move(used).error();
    return std::optional(TRY(went_on(begin(tenant, std::move(proven), accepted.account, facts))));
}

/// One answer for every failure of a first factor (PROTO-803); the record tells them apart.
Result<Turn> SignIn::refused_access_pass(const TenantSnapshot& tenant, SignInFlow flow, const PassRefused& refused, const RequestFacts& facts) {
    const bool is_second = flow.stage == Stage::mfa, is_paused = refused.because == PassRefusal::paused, is_disabled = refused.because == PassRefusal::disabled;
    const auto detail = is_disabled ? "Temporary Access Pass accepted" : is_paused ? "Too many tries" : "Incorrect Temporary Access Pass";
    flow.steps.push_back(step_taken(facts.now, kStep, is_disabled, detail));
    auto failed           = flow;
    failed.is_interactive = true;
    failed.error_code     = is_second ? kStrongAuthenticationFailed : is_disabled ? 50057 : refused.user ? 50126 : 50034;
    failed.refusal        = is_disabled ? "the account is disabled" : is_paused ? "too many wrong access passes" : "the access pass was not accepted";
    std::optional<Account> account;
    if (is_second) {
        account = TRY(account_of(tenant, flow));
    } else {
        failed.sign_in = ports_.random.new_id<SignInId>(facts.now);  // a line of its own: this attempt is over
        failed.user    = refused.user ? refused.user->id : UserId{};
        if (refused.user) account = Account{.user = *refused.user, .password = {}, .methods = {}, .groups = {}, .roles = {}};
        flow.steps.clear();
    }
    TRY(record_failure(tenant, failed, account ? &*account : nullptr, facts));
    if (!is_disabled) return Turn{.flow = std::move(flow), .problem = is_second && is_paused ? Problem::passPaused : Problem::pass};
    flow.stage      = Stage::refused;
    flow.error_code = 50057;
    flow.refusal    = "the account is disabled";
    return Turn{.flow = std::move(flow)};
}

}  // namespace portcullis::app
