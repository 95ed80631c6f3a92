#include <algorithm>

#include "app/add_recovery_mail.h"
#include "app/add_totp.h"
#include "app/external_methods.h"
#include "app/reset_facts.h"
#include "app/second_factors.h"
#include "app/sign_in.h"
#include "app/sign_in_steps.h"
#include "core/credentials/registration_prompts.h"
#include "core/terms/error_codes.h"
#include "wire/signals_json.h"

/// What people are asked about their methods once a sign-in has met everything else (credentials.md §3.2, §3.3, §5). None of it is
/// a control: whoever may not register now is not asked, and what cannot be asked does not keep anybody out.
namespace portcullis::app {
namespace {

constexpr int kAsked = static_cast<int>(StsError::PasswordResetRegistrationRequiredInterrupt);
constexpr int kProof = static_cast<int>(StsError::UserStrongAuthClientAuthNRequiredInterrupt);

bool rests_on_pass(const SignInFlow& flow) {
    return std::ranges::any_of(flow.factors, [](const identity::Factor& f) { return f.method == AuthMethod::temporaryAccessPass; });
}

/// Known, and not medium or above: what is unknown is not safe.
bool is_safe(const std::optional<RiskLevel>& risk) { return risk && *risk < RiskLevel::medium; }

bool is_time_to_ask(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account) {
    const bool is_own_page = flow.purpose == Purpose::account;  // where all of it can be done anyway
    return flow.is_interactive && !is_own_page && !rests_on_pass(flow) && !tenant.compiled.is_emergency(account.user.id) &&
           is_safe(flow.sign_in_risk) && is_safe(flow.user_risk);
}

bool can_prove_again(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, Instant now) {
    return !second_factors(tenant, without_methods(account, flow.flagged), now).empty();
}

/// MFA once more, by something of the person's own: an approval would not do.
void ask_for_own_proof(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, Instant now) {
    flow.stage         = Stage::mfa;
    flow.error_code    = kProof;
    flow.asked_methods = own_proofs(tenant, without_methods(account, flow.flagged), now);
}

void add_step(SignInFlow& flow, Instant now, std::string_view what, bool succeeded, std::string_view detail) {
    flow.steps.push_back(step_taken(now, what, succeeded, detail));
}

/// The MFA of this sign-in was a text message or a call.
bool proved_by_telephone(const SignInFlow& flow) {
    return std::ranges::any_of(flow.factors, [&](const identity::Factor& f) {
        return flow.mfa_at && f.at == *flow.mfa_at && (f.method == AuthMethod::sms || f.method == AuthMethod::voice);
    });
}

bool is_on_large_device(const SignInFlow& flow) {
    const auto seen = seen_in(flow);
    return seen && ((*seen)->client.device == signals::DeviceType::desktop || (*seen)->client.device == signals::DeviceType::tablet);
}

credentials::NudgeFacts nudge_facts(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account) {
    return {.who             = {account.user.id, account.groups},
            .may_register    = may_add_passkey(tenant, account),
            .has_target      = !credentials::passkeys_of(account.methods).empty(),
            .by_telephone    = proved_by_telephone(flow),
            .on_large_device = is_on_large_device(flow),
            .answered        = {}};
}

/// The app that is there now and was not before.
std::optional<MethodId> new_app(const Account& before, const Account& now) {
    for (const auto& method : now.methods) {
        const bool is_known = std::ranges::find(before.methods, method.id, &identity::AuthenticationMethod::id) != before.methods.end();
        if (method.kind == AuthMethod::softwareOath && !is_known) return method.id;
    }
    return std::nullopt;
}

}  // namespace

Result<void> SignIn::ask_about_methods(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const RequestFacts& facts) {
    if (!is_time_to_ask(tenant, flow, account)) return {};
    if (flow.reset_choice) return begin_reset_method(tenant, flow, account, facts);
    TRY(ask_for_reset_methods(tenant, flow, account, facts));
    if (flow.stage == Stage::granted) TRY(ask_for_review(tenant, flow, account, facts));
    if (flow.stage == Stage::granted) TRY(ask_for_passkey(tenant, flow, account, facts));
    return {};
}

/// "SSPR registration required & insufficient? REGISTER(skippable, no limit)" (§3.3; CRED-007).
Result<void> SignIn::ask_for_reset_methods(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const RequestFacts& facts) {
    const auto& settings = tenant.tenant.settings.reset;
    if (!settings.requires_registration || flow.reset_skipped) return {};
    auto missing = credentials::missing_for_reset(settings, reset_facts(tenant, account, facts.now));
    if (missing.empty()) return {};
    const auto who = TRY(registrant_of(tenant, flow, account));
    if (!is_freshly_proven(who, facts.now) && !can_prove_again(tenant, flow, account, facts.now)) return {};
    if (TRY(registration_bar(ports_, tenant, who, facts))) return {};
    flow.reset_choices    = std::move(missing);
    flow.reviews_reset    = false;
    flow.stage            = Stage::resetRegistration;
    flow.error_code       = kAsked;
    return {};
}

/// "SSPR reconfirm due? MFA -> REVIEW" (§3.3; CRED-008).
Result<void> SignIn::ask_for_review(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const RequestFacts& facts) {
    const auto& settings = tenant.tenant.settings.reset;
    const auto of_reset  = reset_facts(tenant, account, facts.now);
    if (!credentials::is_review_due(settings, of_reset, std::nullopt, facts.now)) return {};  // before the store is asked
    const auto answered = TRY(ports_.directory.prompts(tenant.tenant.id, account.user.id));
    if (!credentials::is_review_due(settings, of_reset, answered.reset_confirmed_at, facts.now)) return {};
    const auto who = TRY(registrant_of(tenant, flow, account));
    if (TRY(registration_bar(ports_, tenant, who, facts))) return {};
    if (!is_freshly_proven(who, facts.now)) {
        if (!can_prove_again(tenant, flow, account, facts.now)) return {};
        ask_for_own_proof(tenant, flow, account, facts.now);
        return {};
    }
    flow.stage      = Stage::resetReview;
    flow.error_code = kAsked;
    return {};
}

/// "campaign nudge, after a successful MFA only" (§3.3, §5; CRED-016).
Result<void> SignIn::ask_for_passkey(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const RequestFacts& facts) {
    const auto& campaign = tenant.tenant.settings.campaign;
    const bool is_shown_here = flow.purpose == Purpose::authorize && flow.client_app == policy::ClientAppType::browser;
    const auto proof         = own_mfa_at(flow.factors, counting_mfa_at(tenant, account, flow.factors, flow.mfa_at));  // registering the passkey asks for it too
    const bool passed_mfa    = proof && *proof >= flow.transaction_began && !flow.enrolled && facts.now - *proof <= kFreshProof;
    if (!is_shown_here || !passed_mfa || flow.nudge_skipped) return {};
    auto of_nudge = nudge_facts(tenant, flow, account);
    if (credentials::decide_nudge(campaign, of_nudge, facts.now) == credentials::Nudge::none) return {};  // before the store is asked
    of_nudge.answered = TRY(ports_.directory.prompts(tenant.tenant.id, account.user.id));
    const auto nudge  = credentials::decide_nudge(campaign, of_nudge, facts.now);
    if (nudge == credentials::Nudge::none) return {};
    const auto who = TRY(registrant_of(tenant, flow, account));
    if (TRY(registration_bar(ports_, tenant, who, facts))) return {};
    flow.nudge_skips   = of_nudge.answered.campaign_skips;
    flow.nudge_ends    = nudge == credentials::Nudge::mandatory;
    flow.stage         = Stage::nudge;
    flow.error_code    = kAsked;
    return {};
}

/// What the person chose to add, after MFA where they have a second factor: nobody adds a method by their password alone.
Result<void> SignIn::begin_reset_method(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const RequestFacts& facts) {
    const auto choice = *flow.reset_choice;
    const auto who    = TRY(registrant_of(tenant, flow, account));
    const bool is_fresh = is_freshly_proven(who, facts.now);
    if (!is_fresh && can_prove_again(tenant, flow, account, facts.now)) {
        ask_for_own_proof(tenant, flow, account, facts.now);
        return {};
    }
    flow.reset_choice.reset();
    if (!is_fresh) return give_up_reset_methods(flow, facts.now);
    flow.error_code = kAsked;
    if (choice == AuthMethod::email) {
        flow.stage = Stage::resetMail;
        return {};
    }
    auto begun = TRY(AddTotp(ports_).begin(tenant, who, facts));
    if (const auto* seed = std::get_if<Secret>(&begun)) {
        flow.pending_secret = TRY(ports_.sealer.seal(*seed, seed_context(tenant.tenant.id, to_string(flow.id))));
        flow.stage          = Stage::resetApp;
        return {};
    }
    return give_up_reset_methods(flow, facts.now);
}

/// It cannot be added now, and not adding it keeps nobody out.
Result<void> SignIn::give_up_reset_methods(SignInFlow& flow, Instant now) {
    flow.reset_skipped = true;
    flow.error_code    = 0;
    add_step(flow, now, "Password reset registration", false, "Not possible now");
    return {};
}

std::optional<Stage> SignIn::stage_before(const SignInFlow& flow) {
    switch (flow.stage) {
        case Stage::registrationProof:
        case Stage::registrationToken:
        case Stage::registrationPasskey: return Stage::registrationOffer;
        case Stage::resetApp:
        case Stage::resetMail:
        case Stage::resetMailCode:       return Stage::resetRegistration;
        case Stage::resetRegistration:   return flow.reviews_reset ? std::optional(Stage::resetReview) : std::nullopt;
        case Stage::nudgePasskey:        return Stage::nudge;
        default:                         return std::nullopt;
    }
}

Result<Turn> SignIn::answer_prompt(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    switch (flow.stage) {
        case Stage::resetRegistration: return answer_reset_registration(tenant, std::move(flow), submission, facts);
        case Stage::resetApp:          return answer_reset_app(tenant, std::move(flow), submission, facts);
        case Stage::resetMail:         return answer_reset_mail(tenant, std::move(flow), submission, facts);
        case Stage::resetMailCode:     return answer_reset_mail_code(tenant, std::move(flow), submission, facts);
        case Stage::resetReview:       return answer_review(tenant, std::move(flow), submission, facts);
        case Stage::nudge:             return answer_nudge(tenant, std::move(flow), submission, facts);
        default:                       return Turn{.flow = std::move(flow), .problem = Problem::wrongPage};
    }
}

Result<Turn> SignIn::answer_reset_registration(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    const auto account = TRY(account_of(tenant, flow));
    if (submission.action == "skip") {
        if (flow.reviews_reset) return Turn{.flow = std::move(flow), .problem = Problem::wrongPage};
        flow.reset_skipped = true;
        add_step(flow, facts.now, "Password reset registration", false, "Skipped by the user");
        return went_on(proceed(tenant, std::move(flow), account, facts));
    }
    const auto choice = parse_auth_method(submission.method);
    if (!choice || std::ranges::find(flow.reset_choices, *choice) == flow.reset_choices.end()) return Turn{.flow = std::move(flow), .problem = Problem::wrongPage};
    flow.reset_choice = *choice;
    return went_on(proceed(tenant, std::move(flow), account, facts));
}

Result<Turn> SignIn::answer_reset_app(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    const auto account = TRY(account_of(tenant, flow));
    const auto who     = TRY(registrant_of(tenant, flow, account));
    const auto because = TRY(AddTotp(ports_).finish(tenant, who, submission.otp, "", facts));
    if (because == MethodRefusal::codeWrong) return Turn{.flow = std::move(flow), .problem = Problem::code};
    flow.pending_secret.clear();
    if (because) return went_on(proceed_anew(tenant, std::move(flow), facts));
    // The proof of possession counts as MFA (credentials.md §3.3); who had no other proof is vouched for by nothing older.
    if (!flow.mfa_at || *flow.mfa_at < flow.transaction_began) flow.enrolled = true;
    const auto account_now = TRY(account_of(tenant, flow));
    flow.mfa_at = facts.now;
    prove(flow, AuthMethod::softwareOath, facts.now, new_app(account, account_now));
    return registered_for_reset(std::move(flow), AuthMethod::softwareOath, facts.now);
}

Result<Turn> SignIn::answer_reset_mail(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    const auto address = credentials::parse_mail_address(submission.email);
    if (!address) return Turn{.flow = std::move(flow), .problem = Problem::mailMalformed};
    const auto account = TRY(account_of(tenant, flow));
    const auto who     = TRY(registrant_of(tenant, flow, account));
    const auto because = TRY(AddRecoveryMail(ports_).begin(tenant, who, *address, facts));
    if (because == MethodRefusal::tooMany) return Turn{.flow = std::move(flow), .problem = Problem::mailTooMany};
    if (because == MethodRefusal::notFresh) flow.reset_choice = AuthMethod::email;
    else if (because) flow.reset_skipped = true;
    if (because) return went_on(proceed_anew(tenant, std::move(flow), facts));
    flow.stage = Stage::resetMailCode;
    return Turn{.flow = std::move(flow)};
}

Result<Turn> SignIn::answer_reset_mail_code(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    const auto account = TRY(account_of(tenant, flow));
    const auto who     = TRY(registrant_of(tenant, flow, account));
    const auto because = TRY(AddRecoveryMail(ports_).finish(tenant, who, submission.otp, facts));
    if (!because) return registered_for_reset(std::move(flow), AuthMethod::email, facts.now);
    if (*because == MethodRefusal::codeWrong) return Turn{.flow = std::move(flow), .problem = Problem::code};
    if (*because == MethodRefusal::codePaused) return Turn{.flow = std::move(flow), .problem = Problem::codePaused};
    if (*because == MethodRefusal::over) {
        flow.stage = Stage::resetMail;
        return Turn{.flow = std::move(flow)};
    }
    flow.reset_skipped = true;
    return went_on(proceed_anew(tenant, std::move(flow), facts));
}

Result<Turn> SignIn::registered_for_reset(SignInFlow flow, AuthMethod method, Instant now) {
    add_step(flow, now, "Password reset registration", true, method == AuthMethod::email ? "Recovery address registered" : "Authenticator app registered");
    flow.registered = method;
    flow.stage      = Stage::registrationDone;
    flow.error_code = 0;
    return Turn{.flow = std::move(flow)};
}

Result<std::vector<identity::AuthenticationMethod>> SignIn::methods_to_review(const TenantSnapshot& tenant, const SignInFlow& flow) {
    const auto account = TRY(account_of(tenant, flow));
    return credentials::reset_methods_of(account.methods);
}

/// "Show all, confirm or change" (§3.2). What is added instead counts as looked at.
Result<Turn> SignIn::answer_review(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    const auto account = TRY(account_of(tenant, flow));
    if (submission.action == "change") {
        flow.reset_choices.clear();
        const auto of_reset = reset_facts(tenant, account, facts.now);
        for (const auto method : {AuthMethod::softwareOath, AuthMethod::email}) {
            const bool may_add = method == AuthMethod::email ? is_allowed(tenant, account, method) : may_add_totp(tenant, account);
            if (may_add && credentials::is_asked_for(tenant.tenant.settings.reset, of_reset, method)) flow.reset_choices.push_back(method);
        }
        flow.reviews_reset = true;
        flow.stage         = Stage::resetRegistration;
        return Turn{.flow = std::move(flow)};
    }
    add_step(flow, facts.now, "Password reset registration", true, "Confirmed by the user");
    TRY(commit(tenant, flow, as_user(account), {ResetInfoConfirmed{.user = account.user.id, .at = facts.now}}, facts.now));
    return went_on(proceed(tenant, std::move(flow), account, facts));
}

Result<Turn> SignIn::answer_nudge(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    const auto account = TRY(account_of(tenant, flow));
    if (submission.action == "register") {
        flow.stage = Stage::nudgePasskey;
        if (!may_register(tenant, flow, account, facts)) return went_on(proceed(tenant, std::move(flow), account, facts));
        return Turn{.flow = std::move(flow)};
    }
    if (flow.nudge_ends) return Turn{.flow = std::move(flow), .problem = Problem::wrongPage};
    flow.nudge_skipped = true;
    add_step(flow, facts.now, "Registration campaign", false, "Skipped by the user");
    const auto due_at = facts.now + std::chrono::days{tenant.tenant.settings.campaign.snooze_days};
    const auto kept   = commit(tenant, flow, as_user(account), {CampaignSkipped{account.user.id, flow.nudge_skips, due_at}}, facts.now);
    if (!kept && kept.error().code != ErrorCode::conflict) return kept.error();  // answered elsewhere at the same moment: counted once
    return went_on(proceed(tenant, std::move(flow), account, facts));
}

}  // namespace portcullis::app
