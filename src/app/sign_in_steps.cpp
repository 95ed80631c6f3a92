#include "app/sign_in_steps.h"

#include <fmt/format.h>

#include "app/add_totp.h"
#include "app/collect_signals.h"
#include "app/decide_again.h"
#include "app/external_methods.h"
#include "app/guessed_codes.h"
#include "app/live_session.h"
#include "app/notices.h"
#include "app/password_refusals.h"
#include "app/reset_facts.h"
#include "app/sign_in.h"
#include "app/sign_in_document.h"
#include "base/encoding.h"
#include "core/credentials/method_roles.h"
#include "core/credentials/prompt_report.h"
#include "core/credentials/totp.h"
#include "core/oidc/consent.h"

namespace portcullis::app {
namespace {

using controls::GrantControl;

/// Every stage and the buttons it answers; a form of another step changes nothing (PROTO-524).
bool is_answerable(Stage stage, std::string_view action) {
    switch (stage) {
        case Stage::accountPicker:
        case Stage::userName:
        case Stage::password:          return action == "next" || action == "passkey";
        case Stage::accessPass:        return action == "next";
        case Stage::guestCode:         return action == "verify" || action == "next";
        case Stage::mfa:               return action == "verify" || action == "passkey";
        case Stage::approval:
        case Stage::external:          return action == "verify" || action == "next";
        case Stage::unusualNotice:     return action == "verify";
        case Stage::riskNotice:
        case Stage::recoveryEntry:
        case Stage::signInAgain:       return action == "next";
        case Stage::registrationOffer: return action == "register" || action == "skip";
        case Stage::registrationProof: return action == "register" || action == "verify";
        case Stage::registrationToken: return action == "verify";
        case Stage::registrationPasskey:
        case Stage::nudgePasskey:      return action == "passkey";
        case Stage::resetRegistration:
        case Stage::nudge:             return action == "register" || action == "skip";
        case Stage::resetApp:          return action == "register";
        case Stage::resetMail:         return action == "next";
        case Stage::resetMailCode:     return action == "verify";
        case Stage::resetReview:       return action == "next" || action == "change";
        case Stage::passwordChange:    return action == "change";
        case Stage::registrationDone:
        case Stage::passwordChanged:
        case Stage::consent:           return action == "next";
        case Stage::refused:
        case Stage::granted:           return false;
    }
    return false;
}

/// `authenticationStepResultDetail` of a refused password.
std::string_view detail_of(PasswordRefusal because) {
    switch (because) {
        case PasswordRefusal::wrong:    return "Incorrect password";
        case PasswordRefusal::locked:   return "Account locked";
        case PasswordRefusal::stopped:  return "Sign-in blocked because of guessing from this address";
        case PasswordRefusal::disabled: return "Correct password";
    }
    return "";
}

bool is_asked_for(const SignInFlow& flow, SecondFactor factor) {
    return std::ranges::find(flow.second_factors, factor) != flow.second_factors.end();
}

/// Keyed, so that one name that nobody has can be told from another. What was typed may be a password in the wrong field, and is
/// never logged (PROTO-703).
std::string digest_of_name(const Ports& ports, const std::string& typed) {
    const auto key = ports.text.upn_key(typed).value_or(typed);
    return hex(ports.digests.hmac_sha256(ports.keys.pepper.reveal(), "unknown name|" + key)).substr(0, 32);
}

/// Back to the question who it is, with nothing proven.
void forget_person(SignInFlow& flow, Random& random, Instant now) {
    forget_proofs(flow, random, now);
    if (flow.purpose == Purpose::device) {  // whoever comes next says themselves which device they mean (PROTO-128)
        flow.request.clear();
        flow.client = {};
        flow.targets.clear();
        flow.rights.clear();
    }
    flow.stage = Stage::userName;
    flow.typed_name.clear();
    flow.remediation_begun.reset();
}

}  // namespace

bool takes(const SignInFlow& flow, MethodId method) {
    return flow.asked_methods.empty() || std::ranges::find(flow.asked_methods, method) != flow.asked_methods.end();
}

Account as_asked(const SignInFlow& flow, const Account& account) {
    auto asked = without_methods(account, flow.flagged);
    std::erase_if(asked.methods, [&](const auto& method) { return !takes(flow, method.id); });
    return asked;
}

void forget_proofs(SignInFlow& flow, Random& random, Instant now) {
    flow.user = UserId{};
    flow.user_principal_name.clear();
    flow.session.reset();
    flow.factors.clear();
    flow.first_factor_at.reset();
    flow.mfa_at.reset();
    flow.password_changed_at.reset();
    flow.is_interactive       = false;
    flow.sign_in              = random.new_id<SignInId>(now);
    flow.registration_skipped = false;
    flow.enrolled             = false;
    flow.pending_secret.clear();
    flow.closed_detections.clear();
    flow.findings.clear();
    flow.signals.clear();
    flow.turn.seen.reset();
    flow.steps.clear();
    flow.asked_methods.clear();
    flow.external_methods.clear();
    flow.external.reset();
    flow.approval = FlowId{};
    flow.approval_number.clear();
    flow.registrable.clear();
    flow.models.clear();
    flow.tokens.clear();
    flow.token.reset();
    flow.flagged.clear();
    flow.saw_unusual_notice = flow.saw_risk_notice = false;
    flow.reset_choices.clear();
    flow.reset_choice.reset();
    flow.registered.reset();
    flow.reset_skipped = flow.reviews_reset = flow.nudge_ends = flow.nudge_skipped = false;
    flow.nudge_skips = 0;
    flow.transaction_began = now;  // what is proven from here on is another transaction
    flow.sign_in_risk.reset();
    flow.user_risk.reset();
    flow.change_reason = ChangeReason::none;
    flow.driven_by     = controls::RiskDriver::none;
    flow.risk_line     = {};
    flow.error_code    = 0;
    flow.refusal.clear();
}

json::object step_taken(Instant now, std::string_view method, bool succeeded, std::string_view detail) {
    return {{"authenticationStepDateTime", to_rfc3339(now)},
            {"authenticationMethod", method},
            {"succeeded", succeeded},
            {"authenticationStepResultDetail", detail}};
}

bool is_registrable(const SignInFlow& flow, AuthMethod kind) {
    return flow.registrable.empty() || std::ranges::find(flow.registrable, kind) != flow.registrable.end();
}

void prove(SignInFlow& flow, AuthMethod method, Instant now, std::optional<MethodId> registered) {
    std::erase_if(flow.factors, [&](const identity::Factor& f) { return f.method == method && (!f.registered || f.registered == registered); });
    flow.factors.push_back({method, now, registered});
    flow.is_interactive = true;
}

Result<Turn> SignIn::submit(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    if (submission.action == "other" && flow.stage == Stage::resetMailCode) {  // another address; nobody else can come in here
        flow.stage = Stage::resetMail;
        TRY(store(tenant, flow, facts.now));
        return Turn{.flow = std::move(flow)};
    }
    if (submission.action == "other") {
        forget_person(flow, ports_.random, facts.now);
        TRY(store(tenant, flow, facts.now));
        return Turn{.flow = std::move(flow)};
    }
    const auto before = stage_before(flow);
    if (submission.action == "cancel" && before) {  // back to the choice of a method
        flow.stage = *before;
        flow.pending_secret.clear();
        TRY(store(tenant, flow, facts.now));
        return Turn{.flow = std::move(flow)};
    }
    if (submission.action == "cancel" || submission.action == "signout") {
        if (flow.stage == Stage::mfa || flow.stage == Stage::approval || flow.stage == Stage::external) {
            if (flow.stage == Stage::approval) TRY(approvals_.withdraw(tenant.tenant.id, flow.user, flow.approval, facts.now));
            flow.error_code = kStrongAuthenticationFailed;
            flow.refusal    = "the person cancelled";
            const auto account = TRY(account_of(tenant, flow));
            TRY(record_failure(tenant, flow, &account, facts));
        }
        if (flow.stage == Stage::consent) flow.error_code = 65004;
        TRY(end_flow(ports_.flows, tenant.tenant.id, flow));
        return Turn{.flow = std::move(flow), .is_abandoned = true};
    }
    if (!is_answerable(flow.stage, submission.action)) return Turn{.flow = std::move(flow), .problem = Problem::wrongPage};

    auto turn = TRY(answer(tenant, std::move(flow), submission, facts));
    if (turn.flow.stage == Stage::granted) return turn;
    TRY(commit(tenant, turn.flow, as_user(turn.flow.turn.prover), std::exchange(turn.flow.turn.due, {}), facts.now));
    TRY(store(tenant, turn.flow, facts.now));
    return turn;
}

Result<Turn> SignIn::answer(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    if (!flow.user.is_nil() && !TRY(session_holds(tenant, flow, flow.user, facts.now))) {
        return Error{ErrorCode::forbidden, "the session this sign-in continues has ended"};
    }
    if (flow.stage == Stage::mfa || flow.stage == Stage::approval || flow.stage == Stage::external) {
        const auto account = TRY(account_of(tenant, flow));
        if (credentials::is_mfa_blocked(account.mfa_block, facts.now)) return went_on(deny_mfa(tenant, std::move(flow), account, facts));
    }
    if (submission.action == "passkey") return answer_passkey(tenant, std::move(flow), submission, facts);
    switch (flow.stage) {
        case Stage::accountPicker:
        case Stage::userName:          return answer_name(tenant, std::move(flow), submission, facts);
        case Stage::password:          return answer_password(tenant, std::move(flow), submission, facts);
        case Stage::unusualNotice:
        case Stage::riskNotice:        return answer_notice(tenant, std::move(flow), facts);
        case Stage::signInAgain:
            flow.stage = Stage::password;
            return Turn{.flow = std::move(flow)};
        case Stage::recoveryEntry:     return answer_recovery_entry(tenant, std::move(flow), facts);
        case Stage::accessPass:        return answer_access_pass(tenant, std::move(flow), submission, facts);
        case Stage::guestCode:         return answer_guest_code(tenant, std::move(flow), submission, facts);
        case Stage::mfa:
            if (submission.method == "temporaryAccessPass" && is_asked_for(flow, SecondFactor::accessPass)) return answer_access_pass(tenant, std::move(flow), submission, facts);
            if (submission.method == "push" && is_asked_for(flow, SecondFactor::push)) return ask_approval(tenant, std::move(flow), facts);
            if (const auto chosen = parse_id<MethodId>(submission.method)) return ask_external(tenant, std::move(flow), *chosen, facts);
            return answer_code(tenant, std::move(flow), submission, facts);
        case Stage::approval:          return answer_approval(tenant, std::move(flow), submission, facts);
        case Stage::external:          return answer_external(tenant, std::move(flow), submission, facts);
        case Stage::registrationOffer: return answer_offer(tenant, std::move(flow), submission, facts);
        case Stage::registrationProof: return answer_registration(tenant, std::move(flow), submission, facts);
        case Stage::registrationToken: return answer_token(tenant, std::move(flow), submission, facts);
        case Stage::registrationPasskey:
        case Stage::nudgePasskey: break;  // answered above
        case Stage::resetRegistration:
        case Stage::resetApp:
        case Stage::resetMail:
        case Stage::resetMailCode:
        case Stage::resetReview:
        case Stage::nudge:             return answer_prompt(tenant, std::move(flow), submission, facts);
        case Stage::passwordChange:    return answer_password_change(tenant, std::move(flow), submission, facts);
        case Stage::registrationDone:
        case Stage::passwordChanged: {
            const auto account = TRY(account_of(tenant, flow));
            return went_on(proceed(tenant, std::move(flow), account, facts));
        }
        case Stage::consent: return answer_consent(tenant, std::move(flow), facts);
        case Stage::refused:
        case Stage::granted: break;
    }
    return Turn{.flow = std::move(flow), .problem = Problem::wrongPage};
}

/// What was given before stays: the person adds to it.
Result<Turn> SignIn::answer_consent(const TenantSnapshot& tenant, SignInFlow flow, const RequestFacts& facts) {
    const auto account = TRY(account_of(tenant, flow));
    auto consent = TRY(ports_.sessions.consent(tenant.tenant.id, flow.user, flow.client)).value_or(identity::Consent{flow.user, flow.client, {}, {}});
    for (const auto& right : flow.rights) {
        if (!oidc::covers(consent.rights, {right})) consent.rights.push_back(right);
    }
    consent.given_at = facts.now;
    TRY(commit(tenant, flow, as_user(account), {ConsentGiven{std::move(consent)}}, facts.now));
    flow.rights.clear();
    return went_on(proceed(tenant, std::move(flow), account, facts));
}

Result<Turn> SignIn::went_on(Result<SignInFlow> flow) {
    if (!flow) return std::move(flow).error();
    return Turn{.flow = std::move(flow).value()};
}

Result<Account> SignIn::account_of(const TenantSnapshot& tenant, const SignInFlow& flow) {
    return still_entitled(flow, TRY(ports_.directory.account(tenant.tenant.id, flow.user)));
}

Result<Account> SignIn::still_entitled(const SignInFlow& flow, std::optional<Account> account) {
    if (!account || account->user.deleted_at) return Error{ErrorCode::notFound, "the flow's user is gone"};
    if (!account->user.account_enabled) return Error{ErrorCode::forbidden, "the flow's user was disabled meanwhile"};
    // Whatever voids sessions voids the sign-ins that are under way.
    if (flow.first_factor_at && *flow.first_factor_at < account->user.sign_in_sessions_valid_from) {
        return Error{ErrorCode::forbidden, "the user's sessions were revoked meanwhile"};
    }
    return std::move(*account);
}

Result<void> SignIn::record_failure(const TenantSnapshot& tenant, const SignInFlow& flow, const Account* account, const RequestFacts& facts) {
    auto risk = flow.risk_line;
    // Of a sign-in that was assessed the line keeps the risk that it has (E30).
    if (flow.first_factor_at && !flow.user.is_nil()) risk = TRY(RiskChanges::read(ports_, tenant.tenant.id, flow.user, flow.sign_in)).sign_in_risk(risk);
    auto record = sign_in_record(tenant, flow, account, nullptr, risk, facts);
    return commit(tenant, flow, account ? as_user(*account) : Actor{risk::ActorKind::system, {}, ""}, {SignInRecorded{std::move(record)}}, facts.now);
}

/// A second factor was not given: the record says so at once. The sign-in goes on as it was, and so does its risk (E30).
Result<void> SignIn::record_failed_mfa(const TenantSnapshot& tenant, SignInFlow failed, const Account& account, std::string_view why, const RequestFacts& facts) {
    failed.error_code = kStrongAuthenticationFailed;
    failed.refusal    = why;
    return record_failure(tenant, failed, &account, facts);
}

Result<Turn> SignIn::answer_name(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    if (submission.username.empty()) return Turn{.flow = std::move(flow), .problem = Problem::nameMissing};
    if (flow.stage == Stage::accountPicker && flow.session && submission.username == flow.typed_name) {
        const auto session = TRY(ports_.sessions.session(tenant.tenant.id, *flow.session));
        const auto account = session ? TRY(ports_.directory.account(tenant.tenant.id, session->user)) : std::nullopt;
        const bool holds = account && session_void(*session, *account, tenant.tenant.settings.lifetimes, facts.now) == Void::no;
        if (holds && session->auth_time >= flow.factor_since) {
            continue_session(tenant, flow, *session, *account);
            return went_on(begin(tenant, std::move(flow), *account, facts));
        }
    }
    flow.session.reset();
    flow.typed_name = submission.username.substr(0, 512);
    flow.stage      = Stage::password;
    return Turn{.flow = std::move(flow)};
}

Result<Turn> SignIn::answer_password(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    // Whoever has a pass says so; what the page offers is the same for every name.
    if (submission.method == "temporaryAccessPass" && tenant.methods.is_offered(AuthMethod::temporaryAccessPass)) {
        flow.stage = Stage::accessPass;
        return Turn{.flow = std::move(flow)};
    }
    // So does whoever was invited as a guest.
    const bool takes_guests = tenant.methods.guest_codes() != identity::FeatureState::disabled;
    if (submission.method == "email" && takes_guests) return send_guest_code(tenant, std::move(flow), facts);
    if (submission.password.empty()) return Turn{.flow = std::move(flow), .problem = Problem::passwordMissing};
    const auto outcome = TRY(verify_password_(tenant, flow.typed_name, submission.password, facts));
    if (const auto* refused = std::get_if<PasswordRefused>(&outcome)) return refused_password(tenant, std::move(flow), *refused, facts);

    const auto& accepted     = std::get<PasswordAccepted>(outcome);
    const auto& account      = accepted.account;
    if (flow.session && !TRY(session_holds(tenant, flow, account.user.id, facts.now))) {
        flow.session.reset();
        flow.mfa_at.reset();
        flow.password_changed_at.reset();
        flow.factors.clear();
        flow.closed_detections.clear();
    }
    flow.user                = account.user.id;
    flow.user_principal_name = account.user.user_principal_name;
    flow.first_factor_at     = facts.now;
    flow.password_generation = account.password->generation;
    flow.error_code          = 0;
    prove(flow, AuthMethod::password, facts.now);
    flow.steps.push_back(step_taken(facts.now, "Password", true, "Correct password"));
    if (!accepted.rehashed.empty()) {
        auto kept = commit(tenant, flow, as_user(account), {PasswordRehashed{flow.user, accepted.rehashed, account.password->version}}, facts.now);
        if (!kept && kept.error().code != ErrorCode::conflict) return std::move(kept).error();  // lost to a newer password: fine
    }
    return went_on(begin(tenant, std::move(flow), account, facts, accepted.watch));
}

Result<Turn> SignIn::refused_password(const TenantSnapshot& tenant, SignInFlow flow, const PasswordRefused& refused, const RequestFacts& facts) {
    auto failed    = flow;
    failed.sign_in = ports_.random.new_id<SignInId>(facts.now);  // a line of its own: this attempt is over
    failed.is_interactive = true;
    failed.user           = refused.user ? refused.user->id : UserId{};
    if (!refused.user) failed.refusal = "nobody has the name typed, whose digest is " + digest_of_name(ports_, flow.typed_name);
    std::vector<signals::Missing> missing;
    std::optional<Account> account;
    if (refused.user) account = Account{.user = *refused.user, .password = {}, .methods = {}, .groups = {}, .roles = {}};

    Problem problem = Problem::credentials;
    switch (refused.because) {
        case PasswordRefusal::wrong: failed.error_code = refused.user ? 50126 : 50034; break;
        case PasswordRefusal::locked:
            failed.error_code = 50053;
            problem           = Problem::locked;
            break;
        case PasswordRefusal::stopped:
            failed.error_code = 50053;
            failed.refusal    = "passwords fail at many accounts from this address or network";
            problem           = Problem::stopped;
            break;
        case PasswordRefusal::disabled: failed.error_code = 50057; break;
    }
    failed.steps.push_back(step_taken(facts.now, "Password", refused.because == PasswordRefusal::disabled, detail_of(refused.because)));
    TRY(record_failure(tenant, failed, account ? &*account : nullptr, facts));
    if (refused.because == PasswordRefusal::disabled) {
        flow.stage      = Stage::refused;
        flow.error_code = 50057;
        flow.refusal    = "the account is disabled";
        return Turn{.flow = std::move(flow)};
    }
    return Turn{.flow = std::move(flow), .problem = problem};
}

/// Somebody has the password, and guesses.
Result<void> SignIn::tell_of_guessed_codes(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, const RequestFacts& facts) {
    auto changes = TRY(guessed_codes_notice(ports_, tenant, account.user, &facts, facts.now));
    return commit(tenant, flow, as_user(account), std::move(changes), facts.now);
}

Result<Turn> SignIn::answer_code(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    // A code is taken where a code is asked for: a strength may take passkeys alone.
    if (!is_asked_for(flow, SecondFactor::code)) return Turn{.flow = std::move(flow), .problem = Problem::wrongPage};
    const auto account = TRY(account_of(tenant, flow));
    const auto outcome = TRY(verify_totp_(tenant, as_asked(flow, account), submission.otp, facts.now));
    if (const auto* accepted = std::get_if<CodeAccepted>(&outcome)) {
        const remediation::Completed done{GrantControl::mfa, flow.driven_by, remediation::Met::now};
        auto proven = flow;
        proven.mfa_at = facts.now;
        prove(proven, accepted->kind, facts.now, accepted->spent.method);
        proven.steps.push_back(step_taken(facts.now, "OATH verification code", true, "MFA completed in Portcullis"));
        auto next = complete(tenant, std::move(proven), done, {accepted->spent}, facts);
        if (next || next.error().code != ErrorCode::conflict) return went_on(std::move(next));
        // The same code was used a moment earlier: it is wrong now (PROTO-520).
    }
    const auto* refusal  = std::get_if<CodeRefusal>(&outcome);
    const bool is_paused = refusal && *refusal == CodeRefusal::paused;
    if (refusal && *refusal == CodeRefusal::alarming) TRY(tell_of_guessed_codes(tenant, flow, account, facts));
    flow.steps.push_back(step_taken(facts.now, "OATH verification code", false, is_paused ? "Too many codes" : "Incorrect code"));
    TRY(record_failed_mfa(tenant, flow, account, "the code did not match", facts));
    return Turn{.flow = std::move(flow), .problem = is_paused ? Problem::codePaused : Problem::code};
}

Result<Turn> SignIn::answer_offer(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    const auto account = TRY(account_of(tenant, flow));
    if (submission.action == "skip") {
        if (!flow.skip_until || facts.now >= *flow.skip_until) return Turn{.flow = std::move(flow), .problem = Problem::wrongPage};
        flow.registration_skipped = true;
        flow.steps.push_back(step_taken(facts.now, "MFA registration", false, "Skipped by the user"));
        return went_on(proceed(tenant, std::move(flow), account, facts));
    }
    if (!may_register(tenant, flow, account, facts)) return went_on(proceed(tenant, std::move(flow), account, facts));
    if (submission.method == "passkey" && may_add_passkey(tenant, account) && is_registrable(flow, AuthMethod::passkeyDeviceBound)) {
        flow.stage = Stage::registrationPasskey;
        return Turn{.flow = std::move(flow)};
    }
    const bool is_token = submission.method == to_string(AuthMethod::hardwareOath) || parse_id<HardwareTokenId>(submission.method);
    if (is_token) return choose_token(tenant, std::move(flow), account, submission.method, facts);
    if (!may_add_totp(tenant, account) || !is_registrable(flow, AuthMethod::softwareOath)) return Turn{.flow = std::move(flow), .problem = Problem::wrongPage};
    const Secret seed(ports_.random.bytes(credentials::kTotpSeedBytes));
    flow.pending_secret = TRY(ports_.sealer.seal(seed, seed_context(tenant.tenant.id, to_string(flow.id))));
    flow.stage          = Stage::registrationProof;
    return Turn{.flow = std::move(flow)};
}

/// The organisation's own words were read; what they announce comes next.
Result<Turn> SignIn::answer_notice(const TenantSnapshot& tenant, SignInFlow flow, const RequestFacts& facts) {
    const auto account = TRY(account_of(tenant, flow));
    (flow.stage == Stage::unusualNotice ? flow.saw_unusual_notice : flow.saw_risk_notice) = true;
    return went_on(proceed(tenant, std::move(flow), account, facts));
}

/// To the reset of their password (E09). Nothing that this sign-in has proven outlives it: whoever comes back signs in anew.
Result<Turn> SignIn::answer_recovery_entry(const TenantSnapshot& tenant, SignInFlow flow, const RequestFacts& facts) {
    const auto account = TRY(account_of(tenant, flow));
    flow               = TRY(proceed(tenant, std::move(flow), account, facts));  // policies may have changed meanwhile
    if (flow.stage != Stage::recoveryEntry) return Turn{.flow = std::move(flow)};
    forget_proofs(flow, ports_.random, facts.now);
    flow.stage = Stage::password;
    return Turn{.flow = std::move(flow), .goes_to_recovery = true};
}

/// A first method, or one that a strength or the campaign asks for of somebody who has just proven another; neither at risk nor
/// against a policy for security info.
bool SignIn::may_register(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, const RequestFacts& facts) {
    const bool is_first  = !has_mfa(tenant, account);
    const bool is_further = !flow.registrable.empty() || flow.stage == Stage::nudgePasskey;
    const auto proof     = own_mfa_at(flow.factors, counting_mfa_at(tenant, account, flow.factors, flow.mfa_at));
    const bool is_proven = is_further && proof && *proof >= flow.transaction_began && facts.now - *proof <= kFreshProof;
    return (is_first || is_proven) && !before_registration(tenant, flow, account, facts);
}

Result<Turn> SignIn::answer_registration(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    const auto account      = TRY(account_of(tenant, flow));
    if (!may_register(tenant, flow, account, facts) || !may_add_totp(tenant, account)) {
        return went_on(proceed(tenant, std::move(flow), account, facts));
    }
    // The risk that the flow knows is that of its beginning; this is the risk of now (CRED-012).
    const auto bar = TRY(registration_bar(ports_, tenant, TRY(registrant_of(tenant, flow, account)), facts));
    if (bar == RegistrationBar::atRisk) {
        flow.stage      = Stage::refused;
        flow.error_code = static_cast<int>(number_of(StsError::ProofUpBlockedDueToRisk));
        flow.refusal    = "nobody at risk registers a method";
        return Turn{.flow = std::move(flow)};
    }
    const auto seed = TRY(ports_.sealer.open(flow.pending_secret, seed_context(tenant.tenant.id, to_string(flow.id))));
    const auto step    = TRY(verify_totp_.proves(tenant, flow.user, seed, submission.otp, facts.now));
    if (!step) return Turn{.flow = std::move(flow), .problem = Problem::code};

    identity::AuthenticationMethod method{.id             = ports_.random.new_id<MethodId>(facts.now),
                                          .user           = flow.user,
                                          .kind           = AuthMethod::softwareOath,
                                          .display_name   = "Authenticator app",
                                          .last_used_step = *step,
                                          .created_at     = facts.now};
    method.sealed_secret = TRY(ports_.sealer.seal(seed, seed_context(tenant.tenant.id, to_string(method.id))));
    const auto ready     = became_ready_to_reset(tenant, account, method, facts.now);
    flow.pending_secret.clear();
    flow.enrolled = true;
    flow.mfa_at   = facts.now;  // the proof of possession counts as MFA (credentials.md §3.3)
    prove(flow, AuthMethod::softwareOath, facts.now, method.id);
    flow.steps.push_back(step_taken(facts.now, "MFA registration", true, "Authenticator app registered"));
    flow.registered = AuthMethod::softwareOath;
    flow.stage      = Stage::registrationDone;
    flow.error_code = 0;
    // The user's version moves with it: of two enrolments at once one is stored.
    std::vector<Change> changes{UserChanged{account.user}, MethodRegistered{std::move(method)}};
    if (ready) changes.push_back(*ready);
    const Words words{{"method", std::string(to_string(AuthMethod::softwareOath))}};
    TRY(add_notice(changes, ports_, tenant, account.user, {.notice = Notice::methodAdded, .at = facts.now, .from = &facts, .words = words, .other_addresses = {}}));
    TRY(commit(tenant, flow, as_user(account), std::move(changes), facts.now));
    TRY(ports_.flows.erase(tenant.tenant.id, FlowKind::factorTries, to_string(flow.user) + "|totp"));
    return Turn{.flow = std::move(flow)};
}

/// Whether policies still ask for the new password, now: MFA may have grown old over the form, and policies may have changed.
bool SignIn::is_change_still_asked(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, const RequestFacts& facts) {
    if (flow.change_reason != ChangeReason::userRisk) return true;
    const auto step   = what_next(tenant, flow, account, facts.now);
    const auto* asked = std::get_if<controls::Interrupt>(&step);
    return asked && (asked->control == GrantControl::passwordChange ||
                     (asked->control == GrantControl::riskRemediation && asked->remediation == controls::RemediationBranch::secureChange));
}

/// The refusal, in the audit log and among the steps of the sign-in (credentials.md §10.4).
Result<Turn> SignIn::password_refused(const TenantSnapshot& tenant, SignInFlow flow, PasswordRejected why, const RequestFacts& facts) {
    flow.steps.push_back(step_taken(facts.now, "Password change", false, fmt::format("{} {}", why.error_code, why.reason)));
    const auto user = why.user;
    TRY(commit(tenant, flow, as_user(user), {std::move(why)}, facts.now));
    return Turn{.flow = std::move(flow)};
}

Result<Turn> SignIn::answer_password_change(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    const auto account = TRY(account_of(tenant, flow));
    if (!is_change_still_asked(tenant, flow, account, facts)) return went_on(proceed(tenant, std::move(flow), account, facts));
    const auto current = TRY(verify_password_.current(tenant, account, submission.current_password, facts));
    if (const auto* refused = std::get_if<PasswordRefused>(&current)) {
        const bool is_guessed = refused->because == PasswordRefusal::locked || refused->because == PasswordRefusal::stopped;
        if (is_guessed) return Turn{.flow = std::move(flow), .problem = Problem::codePaused};
        auto turn    = TRY(password_refused(tenant, std::move(flow), wrong_current_password(account.user.id), facts));
        turn.problem = Problem::currentWrong;
        return turn;
    }
    if (!(submission.new_password == submission.confirm_password)) return Turn{.flow = std::move(flow), .problem = Problem::confirmationDiffers};
    const bool by_policy = flow.change_reason == ChangeReason::userRisk;
    auto verdict         = TRY(passwords_.judge(tenant, account, submission.new_password));
    if (!verdict.objections.empty()) {
        auto turn    = TRY(password_refused(tenant, std::move(flow), password_rejected(account.user.id, verdict.objections), facts));
        turn.problem = Problem::passwordRefused;
        turn.reasons = std::move(verdict.objections);
        return turn;
    }

    auto record              = TRY(passwords_.record(tenant, account, submission.new_password, PasswordSetter::Kind::permanent, facts.now));
    flow.password_generation = record.generation;
    std::vector<Change> changes{PasswordSet{std::move(record), std::move(verdict.would_be_refused)}, SessionsRevoked{flow.user, facts.now, "password changed"}};
    if (by_policy) TRY(remove_flagged(tenant, flow, account, changes, facts));
    const auto notice    = by_policy ? Notice::passwordChangedAtRisk : Notice::passwordChanged;
    TRY(add_notice(changes, ports_, tenant, account.user, {.notice = notice, .at = facts.now, .from = &facts, .words = {}, .other_addresses = {}}));

    // Everything from before is void, this sign-in's own session too: it goes on under a new one.
    flow.password_changed_at = facts.now;
    flow.first_factor_at     = facts.now;
    flow.session.reset();
    if (by_policy) std::erase_if(flow.factors, [&](const identity::Factor& f) { return f.at < flow.transaction_began; });
    prove(flow, AuthMethod::password, facts.now);
    flow.steps.push_back(step_taken(facts.now, "Password change", true, by_policy ? "Required because of user risk" : "Temporary password replaced"));
    const auto attempt = [&]() -> Result<SignInFlow> {
        auto moved   = flow;
        auto book    = TRY(RiskChanges::read(ports_, tenant.tenant.id, flow.user, flow.sign_in));
        TRY(close_by_password(moved, book, by_policy, facts.now));
        auto all     = changes;
        auto of_risk = TRY(book.changes(ports_, facts.now));
        all.insert(all.end(), std::make_move_iterator(of_risk.begin()), std::make_move_iterator(of_risk.end()));
        TRY(commit(tenant, moved, as_user(account), std::move(all), facts.now));
        return moved;
    };
    flow = TRY(decide_again_on_conflict(attempt, kDecisionsOfBrowserMax));
    TRY(verify_password_.unlock(tenant.tenant.id, flow.user));
    flow.stage      = Stage::passwordChanged;
    flow.error_code = 0;
    return Turn{.flow = std::move(flow)};
}

/// What a new password closes: the policy's demand (E07); with a fresh second factor also without one (E08); else nothing (E10).
Result<void> SignIn::close_by_password(SignInFlow& flow, RiskChanges& book, bool by_policy, Instant now) {
    if (by_policy) return earn(flow, book, {GrantControl::passwordChange, flow.driven_by, remediation::Met::now}, now);
    const bool is_fresh = flow.mfa_at && now - *flow.mfa_at <= std::chrono::minutes{10} && !flow.enrolled;
    risk::Happening happening{.event  = is_fresh ? risk::RiskEvent::userPasswordChanged : risk::RiskEvent::ordinaryPasswordChanged,
                              .by     = risk::ActorKind::user,
                              .target = {.user = flow.user, .sign_in = flow.sign_in},
                              .at     = now};
    if (!is_fresh) {
        book.note(happening, to_string(flow.user), "password changed, risk unaffected");
        return {};
    }
    happening.met = {risk::Need::freshMfa};
    TRY(book.happen(happening, to_string(flow.user)));
    flow.risk_line = book.sign_in_risk(flow.risk_line);
    return {};
}

}  // namespace portcullis::app
