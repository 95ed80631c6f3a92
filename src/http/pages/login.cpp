#include "http/pages/login.h"

#include "app/sign_in_steps.h"
#include "base/overloaded.h"
#include "core/credentials/registration_prompts.h"
#include "core/credentials/totp.h"
#include "http/browser.h"
#include "http/oidc/client_answer.h"
#include "http/pages/my_approvals.h"
#include "http/pages/own_applications.h"
#include "http/pages/reset.h"
#include "http/pages/security_info.h"
#include "wire/webauthn_json.h"

namespace portcullis::http {
namespace {

using app::Problem;
using app::Stage;
using app::Turn;

std::string application_name(const Call& call, const app::SignInFlow& flow) {
    const auto* application = call.tenant->application(flow.client);
    return application ? application->display_name : "";
}

pages::CodeProblem code_problem(Problem problem) {
    if (problem == Problem::code) return pages::CodeProblem::didNotMatch;
    if (problem == Problem::codePaused) return pages::CodeProblem::waitBeforeNext;
    return pages::CodeProblem::none;
}

std::vector<pages::PasswordProblem> page_problems(const Turn& turn) {
    using enum pages::PasswordProblem;
    switch (turn.problem) {
        case Problem::currentWrong:        return {currentWrong};
        case Problem::confirmationDiffers: return {confirmationDiffers};
        case Problem::codePaused:          return {currentWrong};
        default: break;
    }
    std::vector<pages::PasswordProblem> problems;
    for (const auto& reason : turn.reasons) problems.push_back(page_problem(reason.problem));
    return problems;
}

/// The page that ends a sign-in without a token. Which of them tells what the person can do, never what was seen.
pages::Stopped stopped(const Call& call, const app::SignInFlow& flow) {
    using Reason = pages::Stopped::Reason;
    if (flow.error_code == 50057) return {.reason = Reason::accountDisabled, .code = 50057};
    if (flow.error_code == 500121) return {.reason = Reason::unconfirmed, .code = 500121};
    if (flow.error_code == 53004) return {.reason = Reason::cannotRemediate, .code = 53004};
    if (flow.error_code == 135011) return {.reason = Reason::deviceDisabled, .code = 135011};
    bool by_user_risk = false, by_sign_in_risk = false;
    for (const auto& policy : call.tenant->policies) {
        if (policy.state != policy::PolicyState::enabled || !policy.grant_controls) continue;
        if (!policy.grant_controls->controls.contains(controls::GrantControl::block)) continue;
        const auto& c = policy.conditions;
        by_user_risk |= flow.user_risk && c.user_risk_levels.contains(*flow.user_risk);
        by_sign_in_risk |= flow.sign_in_risk && c.sign_in_risk_levels.contains(*flow.sign_in_risk);
    }
    if (by_user_risk) return {.reason = Reason::userRisk, .code = flow.error_code};
    if (by_sign_in_risk) return {.reason = Reason::signInRisk, .code = flow.error_code};
    if (flow.refusal == controls::to_string(controls::Refusal::blockedByPolicy)) return {.reason = Reason::policy, .code = flow.error_code};
    return {.reason = Reason::cannotRemediate, .code = flow.error_code};
}

pages::AccountPicker account_picker(const Call& call, const app::SignInFlow& flow) {
    pages::AccountPicker picker{.accounts = {}, .app_name = application_name(call, flow)};
    if (!flow.typed_name.empty()) picker.accounts.push_back({.upn = flow.typed_name, .display_name = flow.typed_name});
    return picker;
}

bool has_passkeys(const Call& call) {
    return call.tenant->tenant.settings.passkeys.is_enabled && call.tenant->methods.is_offered(AuthMethod::passkeySynced);
}

/// What the browser would ask for first, in the page: it need not come back for it.
std::string first_request(const Web& web, const Call& call, const app::SignInFlow& flow) {
    const auto options = web.sign_in.passkey_options(*call.tenant, flow, call.facts);
    return options && *options ? json::to_text(wire::to_json(**options)) : std::string();
}

pages::UserName user_name_page(const Web& web, const Call& call, const Turn& turn) {
    using enum pages::UserName::Problem;
    const bool offers = has_passkeys(call);
    pages::UserName page{.prefill         = turn.flow.typed_name,
                         .app_name        = application_name(call, turn.flow),
                         .problem         = none,
                         .offers_passkey  = offers,
                         .passkey_request = offers ? first_request(web, call, turn.flow) : std::string()};
    if (turn.problem == Problem::nameMissing) page.problem = missing;
    if (turn.problem == Problem::passkey) page.problem = passkey;
    return page;
}

pages::Password password_page(const Web& web, const Call& call, Problem problem, std::string forgotten) {
    using enum pages::Password::Problem;
    pages::Password page{.problem = none, .reset_path = std::move(forgotten), .offers_passkey = has_passkeys(call),
                         .offers_pass    = call.tenant->methods.is_offered(AuthMethod::temporaryAccessPass)};
    const auto guests      = app::offers_guest_codes(web.ports, *call.tenant);
    page.offers_guest_code = guests && *guests;
    if (problem == Problem::passwordMissing) page.problem = missing;
    // Locked reads as wrong: one page for every failure (PROTO-803). The record tells them apart.
    if (problem == Problem::credentials || problem == Problem::locked) page.problem = accountOrPassword;
    if (problem == Problem::passkey) page.problem = passkey;
    return page;
}

pages::AccessPass::Problem pass_problem(Problem problem) {
    using enum pages::AccessPass::Problem;
    switch (problem) {
        case Problem::passMissing: return missing;
        case Problem::pass:        return didNotMatch;
        case Problem::passPaused:  return wait;
        default:                   return none;
    }
}

bool can_be_asked(const app::SignInFlow& flow, app::SecondFactor factor) {
    return std::ranges::find(flow.second_factors, factor) != flow.second_factors.end();
}

std::vector<pages::ExternalWay> external_ways(const Call& call, const app::SignInFlow& flow) {
    std::vector<pages::ExternalWay> ways;
    if (!can_be_asked(flow, app::SecondFactor::external)) return ways;
    for (const auto& method : call.tenant->external_methods) {
        if (std::ranges::find(flow.external_methods, method.id) != flow.external_methods.end()) ways.push_back({to_string(method.id), method.display_name});
    }
    return ways;
}

pages::ExternalProblem external_problem(Problem problem) {
    switch (problem) {
        case Problem::external:            return pages::ExternalProblem::refused;
        case Problem::externalDenied:      return pages::ExternalProblem::denied;
        case Problem::externalUnavailable: return pages::ExternalProblem::unavailable;
        case Problem::externalPaused:      return pages::ExternalProblem::paused;
        default:                           return pages::ExternalProblem::none;
    }
}

/// Where the person stands before the provider's form. It is made anew each time: a hint lives shortly.
pages::ExternalLeave external_leave(const Web& web, const Call& call, const Turn& turn) {
    pages::ExternalLeave page{.provider = {}, .action = {}, .fields = {}, .is_waiting = turn.problem == Problem::externalWaiting};
    for (const auto& method : call.tenant->external_methods) {
        if (turn.flow.external && method.id == turn.flow.external->method) page.provider = method.display_name;
    }
    auto form = web.sign_in.external_form(*call.tenant, turn.flow, call.facts);
    if (!form) web.on_failure(form.error().message, call.request.id);
    if (!form || !*form) return page;
    page.action = std::move((*form)->action);
    page.fields = std::move((*form)->fields);
    return page;
}

pages::AccessPass second_pass_page(const Call& call, const Turn& turn) {
    return {.asked          = pages::AccessPass::Asked::second,
            .problem        = pass_problem(turn.problem),
            .by_code        = can_be_asked(turn.flow, app::SecondFactor::code),
            .by_passkey     = can_be_asked(turn.flow, app::SecondFactor::passkey),
            .code_problem   = code_problem(turn.problem),
            .passkey_failed = turn.problem == Problem::passkey,
            .externals      = external_ways(call, turn.flow),
            .external_problem = external_problem(turn.problem)};
}

pages::MfaCode mfa_page(const Call& call, const Turn& turn) {
    using enum pages::MfaCode::Passkey;
    const auto& factors    = turn.flow.second_factors;
    const bool has_passkey = can_be_asked(turn.flow, app::SecondFactor::passkey);
    const bool has_code    = can_be_asked(turn.flow, app::SecondFactor::code);
    pages::MfaCode page{.problem = code_problem(turn.problem), .passkey = none, .passkey_failed = turn.problem == Problem::passkey};
    page.has_code         = has_code;
    page.externals        = external_ways(call, turn.flow);
    page.external_first   = !factors.empty() && factors.front() == app::SecondFactor::external;
    page.external_problem = external_problem(turn.problem);
    if (can_be_asked(turn.flow, app::SecondFactor::push)) page.push = factors.front() == app::SecondFactor::push ? pages::MfaCode::Push::first : pages::MfaCode::Push::second;
    if (turn.problem == Problem::approval) page.push_problem = pages::MfaCode::PushProblem::notApproved;
    if (turn.problem == Problem::approvalPaused) page.push_problem = pages::MfaCode::PushProblem::paused;
    if (has_passkey) page.passkey = !has_code ? only : factors.front() == app::SecondFactor::passkey ? first : second;
    return page;
}

pages::ApprovalWait approval_wait(const Web& web, const Call& call, const Turn& turn) {
    pages::ApprovalWait page{.number = turn.flow.approval_number, .is_waiting = turn.problem == Problem::approvalWaiting};
    page.approvals_path = approvals_address(web, call);
    const auto account  = web.ports.directory.account(call.tenant->tenant.id, turn.flow.user);
    if (!account || !*account) return page;
    for (const auto& method : (*account)->methods) {
        if (method.kind == AuthMethod::push && !method.display_name.empty()) page.devices.push_back(method.display_name);
    }
    return page;
}

/// What the tenant lets this person add, and a strength takes; whether the browser can make a passkey is for it to say.
pages::RegistrationOffer registration_offer(const app::SignInFlow& flow) {
    pages::RegistrationOffer page{.skip_until     = flow.skip_until,
                                  .offers_passkey = flow.offers_passkey && app::is_registrable(flow, AuthMethod::passkeyDeviceBound),
                                  .offers_app     = flow.offers_app && app::is_registrable(flow, AuthMethod::softwareOath),
                                  .for_device     = flow.purpose == app::Purpose::device};
    if (!app::is_registrable(flow, AuthMethod::hardwareOath)) return page;
    for (const auto& token : flow.tokens) {
        const bool is_only = flow.tokens.size() == 1;
        page.tokens.push_back({is_only ? std::string(to_string(AuthMethod::hardwareOath)) : to_string(token.id), token.name});
    }
    return page;
}

pages::RegistrationDone registration_done(const Call& call, const app::SignInFlow& flow) {
    if (flow.registered == AuthMethod::email) return {.app_name = application_name(call, flow), .is_mail = true};
    if (flow.registered == AuthMethod::hardwareOath) return {.app_name = application_name(call, flow), .is_token = true};
    const bool by_code = !flow.factors.empty() && flow.factors.back().method == AuthMethod::softwareOath;  // the newest proof
    return {.app_name = application_name(call, flow), .is_passkey = !by_code};
}

pages::TokenActivation token_activation(const Turn& turn) {
    const auto chosen = std::ranges::find_if(turn.flow.tokens, [&](const app::WaitingToken& token) { return token.id == turn.flow.token; });
    return {.name = chosen == turn.flow.tokens.end() ? "" : chosen->name, .problem = code_problem(turn.problem), .is_in_sign_in = true};
}

pages::Screen registration_proof(const Web& web, const Call& call, const Turn& turn) {
    const auto& flow = turn.flow;
    const auto seed  = web.ports.sealer.open(flow.pending_secret, app::seed_context(call.tenant->tenant.id, to_string(flow.id)));
    if (!seed) return pages::GenericError{.kind = pages::GenericError::Kind::flowExpired};
    const auto& issuer = call.tenant->tenant.settings.branding.display_name;
    const auto uri     = credentials::provisioning_uri({}, *seed, issuer, flow.user_principal_name);
    return pages::RegistrationTotp{.secret      = base32(seed->reveal()),
                                   .otpauth_uri = std::string(uri.reveal()),
                                   .problem     = code_problem(turn.problem)};
}

pages::ResetRegistration reset_registration(const app::SignInFlow& flow) {
    const auto offers = [&](AuthMethod method) { return std::ranges::find(flow.reset_choices, method) != flow.reset_choices.end(); };
    return {.offers_app = offers(AuthMethod::softwareOath), .offers_mail = offers(AuthMethod::email), .is_change = flow.reviews_reset};
}

pages::RecoveryMail::Problem mail_problem(Problem problem) {
    using enum pages::RecoveryMail::Problem;
    return problem == Problem::mailMalformed ? malformed : problem == Problem::mailTooMany ? tooMany : none;
}

pages::MethodKind kind_of(AuthMethod method) {
    switch (method) {
        case AuthMethod::softwareOath: return pages::MethodKind::authenticatorApp;
        case AuthMethod::hardwareOath: return pages::MethodKind::hardwareToken;
        case AuthMethod::email:        return pages::MethodKind::email;
        case AuthMethod::sms:
        case AuthMethod::voice:        return pages::MethodKind::telephone;
        case AuthMethod::recoveryCode: return pages::MethodKind::recoveryCodes;
        default:                       return pages::MethodKind::other;
    }
}

pages::Screen reset_review(const Web& web, const Call& call, const app::SignInFlow& flow) {
    const auto methods = web.sign_in.methods_to_review(*call.tenant, flow);
    if (!methods) return pages::GenericError{.kind = pages::GenericError::Kind::flowExpired};
    pages::ResetReview page;
    for (const auto& method : *methods) page.methods.push_back({.name = method.display_name, .kind = kind_of(method.kind), .added = method.created_at});
    return page;
}

pages::PasskeyNudge passkey_nudge(const Call& call, const app::SignInFlow& flow) {
    pages::PasskeyNudge page{.may_skip = !flow.nudge_ends};
    if (call.tenant->tenant.settings.campaign.enforces) page.skips_left = credentials::kCampaignSkipsMax - flow.nudge_skips;
    return page;
}

pages::PasswordChange::Reason reason_of(const app::SignInFlow& flow) {
    const bool temporary = flow.change_reason == app::ChangeReason::temporary;
    return temporary ? pages::PasswordChange::Reason::temporary : pages::PasswordChange::Reason::userRisk;
}

pages::Consent consent_page(const Call& call, const app::SignInFlow& flow) {
    const auto* client = call.tenant->application(flow.client);
    pages::Consent page{.app_name = application_name(call, flow), .publisher = client ? client->publisher : ""};
    sort_rights(*call.tenant, flow.rights, page.open_id, page.rights);
    const auto& lifetimes = call.tenant->tenant.settings.lifetimes;
    const bool is_kept    = std::ranges::find(flow.rights, "offline_access") != flow.rights.end();
    if (is_kept) page.kept_days = static_cast<int>(std::chrono::duration_cast<std::chrono::days>(lifetimes.refresh_absolute).count());
    return page;
}

pages::Screen screen_of(const Web& web, const Call& call, const Turn& turn) {
    const auto& flow = turn.flow;
    switch (flow.stage) {
        case Stage::accountPicker: return account_picker(call, flow);
        case Stage::userName:          return user_name_page(web, call, turn);
        case Stage::password:          return password_page(web, call, turn.problem, reset_path(call, flow.id));
        case Stage::unusualNotice:     return pages::UnusualNotice{};
        case Stage::riskNotice:        return pages::RiskNotice{};
        case Stage::signInAgain:       return pages::SignInAgain{};
        case Stage::recoveryEntry:     return pages::RecoveryEntry{};
        case Stage::accessPass:        return pages::AccessPass{.problem = pass_problem(turn.problem)};
        case Stage::guestCode:
            return pages::GuestCode{turn.problem == Problem::guestCode ? pages::GuestCode::Problem::refused : pages::GuestCode::Problem::none};
        case Stage::mfa:
            if (can_be_asked(flow, app::SecondFactor::accessPass)) return second_pass_page(call, turn);
            return mfa_page(call, turn);
        case Stage::approval:          return approval_wait(web, call, turn);
        case Stage::external:          return external_leave(web, call, turn);
        case Stage::registrationOffer: return registration_offer(flow);
        case Stage::registrationProof: return registration_proof(web, call, turn);
        case Stage::registrationToken: return token_activation(turn);
        case Stage::resetRegistration: return reset_registration(flow);
        case Stage::resetApp:          return registration_proof(web, call, turn);
        case Stage::resetMail:         return pages::RecoveryMail{mail_problem(turn.problem)};
        case Stage::resetMailCode:     return pages::RecoveryMailCode{code_problem(turn.problem)};
        case Stage::resetReview:       return reset_review(web, call, flow);
        case Stage::nudge:             return passkey_nudge(call, flow);
        case Stage::registrationPasskey:
        case Stage::nudgePasskey: {
            using enum pages::RegistrationPasskey::Problem;
            if (turn.problem == Problem::passkeyModel) return pages::RegistrationPasskey{modelRefused};
            if (turn.problem == Problem::passkeyHidden) return pages::RegistrationPasskey{modelHidden};
            return pages::RegistrationPasskey{turn.problem == Problem::passkey ? refused : none};
        }
        case Stage::registrationDone:  return registration_done(call, flow);
        case Stage::passwordChange:
            return pages::PasswordChange{.reason = reason_of(flow),
                                         .current    = pages::PasswordChange::Current::asked,
                                         .problems   = page_problems(turn),
                                         .length_min = app::password_length_min(web.ports, *call.tenant, flow.user)};
        case Stage::passwordChanged:
            return pages::PasswordChanged{.reason = reason_of(flow), .app_name = application_name(call, flow), .told = {}};
        case Stage::consent: return consent_page(call, flow);
        case Stage::refused: return stopped(call, flow);
        case Stage::granted: break;
    }
    return pages::GenericError{.kind = pages::GenericError::Kind::flowExpired};
}

bool shows_person(Stage stage) { return stage != Stage::userName && stage != Stage::accountPicker; }

Response flow_gone(const Web& web, const Call& call) {
    return page(web, call, pages::GenericError{.kind = pages::GenericError::Kind::flowExpired, .code = 50089}, {.status = 400});
}

Result<std::optional<app::SignInFlow>> find_flow(Web& web, const Call& call, std::string_view reference) {
    return web.sign_in.find(*call.tenant, reference, cookie(web, call.request, CookieName::interaction), call.facts.now);
}

app::Submission submission_of(const Form& form) {
    app::Submission submission;
    submission.action           = text_of(form, "action");
    submission.username         = text_of(form, "username");
    submission.password         = Secret(text_of(form, "password"));
    submission.current_password = Secret(text_of(form, "currentPassword"));
    submission.new_password     = Secret(text_of(form, "newPassword"));
    submission.confirm_password = Secret(text_of(form, "confirmPassword"));
    submission.otp              = text_of(form, "otp");
    submission.method           = text_of(form, "method");
    submission.passkey          = text_of(form, "passkey");
    submission.method_name      = text_of(form, "methodName");
    submission.email            = text_of(form, "email");
    return submission;
}

/// Those its application asked for.
std::string languages_of(const app::SignInFlow& flow) { return app::Authorize::page_wishes(flow).ui_locales; }

Response signed_in(Web& web, const Call& call, const app::SignInFlow& flow) {
    if (flow.purpose == app::Purpose::device) return finish_device_sign_in(web, call, flow);
    if (flow.purpose == app::Purpose::account) return finish_account_sign_in(web, call, flow);
    auto answered = web.authorize.finish(*call.tenant, flow, call.facts);
    if (!answered) return error_page(web, call, answered.error(), languages_of(flow));
    auto response = client_answer(web, call, answered->answer);
    set_session_cookies(web, response, answered->opened);
    return response;
}

/// The person gave up, or read why they were stopped and leaves.
Response abandoned(Web& web, const Call& call, const app::SignInFlow& flow) {
    if (flow.purpose == app::Purpose::account && flow.stage != Stage::refused) return left_account(web, call);
    if (flow.stage == Stage::refused || flow.purpose == app::Purpose::device) {
        return page(web, call, pages::SignedOut{.sign_in_path = ""}, {.ui_locales = languages_of(flow)});
    }
    auto answer = web.authorize.abandon(*call.tenant, flow, call.facts);
    if (!answer) return error_page(web, call, answer.error(), languages_of(flow));
    return client_answer(web, call, *answer);
}

}  // namespace

pages::PasswordProblem page_problem(credentials::PasswordProblem problem) {
    using From = credentials::PasswordProblem;
    using To   = pages::PasswordProblem;
    switch (problem) {
        case From::malformed:
        case From::charactersNotAllowed: return To::unusableCharacter;
        case From::tooShort:             return To::tooShort;
        case From::tooLong:              return To::tooLong;
        case From::tooFewClasses:
        case From::guessable:            return To::tooEasy;
        case From::containsName:         return To::containsName;
        case From::bannedByOrganisation: return To::containsOrganisation;
        case From::seenTooOften:         return To::seenInBreach;
        case From::sameAsCurrent:
        case From::recentlyUsed:         return To::usedBefore;
    }
    return To::tooEasy;
}

Response flow_page(const Web& web, const Call& call, const Turn& turn, int status) {
    const auto& flow  = turn.flow;
    const auto screen = screen_of(web, call, turn);
    auto wishes       = app::Authorize::page_wishes(flow);
    PageView view{.status       = status,
                  .flow         = app::reference_to(flow),
                  .csrf         = flow.csrf,
                  .user         = shows_person(flow.stage) ? std::optional(flow.typed_name) : std::nullopt,
                  .steps        = {},
                  .form_targets = std::move(wishes.form_targets),
                  .ui_locales   = std::move(wishes.ui_locales)};
    // The page before a provider's leads to it and to ourselves; every other one to the client, once the sign-in is complete.
    if (const auto* leave = std::get_if<pages::ExternalLeave>(&screen)) {
        view.form_targets = leave->action.empty() ? std::vector<std::string>{} : std::vector{leave->action};
    }
    return page(web, call, screen, view);
}

Response begin_flow_page(const Web& web, const Call& call, const app::StartedFlow& started) {
    auto response = flow_page(web, call, {.flow = started.flow});
    set_cookie(web, response, CookieName::interaction, started.browser_secret);
    return response;
}

Response show_login(Web& web, const Call& call) {
    const auto query = Form::parse(call.request.query);
    if (!query) return error_page(web, call, query.error());
    const auto flow = find_flow(web, call, text_of(*query, "flow"));
    if (!flow) return error_page(web, call, flow.error());
    if (!*flow) return flow_gone(web, call);
    return flow_page(web, call, {.flow = **flow});
}

namespace {

/// The flow a form belongs to, with the form's guards passed; nothing when it is over.
Result<std::optional<app::SignInFlow>> flow_of_form(Web& web, const Call& call, const Form& form) {
    auto flow = TRY(find_flow(web, call, text_of(form, "flow")));
    if (flow && !equal_constant_time(flow->csrf, text_of(form, "csrf"))) {
        return Error{ErrorCode::forbidden, "a form came without its anti-forgery value"};
    }
    return flow;
}

Result<Form> own_form(const Web& web, const Call& call) {
    if (!is_same_site(web, call.request)) return Error{ErrorCode::forbidden, "a form came from another site"};
    return Form::of_body(call.request);
}

Response take_turn(Web& web, const Call& call, app::SignInFlow flow_before, const app::Submission& submission) {
    const auto reference = app::reference_to(flow_before);
    const auto turn = web.sign_in.submit(*call.tenant, std::move(flow_before), submission, call.facts);
    if (!turn) {  // the flow stands where it stood
        const auto flow = find_flow(web, call, reference);
        return error_page(web, call, turn.error(), flow && *flow ? languages_of(**flow) : std::string());
    }
    if (turn->is_abandoned) return abandoned(web, call, turn->flow);
    if (turn->goes_to_recovery) return redirect_to(web, reset_path(call, turn->flow.id), Redirect::seeOther);
    if (turn->flow.stage == Stage::granted) return signed_in(web, call, turn->flow);
    if (turn->problem == Problem::stopped) return too_many_tries(web, call);
    return flow_page(web, call, *turn);
}

}  // namespace

Response ask_passkey(Web& web, const Call& call) {
    const auto form = own_form(web, call);
    if (!form) return json_error(web, call, form.error());
    const auto flow = flow_of_form(web, call, *form);
    if (!flow) return json_error(web, call, flow.error());
    if (!*flow) return json_error(web, call, {ErrorCode::notFound, "the sign-in is over"});
    if (app::makes_passkey((*flow)->stage)) {
        const auto options = web.sign_in.passkey_creation(*call.tenant, **flow, call.facts);
        if (!options) return json_error(web, call, options.error());
        return *options ? json_page(web, wire::to_json(**options)) : json_error(web, call, {ErrorCode::conflict, "no passkey can be added now"});
    }
    const auto options = web.sign_in.passkey_options(*call.tenant, **flow, call.facts);
    if (!options) return json_error(web, call, options.error());
    return *options ? json_page(web, wire::to_json(**options)) : json_error(web, call, {ErrorCode::conflict, "no passkey is asked for now"});
}

Response submit_login(Web& web, const Call& call) {
    const auto form = own_form(web, call);
    if (!form) return error_page(web, call, form.error());
    auto flow = flow_of_form(web, call, *form);
    if (!flow) return error_page(web, call, flow.error());
    if (!*flow) return flow_gone(web, call);
    return take_turn(web, call, std::move(**flow), submission_of(*form));
}

Response continue_external(Web& web, const Call& call) {
    const auto query = Form::parse(call.request.query);
    if (!query) return error_page(web, call, query.error());
    auto flow = find_flow(web, call, text_of(*query, "flow"));
    if (!flow) return error_page(web, call, flow.error());
    if (!*flow) return flow_gone(web, call);
    if ((*flow)->stage != Stage::external) return flow_page(web, call, {.flow = **flow});
    app::Submission back;
    back.action          = "verify";
    back.external_ticket = text_of(*query, "answer");
    return take_turn(web, call, std::move(**flow), back);
}

}  // namespace portcullis::http
