#include "http/pages/security_info.h"

#include <algorithm>

#include "app/activate_token.h"
#include "app/add_recovery_mail.h"
#include "app/add_recovery_phone.h"
#include "app/add_totp.h"
#include "app/approvals.h"
#include "app/guest_codes.h"
#include "app/own_methods.h"
#include "app/recovery_codes.h"
#include "app/second_factors.h"
#include "app/sign_out_everywhere.h"
#include "base/encoding.h"
#include "core/credentials/method_roles.h"
#include "core/credentials/passkey_models.h"
#include "core/credentials/self_service_reset.h"
#include "core/credentials/totp.h"
#include "http/browser.h"
#include "http/oidc/client_answer.h"
#include "http/pages/account_visit.h"
#include "wire/webauthn_json.h"

namespace portcullis::http {
namespace {

using app::MethodRefusal;
using app::RegistrationBar;

constexpr std::string_view kHome    = "myaccount/security-info";
constexpr std::string_view kApp     = "myaccount/security-info/app";
constexpr std::string_view kMail    = "myaccount/security-info/email";
constexpr std::string_view kPhone   = "myaccount/security-info/phone";
constexpr std::string_view kCodes   = "myaccount/security-info/recovery-codes";
constexpr std::string_view kApprover = "myaccount/security-info/approver";
constexpr std::string_view kPasskey = "myaccount/security-info/passkey";

Response stopped_by_policy(const Web& web, const Call& call, const Visit& visit) {
    return stopped(web, call, visit, pages::Stopped::Reason::registrationPlace);
}

/// What serves a reset alone is not theirs to add.
Response not_for_guests(const Web& web, const Call& call, const Visit& visit, std::string_view page_path) {
    const pages::GenericError screen{.kind = pages::GenericError::Kind::notForGuests, .home_path = path_of(call, "myaccount")};
    auto view   = view_of(web, call, visit, page_path);
    view.status = 403;
    return page(web, call, screen, view);
}

/// The visit of a page that prepares a reset, or the answer that comes instead.
Entered enter_for_reset(Web& web, const Call& call, Proof proof, std::string_view page_path) {
    auto entered      = enter(web, call, proof, page_path);
    const auto* visit = std::get_if<Visit>(&entered);
    if (visit && !credentials::resets_here(visit->live.account.user)) return not_for_guests(web, call, *visit, page_path);
    return entered;
}

bool may_add_passkey(const Call& call, const app::Account& account) {
    const auto most = static_cast<std::size_t>(call.tenant->tenant.settings.passkeys.per_user_max);
    return app::may_add_passkey(*call.tenant, account) && credentials::passkeys_of(account.methods).size() < most;
}

auto second_factor_count(std::span<const identity::AuthenticationMethod> methods) {
    return std::ranges::count_if(methods, [](const auto& m) { return credentials::is_second_factor(m.kind); });
}

std::string token_path(HardwareTokenId id) { return "myaccount/security-info/token?id=" + to_string(id); }
std::string method_path(MethodId id) { return "myaccount/security-info/method?id=" + to_string(id); }

pages::MethodKind kind_of(const identity::AuthenticationMethod& method) {
    if (method.passkey) return method.passkey->is_backup_eligible ? pages::MethodKind::passkeySynced : pages::MethodKind::passkeyOfDevice;
    switch (method.kind) {
        case AuthMethod::softwareOath: return pages::MethodKind::authenticatorApp;
        case AuthMethod::hardwareOath: return pages::MethodKind::hardwareToken;
        case AuthMethod::email:        return pages::MethodKind::email;
        case AuthMethod::sms:
        case AuthMethod::voice:        return pages::MethodKind::telephone;
        case AuthMethod::recoveryCode: return pages::MethodKind::recoveryCodes;
        case AuthMethod::push:         return pages::MethodKind::approvingDevice;
        default:                       return pages::MethodKind::other;
    }
}

bool is_usable(const Call& call, const app::Account& account, const identity::AuthenticationMethod& method) {
    if (!app::is_allowed(*call.tenant, account, method.kind)) return false;
    if (!method.passkey) return true;  // what only resets a password is the reset's business
    const auto usable = app::usable_passkeys(*call.tenant, account);
    return std::ranges::any_of(usable, [&](const auto* passkey) { return passkey->id == method.id; });
}

std::optional<Instant> last_used(const identity::AuthenticationMethod& method) {
    if (method.passkey) return method.passkey->last_used_at;
    if (method.last_used_step < 0) return std::nullopt;
    const auto period = method.token ? method.token->interval : credentials::TotpParameters{}.period;
    return from_unix_ms(method.last_used_step * period.count());
}

pages::MethodLine line_of(const Call& call, const app::Account& account, const identity::AuthenticationMethod& method) {
    return {.name       = method.display_name,
            .kind       = app::is_way_in(*call.tenant, account, method) ? pages::MethodKind::guestMail : kind_of(method),
            .model      = method.passkey ? std::string(credentials::passkey_model(method.passkey->aaguid)) : "",
            .added      = method.created_at,
            .last_used  = last_used(method),
            .is_default = method.is_default,
            .is_usable  = is_usable(call, account, method),
            .is_suspect = method.passkey && method.passkey->is_clone_suspected,
            .path       = path_of(call, method_path(method.id))};
}

/// How a code could reach a telephone of this person.
struct PhoneWays {
    bool by_message = false, by_call = false;
    [[nodiscard]] bool any() const { return by_message || by_call; }
};
PhoneWays phone_ways(const Call& call, const app::Account& account) {
    return {app::may_add_phone(*call.tenant, account, app::PhoneCode::Way::sms, call.facts.now), app::may_add_phone(*call.tenant, account, app::PhoneCode::Way::voice, call.facts.now)};
}

/// The list, after `notice`. Policies for security info come before anything is shown (53010).
Response list_page(Web& web, const Call& call, const Visit& visit, pages::SecurityInfo::Notice notice) {
    const auto bar = app::registration_bar(web.ports, *call.tenant, visit.who, call.facts);
    if (!bar) return error_page(web, call, bar.error());
    if (*bar == RegistrationBar::policyRefuses) return stopped_by_policy(web, call, visit);
    const auto& account = visit.live.account;
    pages::SecurityInfo screen{.methods          = {},
                               .password_changed = account.password ? std::optional(account.password->changed_at) : std::nullopt,
                               .notice           = notice,
                               .bar              = *bar ? pages::SecurityInfo::Bar::atRisk : pages::SecurityInfo::Bar::none,
                               .may_add_app      = !*bar && app::may_add_totp(*call.tenant, account),
                               .may_add_passkey  = !*bar && may_add_passkey(call, account),
                               .password_path    = path_of(call, "myaccount/password"),
                               .add_app_path     = path_of(call, kApp),
                               .add_passkey_path = path_of(call, kPasskey),
                               .home_path        = path_of(call, "myaccount")};
    const bool may_reset = credentials::resets_here(account.user);
    const bool asks_mail = may_reset && call.tenant->tenant.settings.reset.scope != identity::ResetScope::none && app::is_allowed(*call.tenant, account, AuthMethod::email) &&
                           !app::signs_in_by_mail(*call.tenant, account);
    if (!*bar && asks_mail) screen.add_mail_path = path_of(call, kMail);
    if (!*bar && phone_ways(call, account).any()) screen.add_phone_path = path_of(call, kPhone);
    const auto& reset     = call.tenant->tenant.settings.reset;
    const bool uses_codes = may_reset && reset.scope != identity::ResetScope::none && std::ranges::find(reset.methods, AuthMethod::recoveryCode) != reset.methods.end();
    if (!*bar && uses_codes && app::is_allowed(*call.tenant, account, AuthMethod::recoveryCode)) screen.codes_path = path_of(call, kCodes);
    const auto may_approve = app::Approvals(web.ports).may_add_device(*call.tenant, account, call.facts);
    if (!may_approve) return error_page(web, call, may_approve.error());
    if (!*bar && *may_approve) screen.approver_path = path_of(call, kApprover);
    for (const auto& method : account.methods) screen.methods.push_back(line_of(call, account, method));
    const auto tokens = app::waiting_tokens(web.ports, *call.tenant, account);
    if (!tokens) return error_page(web, call, tokens.error());
    if (!*bar) {
        for (const auto& token : *tokens) screen.tokens.push_back({name_of(token), path_of(call, token_path(token.id))});
    }
    return page(web, call, screen, view_of(web, call, visit, kHome));
}

/// The list as it is after a change.
Response changed(Web& web, const Call& call, pages::SecurityInfo::Notice notice) {
    const auto live = live_session(web, call);
    if (!live) return error_page(web, call, live.error());
    if (!*live) return sign_in_first(web, call, kHome);
    return list_page(web, call, {.live = **live, .who = app::registrant_of(**live)}, notice);
}

/// What is said of a refusal that no page of its own explains.
Response refused(Web& web, const Call& call, const Visit& visit, MethodRefusal because, std::string_view page_path) {
    switch (because) {
        case MethodRefusal::notFresh:      return prove(web, call, visit, Proof::freshMfa, page_path);
        case MethodRefusal::policyRefuses: return stopped_by_policy(web, call, visit);
        case MethodRefusal::unknown:       return error_page(web, call, {ErrorCode::notFound, "the person has no such method"});
        case MethodRefusal::atRisk:
        case MethodRefusal::provenByItself:
        case MethodRefusal::lastOne:
        case MethodRefusal::nameMissing:
        case MethodRefusal::tooMany:
        case MethodRefusal::codeWrong:
        case MethodRefusal::codePaused:
        case MethodRefusal::over:          break;
    }
    return list_page(web, call, visit, pages::SecurityInfo::Notice::none);
}

// --- a recovery address ---

Response send_mail_code(Web& web, const Call& call, const Visit& visit, std::string_view typed) {
    const auto show    = [&](const pages::Screen& screen) { return page(web, call, screen, view_of(web, call, visit, kMail)); };
    const auto address = credentials::parse_mail_address(typed);
    if (!address) return show(pages::RecoveryMail{pages::RecoveryMail::Problem::malformed});
    const auto because = app::AddRecoveryMail(web.ports).begin(*call.tenant, visit.who, *address, call.facts);
    if (!because) return error_page(web, call, because.error());
    if (!*because) return show(pages::RecoveryMailCode{});
    if (**because == MethodRefusal::tooMany) return show(pages::RecoveryMail{pages::RecoveryMail::Problem::tooMany});
    return refused(web, call, visit, **because, kMail);
}

// --- a recovery telephone ---

pages::RecoveryPhone phone_page(const Call& call, const Visit& visit, pages::RecoveryPhone::Problem problem = pages::RecoveryPhone::Problem::none) {
    const auto ways = phone_ways(call, visit.live.account);
    return {.problem = problem, .by_message = ways.by_message, .by_call = ways.by_call};
}

Response send_phone_code(Web& web, const Call& call, const Visit& visit, const Form& form) {
    using enum pages::RecoveryPhone::Problem;
    const auto show   = [&](const pages::Screen& screen) { return page(web, call, screen, view_of(web, call, visit, kPhone)); };
    const auto number = credentials::parse_phone_number(text_of(form, "phone"));
    if (!number) return show(phone_page(call, visit, malformed));
    if (!credentials::is_country_allowed(call.tenant->tenant.settings.phone, *number)) return show(phone_page(call, visit, country));
    if (credentials::is_virtual(*number)) return show(phone_page(call, visit, noLine));
    const auto way     = text_of(form, "method") == "voice" ? app::PhoneCode::Way::voice : app::PhoneCode::Way::sms;
    const auto because = app::AddRecoveryPhone(web.ports).begin(*call.tenant, visit.who, *number, way, call.facts);
    if (!because) return error_page(web, call, because.error());
    if (!*because) return show(pages::RecoveryPhoneCode{});
    if (**because == MethodRefusal::tooMany) return show(phone_page(call, visit, tooMany));
    return refused(web, call, visit, **because, kPhone);
}

// --- an authenticator app ---

Response app_page(Web& web, const Call& call, const Visit& visit, pages::CodeProblem problem, std::string name) {
    const auto begun = app::AddTotp(web.ports).begin(*call.tenant, visit.who, call.facts);
    if (!begun) return error_page(web, call, begun.error());
    if (const auto* because = std::get_if<MethodRefusal>(&*begun)) return refused(web, call, visit, *because, kApp);
    const auto& seed = std::get<Secret>(*begun);
    const auto uri   = credentials::provisioning_uri({}, seed, call.tenant->tenant.settings.branding.display_name, visit.live.account.user.user_principal_name);
    return page(web, call,
                pages::RegistrationTotp{.secret      = base32(seed.reveal()),
                                        .otpauth_uri = std::string(uri.reveal()),
                                        .problem     = problem,
                                        .asks_name   = true,
                                        .name        = std::move(name)},
                view_of(web, call, visit, kApp));
}

// --- a hardware token ---

Response token_page(Web& web, const Call& call, const Visit& visit, HardwareTokenId id, pages::CodeProblem problem) {
    const auto objection = app::ActivateToken(web.ports).objection(*call.tenant, visit.who, id, call.facts);
    if (!objection) return error_page(web, call, objection.error());
    if (*objection) return refused(web, call, visit, **objection, token_path(id));
    const auto tokens = app::waiting_tokens(web.ports, *call.tenant, visit.live.account);
    if (!tokens) return error_page(web, call, tokens.error());
    const auto token = std::ranges::find(*tokens, id, &identity::HardwareToken::id);
    if (token == tokens->end()) return refused(web, call, visit, MethodRefusal::unknown, token_path(id));
    return page(web, call, pages::TokenActivation{name_of(*token), problem}, view_of(web, call, visit, token_path(id)));
}

std::optional<HardwareTokenId> token_asked(const Call& call) { return parse_id<HardwareTokenId>(query_text(call, "id")); }

// --- one method ---

const identity::AuthenticationMethod* method_of(const Visit& visit, MethodId id) {
    const auto& methods = visit.live.account.methods;
    const auto found    = std::ranges::find(methods, id, &identity::AuthenticationMethod::id);
    return found == methods.end() ? nullptr : &*found;
}

Response method_page(Web& web, const Call& call, const Visit& visit, MethodId id, pages::MethodPage::Problem problem) {
    const auto* method = method_of(visit, id);
    if (!method) return error_page(web, call, {ErrorCode::notFound, "the person has no such method"});
    const auto objection = app::OwnMethods(web.ports).objection_to_removal(*call.tenant, visit.who, id, call.facts);
    if (!objection) return error_page(web, call, objection.error());
    if (*objection == MethodRefusal::policyRefuses) return stopped_by_policy(web, call, visit);
    const auto& methods = visit.live.account.methods;
    pages::MethodPage screen{.method      = line_of(call, visit.live.account, *method),
                             .problem     = *objection == MethodRefusal::atRisk ? pages::MethodPage::Problem::atRisk : problem,
                             .may_default = credentials::is_second_factor(method->kind) && second_factor_count(methods) > 1 && !method->is_default,
                             .may_remove  = *objection != MethodRefusal::lastOne,
                             .back_path   = path_of(call, kHome),
                             .may_rename  = method->kind != AuthMethod::hardwareOath};
    return page(web, call, screen, view_of(web, call, visit, method_path(id)));
}

Response removal_page(const Web& web, const Call& call, const Visit& visit, const identity::AuthenticationMethod& method) {
    return page(web, call, pages::MethodRemoval{.method = line_of(call, visit.live.account, method), .is_last = second_factor_count(visit.live.account.methods) == 1 && credentials::is_second_factor(method.kind)},
                view_of(web, call, visit, method_path(method.id)));
}

/// The method's page again, with what was wrong.
Response method_refused(Web& web, const Call& call, const Visit& visit, MethodId id, MethodRefusal because) {
    using enum pages::MethodPage::Problem;
    switch (because) {
        case MethodRefusal::nameMissing:    return method_page(web, call, visit, id, nameMissing);
        case MethodRefusal::lastOne:        return method_page(web, call, visit, id, lastOne);
        case MethodRefusal::provenByItself: return method_page(web, call, visit, id, provenByItself);
        case MethodRefusal::atRisk:         return method_page(web, call, visit, id, atRisk);
        case MethodRefusal::unknown:
        case MethodRefusal::policyRefuses:
        case MethodRefusal::notFresh:
        case MethodRefusal::tooMany:
        case MethodRefusal::codeWrong:
        case MethodRefusal::codePaused:
        case MethodRefusal::over:           break;
    }
    return refused(web, call, visit, because, method_path(id));
}

Response remove_method(Web& web, const Call& call, const Visit& visit, MethodId id, bool is_confirmed) {
    app::OwnMethods methods(web.ports);
    if (is_confirmed) {
        const auto because = methods.remove(*call.tenant, visit.who, id, call.facts);
        if (!because) return error_page(web, call, because.error());
        if (*because) return method_refused(web, call, visit, id, **because);
        return changed(web, call, pages::SecurityInfo::Notice::removed);
    }
    const auto objection = methods.objection_to_removal(*call.tenant, visit.who, id, call.facts);
    if (!objection) return error_page(web, call, objection.error());
    if (*objection) return method_refused(web, call, visit, id, **objection);
    return removal_page(web, call, visit, *method_of(visit, id));
}

std::optional<MethodId> method_asked(const Call& call) {
    const auto query = Form::parse(call.request.query);
    return query ? parse_id<MethodId>(text_of(*query, "id")) : std::nullopt;
}

}  // namespace

Response show_security_info(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::mfa, kHome);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    return list_page(web, call, std::get<Visit>(entered), pages::SecurityInfo::Notice::none);
}

Response submit_security_info(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::mfa, kHome);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto form   = session_form(web, call);
    if (!form) return error_page(web, call, form.error());
    if (text_of(*form, "action") != "signout") return list_page(web, call, visit, pages::SecurityInfo::Notice::none);
    const auto ended = app::SignOutEverywhere(web.ports)(*call.tenant, visit.live, call.facts);
    if (!ended) return error_page(web, call, ended.error());
    auto response = page(web, call, pages::SignedOut{.sign_in_path = path_of(call, kHome)});
    forget_cookie(web, response, CookieName::session);
    forget_cookie(web, response, CookieName::crossSiteSession);
    return response;
}

Response show_add_app(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::freshMfa, kApp);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    return app_page(web, call, std::get<Visit>(entered), pages::CodeProblem::none, "");
}

Response submit_add_app(Web& web, const Call& call) {
    // Freshness was asked when the seed was shown; it waits ten minutes at most.
    const auto entered = enter(web, call, Proof::mfa, kApp);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto form   = session_form(web, call);
    if (!form) return error_page(web, call, form.error());
    if (text_of(*form, "action") != "register") return redirect_to(web, path_of(call, kHome), Redirect::seeOther);
    const auto name    = text_of(*form, "methodName");
    const auto because = app::AddTotp(web.ports).finish(*call.tenant, visit.who, text_of(*form, "otp"), name, call.facts);
    if (!because) return error_page(web, call, because.error());
    if (!*because) return changed(web, call, pages::SecurityInfo::Notice::added);
    if (**because == MethodRefusal::codeWrong) return app_page(web, call, visit, pages::CodeProblem::didNotMatch, name);
    if (**because == MethodRefusal::over) return app_page(web, call, visit, pages::CodeProblem::none, name);
    return refused(web, call, visit, **because, kApp);
}

Response show_token(Web& web, const Call& call) {
    const auto id = token_asked(call);
    if (!id) return redirect_to(web, path_of(call, kHome), Redirect::found);
    const auto entered = enter(web, call, Proof::freshMfa, token_path(*id));
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    return token_page(web, call, std::get<Visit>(entered), *id, pages::CodeProblem::none);
}

Response submit_token(Web& web, const Call& call) {
    const auto id = token_asked(call);
    if (!id) return error_page(web, call, {ErrorCode::notFound, "no token is named"});
    const auto entered = enter(web, call, Proof::freshMfa, token_path(*id));
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto form   = session_form(web, call);
    if (!form) return error_page(web, call, form.error());
    if (text_of(*form, "action") != "verify") return redirect_to(web, path_of(call, kHome), Redirect::seeOther);
    const auto because = app::ActivateToken(web.ports)(*call.tenant, visit.who, *id, text_of(*form, "otp"), call.facts);
    if (!because) return error_page(web, call, because.error());
    if (!*because) return changed(web, call, pages::SecurityInfo::Notice::added);
    if (**because == MethodRefusal::codeWrong) return token_page(web, call, visit, *id, pages::CodeProblem::didNotMatch);
    return refused(web, call, visit, **because, token_path(*id));
}

Response show_add_mail(Web& web, const Call& call) {
    const auto entered = enter_for_reset(web, call, Proof::freshMfa, kMail);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    return page(web, call, pages::RecoveryMail{}, view_of(web, call, std::get<Visit>(entered), kMail));
}

Response submit_add_mail(Web& web, const Call& call) {
    const auto entered = enter_for_reset(web, call, Proof::mfa, kMail);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto form   = session_form(web, call);
    if (!form) return error_page(web, call, form.error());
    const auto action = text_of(*form, "action");
    const auto show   = [&](const pages::Screen& screen) { return page(web, call, screen, view_of(web, call, visit, kMail)); };
    if (action == "next") return send_mail_code(web, call, visit, text_of(*form, "email"));
    if (action == "other") return show(pages::RecoveryMail{});
    if (action != "verify") return redirect_to(web, path_of(call, kHome), Redirect::seeOther);
    const auto because = app::AddRecoveryMail(web.ports).finish(*call.tenant, visit.who, text_of(*form, "otp"), call.facts);
    if (!because) return error_page(web, call, because.error());
    if (!*because) return changed(web, call, pages::SecurityInfo::Notice::added);
    if (**because == MethodRefusal::codeWrong) return show(pages::RecoveryMailCode{pages::CodeProblem::didNotMatch});
    if (**because == MethodRefusal::codePaused) return show(pages::RecoveryMailCode{pages::CodeProblem::waitBeforeNext});
    if (**because == MethodRefusal::over) return show(pages::RecoveryMail{});
    return refused(web, call, visit, **because, kMail);
}

Response show_add_phone(Web& web, const Call& call) {
    const auto entered = enter_for_reset(web, call, Proof::freshMfa, kPhone);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    if (!phone_ways(call, visit.live.account).any()) return redirect_to(web, path_of(call, kHome), Redirect::found);
    return page(web, call, phone_page(call, visit), view_of(web, call, visit, kPhone));
}

Response submit_add_phone(Web& web, const Call& call) {
    const auto entered = enter_for_reset(web, call, Proof::mfa, kPhone);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto form   = session_form(web, call);
    if (!form) return error_page(web, call, form.error());
    const auto action = text_of(*form, "action");
    const auto show   = [&](const pages::Screen& screen) { return page(web, call, screen, view_of(web, call, visit, kPhone)); };
    if (action == "next") return send_phone_code(web, call, visit, *form);
    if (action == "other") return show(phone_page(call, visit));
    if (action != "verify") return redirect_to(web, path_of(call, kHome), Redirect::seeOther);
    const auto because = app::AddRecoveryPhone(web.ports).finish(*call.tenant, visit.who, text_of(*form, "otp"), call.facts);
    if (!because) return error_page(web, call, because.error());
    if (!*because) return changed(web, call, pages::SecurityInfo::Notice::added);
    if (**because == MethodRefusal::codeWrong) return show(pages::RecoveryPhoneCode{pages::CodeProblem::didNotMatch});
    if (**because == MethodRefusal::codePaused) return show(pages::RecoveryPhoneCode{pages::CodeProblem::waitBeforeNext});
    if (**because == MethodRefusal::over) return show(phone_page(call, visit));
    return refused(web, call, visit, **because, kPhone);
}

Response show_recovery_codes(Web& web, const Call& call) {
    const auto entered = enter_for_reset(web, call, Proof::freshMfa, kCodes);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit   = std::get<Visit>(entered);
    const auto& methods = visit.live.account.methods;
    const bool has_some = std::ranges::find(methods, AuthMethod::recoveryCode, &identity::AuthenticationMethod::kind) != methods.end();
    return page(web, call, pages::RecoveryCodesOffer{.replaces = has_some}, view_of(web, call, visit, kCodes));
}

Response submit_recovery_codes(Web& web, const Call& call) {
    const auto entered = enter_for_reset(web, call, Proof::freshMfa, kCodes);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto form   = session_form(web, call);
    if (!form) return error_page(web, call, form.error());
    if (text_of(*form, "action") != "register") return redirect_to(web, path_of(call, kHome), Redirect::seeOther);
    const auto outcome = app::RecoveryCodes(web.ports).make(*call.tenant, visit.who, call.facts);
    if (!outcome) return error_page(web, call, outcome.error());
    if (const auto* because = std::get_if<MethodRefusal>(&*outcome)) return refused(web, call, visit, *because, kCodes);
    pages::RecoveryCodesShown shown{.codes = {}, .back_path = path_of(call, kHome)};
    for (const auto& code : std::get<std::vector<Secret>>(*outcome)) shown.codes.emplace_back(code.reveal());
    return page(web, call, shown, view_of(web, call, visit, kCodes));
}

Response show_add_approver(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::freshMfa, kApprover);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto may    = app::Approvals(web.ports).may_add_device(*call.tenant, visit.live.account, call.facts);
    if (!may) return error_page(web, call, may.error());
    if (!*may) return list_page(web, call, visit, pages::SecurityInfo::Notice::none);
    const auto device = app::device_name(app::prompt_by(web.ports, call.facts));
    return page(web, call, pages::ApproverOffer{.device = device}, view_of(web, call, visit, kApprover));
}

Response submit_add_approver(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::freshMfa, kApprover);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto form   = session_form(web, call);
    if (!form) return error_page(web, call, form.error());
    if (text_of(*form, "action") != "register") return redirect_to(web, path_of(call, kHome), Redirect::seeOther);
    const auto because = app::Approvals(web.ports).add_device(*call.tenant, visit.who, call.facts);
    if (!because) return error_page(web, call, because.error());
    if (*because) return refused(web, call, visit, **because, kApprover);
    return changed(web, call, pages::SecurityInfo::Notice::added);
}

Response show_add_passkey(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::freshMfa, kPasskey);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto bar    = app::registration_bar(web.ports, *call.tenant, visit.who, call.facts);
    if (!bar) return error_page(web, call, bar.error());
    if (*bar || !may_add_passkey(call, visit.live.account)) return list_page(web, call, visit, pages::SecurityInfo::Notice::none);
    return page(web, call, pages::RegistrationPasskey{.is_on_account_page = true}, view_of(web, call, visit, kPasskey));
}

Response ask_new_passkey(Web& web, const Call& call) {
    const auto live = live_session(web, call);
    if (!live) return json_error(web, call, live.error());
    if (!*live) return json_page(web, json::object{{"location", path_of(call, kPasskey)}});
    const auto form = session_form(web, call);
    if (!form) return json_error(web, call, form.error());
    const auto begun = app::RegisterPasskey(web.ports).begin(*call.tenant, app::registrant_of(**live), call.facts);
    if (!begun) return json_error(web, call, begun.error());
    if (const auto* options = std::get_if<credentials::CreationOptions>(&*begun)) return json_page(web, wire::to_json(*options));
    // Too late, or not allowed any more: the page itself leads on.
    return json_page(web, json::object{{"location", path_of(call, kPasskey)}});
}

Response submit_add_passkey(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::mfa, kPasskey);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto form   = session_form(web, call);
    if (!form) return error_page(web, call, form.error());
    if (text_of(*form, "action") != "passkey") return redirect_to(web, path_of(call, kHome), Redirect::seeOther);
    const auto answer  = text_of(*form, "passkey"), name = text_of(*form, "methodName");
    const auto outcome = app::RegisterPasskey(web.ports).finish(*call.tenant, visit.who, {.answer = answer, .display_name = name}, call.facts);
    if (!outcome) return error_page(web, call, outcome.error());
    const auto* because = std::get_if<credentials::PasskeyRefusal>(&*outcome);
    if (!because) return changed(web, call, pages::SecurityInfo::Notice::added);
    if (*because == credentials::PasskeyRefusal::policyRefuses) return stopped_by_policy(web, call, visit);
    if (*because == credentials::PasskeyRefusal::userAtRisk) return list_page(web, call, visit, pages::SecurityInfo::Notice::none);
    using enum pages::RegistrationPasskey::Problem;
    auto problem = *because == credentials::PasskeyRefusal::alreadyRegistered ? alreadyThere : refused;
    if (credentials::is_of_model(*because)) problem = modelRefused;
    if (*because == credentials::PasskeyRefusal::attestationMissing) problem = modelHidden;
    return page(web, call, pages::RegistrationPasskey{problem, true}, view_of(web, call, visit, kPasskey));
}

Response show_method(Web& web, const Call& call) {
    const auto id = method_asked(call);
    if (!id) return redirect_to(web, path_of(call, kHome), Redirect::found);
    const auto entered = enter(web, call, Proof::freshMfa, method_path(*id));
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    return method_page(web, call, std::get<Visit>(entered), *id, pages::MethodPage::Problem::none);
}

Response submit_method(Web& web, const Call& call) {
    const auto id = method_asked(call);
    if (!id) return error_page(web, call, {ErrorCode::notFound, "no method is named"});
    const auto entered = enter(web, call, Proof::mfa, method_path(*id));
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto form   = session_form(web, call);
    if (!form) return error_page(web, call, form.error());
    const auto action = text_of(*form, "action");
    if (action == "verify") return sign_in_again(web, call, visit, method_path(*id));
    if (action == "remove") return remove_method(web, call, visit, *id, text_of(*form, "confirmed") == "yes");
    if (action != "change" && action != "default") return redirect_to(web, path_of(call, method_path(*id)), Redirect::seeOther);

    app::OwnMethods methods(web.ports);
    const bool is_name = action == "change";
    const auto because = is_name ? methods.rename(*call.tenant, visit.who, *id, text_of(*form, "methodName"), call.facts)
                                 : methods.make_default(*call.tenant, visit.who, *id, call.facts);
    if (!because) return error_page(web, call, because.error());
    if (*because) return method_refused(web, call, visit, *id, **because);
    return changed(web, call, is_name ? pages::SecurityInfo::Notice::renamed : pages::SecurityInfo::Notice::defaultSet);
}

Response finish_account_sign_in(Web& web, const Call& call, const app::SignInFlow& flow) {
    const auto opened = web.sign_in.open_session(*call.tenant, flow, call.facts);
    if (!opened) return error_page(web, call, opened.error());
    auto response = redirect_to(web, path_of(call, flow.request), call.request.method == Method::POST ? Redirect::seeOther : Redirect::found);
    set_session_cookies(web, response, *opened);
    return response;
}

Response left_account(const Web& web, const Call& call) { return page(web, call, pages::AccountLeft{.back_path = path_of(call, kHome)}); }

}  // namespace portcullis::http
