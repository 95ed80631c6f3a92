#include <fmt/format.h>

#include "app/collect_signals.h"
#include "app/decide_again.h"
#include "app/notices.h"
#include "app/risk_changes.h"
#include "app/sign_in.h"
#include "app/sign_in_steps.h"
#include "core/detection/detector.h"
#include "core/risk/raise.h"

namespace portcullis::app {
namespace {

using controls::GrantControl;
using credentials::PasskeyRefusal;

const identity::AuthenticationMethod* method_of(const Account& account, MethodId id) {
    for (const auto* method : credentials::passkeys_of(account.methods)) {
        if (method->id == id) return method;
    }
    return nullptr;
}

/// A challenge is for one state of one flow, and every answer moves the flow on (`store`), or takes it out.
std::string state_of(const SignInFlow& flow) { return fmt::format("{}|{}|{}", to_string(flow.id), flow.version, flow.csrf); }

/// Whose passkey is asked for at this step; nothing where none is. `state` must outlive it.
std::optional<PasskeySought> sought_at(const SignInFlow& flow, std::string_view state) {
    PasskeySought sought{.state = state, .name = {}, .user = {}};
    switch (flow.stage) {
        case Stage::accountPicker:
        case Stage::userName: return sought;
        case Stage::password: sought.name = flow.typed_name; return sought;
        case Stage::mfa:
            sought.user    = flow.user;
            sought.methods = flow.asked_methods;
            return sought;
        default: return std::nullopt;
    }
}

/// What a person is told of a new passkey that was refused.
Problem problem_of(PasskeyRefusal refusal) {
    if (credentials::is_of_model(refusal)) return Problem::passkeyModel;
    return refusal == PasskeyRefusal::attestationMissing ? Problem::passkeyHidden : Problem::passkey;
}

}  // namespace

Result<std::optional<credentials::RequestOptions>> SignIn::passkey_options(const TenantSnapshot& tenant, const SignInFlow& flow,
                                                                           const RequestFacts& facts) {
    const auto state  = state_of(flow);
    const auto sought = sought_at(flow, state);
    if (!sought) return std::optional<credentials::RequestOptions>{};
    return std::optional(TRY(verify_passkey_.begin(tenant, *sought, facts)));
}

Result<Turn> SignIn::answer_passkey(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    if (makes_passkey(flow.stage)) return answer_new_passkey(tenant, std::move(flow), submission, facts);
    const auto state  = state_of(flow);
    const auto sought = sought_at(flow, state);
    if (!sought) return Turn{.flow = std::move(flow), .problem = Problem::wrongPage};
    const auto outcome = TRY(verify_passkey_.finish(tenant, *sought, submission.passkey, facts));
    if (const auto* refused = std::get_if<PasskeyRefused>(&outcome)) return refused_passkey(tenant, std::move(flow), *refused, facts);
    const auto& accepted = std::get<PasskeyAccepted>(outcome);
    // The ceremony may have begun before the password named somebody: another person's passkey is nobody's second factor.
    // Nor is one that the strength asked for does not take.
    const bool is_taken = takes(flow, accepted.method.id);
    const bool is_ours  = std::ranges::find(flow.flagged, accepted.method.id) == flow.flagged.end();
    const bool is_offered = std::ranges::find(flow.second_factors, SecondFactor::passkey) != flow.second_factors.end();
    if (flow.stage == Stage::mfa && (accepted.account.user.id != flow.user || !is_offered || !is_taken || !is_ours)) {
        return refused_passkey(tenant, std::move(flow), {PasskeyRefusal::credentialNotOffered, {}}, facts);
    }
    return passed_passkey(tenant, std::move(flow), accepted, facts);
}

Result<std::optional<credentials::CreationOptions>> SignIn::passkey_creation(const TenantSnapshot& tenant, const SignInFlow& flow,
                                                                             const RequestFacts& facts) {
    std::optional<credentials::CreationOptions> none;
    if (!makes_passkey(flow.stage)) return none;
    const auto account = TRY(account_of(tenant, flow));
    if (!may_register(tenant, flow, account, facts)) return none;
    const auto who = TRY(registrant_of(tenant, flow, account));
    auto outcome   = TRY(register_passkey_.begin(tenant, who, facts));
    auto* begun  = std::get_if<credentials::CreationOptions>(&outcome);
    return begun ? std::optional(std::move(*begun)) : none;
}

/// A passkey made within the sign-in: proven by its making, so it counts as MFA of this sign-in (credentials.md §3.3).
Result<Turn> SignIn::answer_new_passkey(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    const auto account = TRY(account_of(tenant, flow));
    if (!may_register(tenant, flow, account, facts)) return went_on(proceed(tenant, std::move(flow), account, facts));
    const auto who     = TRY(registrant_of(tenant, flow, account));
    const auto outcome = TRY(register_passkey_.finish(tenant, who, {.answer = submission.passkey, .display_name = submission.method_name}, facts));
    if (const auto* refused = std::get_if<PasskeyRefusal>(&outcome)) {
        flow.steps.push_back(step_taken(facts.now, "MFA registration", false, credentials::to_string(*refused)));
        return Turn{.flow = std::move(flow), .problem = problem_of(*refused)};
    }
    // Who followed the campaign had proven themselves before by another.
    if (flow.stage != Stage::nudgePasskey) flow.enrolled = true;
    flow.mfa_at = facts.now;
    const auto& made = std::get<identity::AuthenticationMethod>(outcome);
    prove(flow, made.kind, facts.now, made.id);
    flow.steps.push_back(step_taken(facts.now, "MFA registration", true, "Passkey registered"));
    flow.registered = made.kind;
    flow.stage      = Stage::registrationDone;
    flow.error_code = 0;
    return Turn{.flow = std::move(flow)};
}

/// The flow is this person's from here on, by a first factor that is no password.
Result<void> SignIn::become(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, Instant now) {
    // What was proven before counts only in a session of this very person.
    if (!flow.session || !TRY(session_holds(tenant, flow, account.user.id, now))) {
        flow.session.reset();
        flow.factors.clear();
        flow.mfa_at.reset();
        flow.password_changed_at.reset();
        flow.closed_detections.clear();
    }
    flow.user                = account.user.id;
    flow.user_principal_name = account.user.user_principal_name;
    flow.typed_name          = account.user.user_principal_name;
    flow.first_factor_at     = now;
    flow.password_generation = account.password ? account.password->generation : 0;
    return {};
}

/// A verified user and a device: a first factor and MFA at once (protocols.md §10.1).
Result<Turn> SignIn::passed_passkey(const TenantSnapshot& tenant, SignInFlow flow, const PasskeyAccepted& accepted, const RequestFacts& facts) {
    const bool is_second = flow.stage == Stage::mfa;
    const bool is_counted = accepted.used.sign_count_before != 0 || accepted.sign_count != 0;
    // As it stands before the proof: a failure on the way leaves nothing proven behind.
    const auto asked     = is_counted ? std::optional(write_of(tenant, flow, facts.now)) : std::nullopt;
    const auto account   = is_second ? TRY(account_of(tenant, flow)) : accepted.account;
    if (!is_second) TRY(become(tenant, flow, account, facts.now));
    flow.mfa_at     = facts.now;
    flow.error_code = 0;
    prove(flow, accepted.method.kind, facts.now, accepted.method.id);
    flow.steps.push_back(step_taken(facts.now, "Passkey", true, "Passkey accepted"));

    TRY(note_use(tenant, flow, asked, accepted, facts));
    if (!is_second) return went_on(begin(tenant, std::move(flow), account, facts));
    const remediation::Completed done{GrantControl::mfa, flow.driven_by, remediation::Met::now};
    return went_on(complete(tenant, std::move(flow), done, {}, facts));
}

/// Stores the use: its counter and time. Of two uses at once the slower is judged against what the faster left; of one that came twice
/// only the first is one, so the flow moves on with it, as it was `asked`. Where no counter tells one use from another, nothing is `asked` or
/// judged, and the use is stored with what the sign-in comes to.
Result<void> SignIn::note_use(const TenantSnapshot& tenant, SignInFlow& flow, const std::optional<FlowWrite>& asked, const PasskeyAccepted& accepted, const RequestFacts& facts) {
    auto used        = accepted.used;
    flow.turn.prover = used.user;
    if (!asked) {
        flow.turn.due.emplace_back(used);
        return {};
    }
    for (int left = kDecisionsMax;; --left) {
        const auto stored = commit(tenant, flow, as_user(used.user), {used}, facts.now, {*asked});
        if (stored) break;
        if (stored.error().code != ErrorCode::conflict || left == 1) return stored;
        TRY(require_unanswered(tenant, flow, facts.now));
        const auto account = TRY(ports_.directory.account(tenant.tenant.id, used.user));
        const auto* now    = account ? method_of(*account, used.method) : nullptr;
        if (!now) return Error{ErrorCode::forbidden, "the passkey was removed meanwhile"};
        used = VerifyPasskey::use_of(*now, accepted, facts.now);
    }
    ++flow.version;
    const auto counter = credentials::judge_counter(used.sign_count_before, accepted.sign_count);
    if (counter == credentials::CounterVerdict::fell) return suspect_clone(tenant, flow, used, facts);
    return {};
}

/// A counter that did not rise: perhaps there are two of this authenticator. The sign-in goes on, as risky (PROTO-504).
Result<void> SignIn::suspect_clone(const TenantSnapshot& tenant, SignInFlow& flow, const PasskeyUsed& used, const RequestFacts& facts) {
    const auto seen = collect_signals(ports_, tenant, flow, facts);
    const detection::Finding finding{.type    = RiskEventType::authenticatorCloneSuspected,
                                     .timing  = Timing::realtime,
                                     .verdict = detection::Detected{RiskLevel::medium, 4,
                                                                    {{"passkey", to_string(used.method)},
                                                                     {"counter", "did not rise", std::to_string(used.sign_count_before)}}}};
    auto raised = risk::raised(finding, seen, ports_.random.new_id<DetectionId>(facts.now), facts.now);
    if (!raised) return {};
    auto book         = TRY(RiskChanges::read(ports_, tenant.tenant.id, flow.user, flow.sign_in));
    const auto before = book.assess().user;
    book.raise(std::vector{*raised}, facts.now);
    const auto risk    = book.assess();
    flow.sign_in_risk  = risk.during_sign_in;  // as a second factor it comes after the risk was pinned, and counts all the same
    auto changes       = TRY(book.changes(ports_, facts.now));
    const auto account = TRY(account_of(tenant, flow));
    TRY(tell_of_risk(changes, ports_, tenant, account.user, {.before = before, .after = risk.user, .of_sign_in = raised->level}, &facts, facts.now));
    return commit(tenant, flow, {risk::ActorKind::system, {}, ""}, std::move(changes), facts.now);
}

Result<Turn> SignIn::refused_passkey(const TenantSnapshot& tenant, SignInFlow flow, const PasskeyRefused& refused, const RequestFacts& facts) {
    auto failed           = flow;
    failed.is_interactive = true;
    failed.error_code     = refused.because == PasskeyRefusal::accountDisabled ? 50057 : kStrongAuthenticationFailed;
    failed.refusal        = credentials::to_string(refused.because);
    failed.steps.push_back(step_taken(facts.now, "Passkey", refused.because == PasskeyRefusal::accountDisabled, credentials::to_string(refused.because)));
    std::optional<Account> account;
    if (flow.stage == Stage::mfa) {
        account    = TRY(account_of(tenant, flow));
        flow.steps = failed.steps;
    } else {
        failed.sign_in = ports_.random.new_id<SignInId>(facts.now);  // a line of its own: this attempt is over
        failed.user    = refused.user ? refused.user->id : UserId{};
        if (refused.user) account = Account{.user = *refused.user, .password = {}, .methods = {}, .groups = {}, .roles = {}};
    }
    TRY(record_failure(tenant, failed, account ? &*account : nullptr, facts));
    if (refused.because != PasskeyRefusal::accountDisabled) return Turn{.flow = std::move(flow), .problem = Problem::passkey};
    flow.stage      = Stage::refused;
    flow.error_code = 50057;
    flow.refusal    = "the account is disabled";
    return Turn{.flow = std::move(flow)};
}

}  // namespace portcullis::app
