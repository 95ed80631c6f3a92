#include <algorithm>

#include "app/activate_token.h"
#include "app/sign_in.h"
#include "app/sign_in_document.h"
#include "app/sign_in_steps.h"

/// A hardware token that waits for its owner is activated within the sign-in (credentials.md §1.1, §3.3; CRED-020).
namespace portcullis::app {
namespace {

/// The one that is meant of those that were offered: the only one, or the one that is named.
std::optional<HardwareTokenId> token_chosen(const SignInFlow& flow, std::string_view method) {
    if (!is_registrable(flow, AuthMethod::hardwareOath) || flow.tokens.empty()) return std::nullopt;
    const auto named = parse_id<HardwareTokenId>(method);
    if (!named) return flow.tokens.size() == 1 ? std::optional(flow.tokens.front().id) : std::nullopt;
    const auto found = std::ranges::find(flow.tokens, *named, &WaitingToken::id);
    return found == flow.tokens.end() ? std::nullopt : std::optional(found->id);
}

/// The method that the token became; null when it was taken away at the same moment.
const identity::AuthenticationMethod* method_with(const Account& account, HardwareTokenId token) {
    const auto found = std::ranges::find_if(account.methods, [&](const auto& m) { return m.token && m.token->id == token; });
    return found == account.methods.end() ? nullptr : &*found;
}

}  // namespace

Result<Turn> SignIn::choose_token(const TenantSnapshot& tenant, SignInFlow flow, const Account& account, std::string_view method, const RequestFacts& facts) {
    const auto token = token_chosen(flow, method);
    if (!token) return Turn{.flow = std::move(flow), .problem = Problem::wrongPage};
    const auto who     = TRY(registrant_of(tenant, flow, account));
    const auto because = TRY(ActivateToken(ports_).objection(tenant, who, *token, facts));
    if (because) return refused_token(tenant, std::move(flow), account, *because, facts);
    flow.token = *token;
    flow.stage = Stage::registrationToken;
    return Turn{.flow = std::move(flow)};
}

/// It shows its code, so it proves its owner: that counts as MFA of this sign-in (credentials.md §3.3).
Result<Turn> SignIn::answer_token(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    const auto account = TRY(account_of(tenant, flow));
    if (!flow.token || !may_register(tenant, flow, account, facts)) return went_on(proceed(tenant, std::move(flow), account, facts));
    const auto who     = TRY(registrant_of(tenant, flow, account));
    const auto because = ActivateToken(ports_)(tenant, who, *flow.token, submission.otp, facts);
    if (!because && because.error().code != ErrorCode::conflict) return because.error();
    if (!because) return went_on(proceed_anew(tenant, std::move(flow), facts));
    if (*because) return refused_token(tenant, std::move(flow), account, **because, facts);
    const auto account_now = TRY(account_of(tenant, flow));
    const auto* made       = method_with(account_now, *flow.token);
    if (!made) return went_on(proceed(tenant, std::move(flow), account_now, facts));
    flow.token.reset();
    flow.enrolled = true;
    flow.mfa_at   = facts.now;
    prove(flow, AuthMethod::hardwareOath, facts.now, made->id);
    flow.steps.push_back(step_taken(facts.now, "MFA registration", true, "Hardware token activated"));
    flow.registered = AuthMethod::hardwareOath;
    flow.stage      = Stage::registrationDone;
    flow.error_code = 0;
    return Turn{.flow = std::move(flow)};
}

Result<Turn> SignIn::refused_token(const TenantSnapshot& tenant, SignInFlow flow, const Account& account, MethodRefusal because, const RequestFacts& facts) {
    if (because == MethodRefusal::codeWrong) {
        flow.steps.push_back(step_taken(facts.now, "MFA registration", false, "Incorrect code"));
        TRY(record_failed_mfa(tenant, flow, account, "the code did not match", facts));
        return Turn{.flow = std::move(flow), .problem = Problem::code};
    }
    flow.token.reset();
    if (because == MethodRefusal::notFresh) {
        // The first factor was given too long ago: it is given again, and then the token is offered again.
        std::vector<Change> none;
        take(tenant, flow, account, controls::Reauthenticate{}, none, facts.now);
        return Turn{.flow = std::move(flow)};
    }
    // It is not theirs any more, or a policy is against it: what else there is.
    if (because != MethodRefusal::atRisk) return went_on(proceed_anew(tenant, std::move(flow), facts));
    flow.stage      = Stage::refused;
    flow.error_code = static_cast<int>(number_of(StsError::ProofUpBlockedDueToRisk));
    flow.refusal    = "nobody at risk registers a method";
    flow.steps.push_back(step_taken(facts.now, "MFA registration", false, "Refused because of risk"));
    TRY(record_failure(tenant, flow, &account, facts));
    return Turn{.flow = std::move(flow)};
}

}  // namespace portcullis::app
