#include "http/pages/render/view.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/overloaded.h"
#include "base/visible_text.h"
#include "http/pages/render/headers.h"
#include "http/pages/render/qr.h"

namespace portcullis::pages {
namespace {

namespace mustache = kainjow::mustache;
using mustache::data;

/// Hand over to mustache. `text` for all that is shown, `exact` for values that come back or are data.
void text(data& to, const char* name, std::string_view value) { to[name] = data(visible(value)); }
void exact(data& to, const char* name, const std::string& value) { to[name] = data(value); }
void mark(data& to, const char* question) { to[question] = data(true); }

/// `name` and the question `name?`, when there is something to show.
void optional_text(data& to, const char* name, std::string_view value) {
    if (value.empty()) return;
    mark(to, (std::string(name) + "?").c_str());
    text(to, name, value);
}

/// A link on our own origin, or the start page: nothing else becomes an href (PROTO-810, PROTO-812).
void link(data& to, const char* name, const std::string& path) {
    const bool ours = path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\");
    exact(to, name, ours ? path : "/");
}

data& list(data& to, const char* name) { return to[name] = data(data::type::list); }

// ---- which number, which template: one row a screen ------------------------------------------------------------------

struct Face {
    std::string_view id, name;
    int code = 0;
};

Face face(const UserName&) { return {"UX-101", "user_name"}; }
Face face(const Password& s) {
    return {"UX-102", "password", s.problem == Password::Problem::accountOrPassword ? 50126 : 0};
}
Face face(const AccountPicker&) { return {"UX-103", "account_picker"}; }
Face face(const MfaCode& s) {
    const bool by_code = s.passkey == MfaCode::Passkey::none || s.passkey == MfaCode::Passkey::second;
    const auto name    = s.external_first ? "mfa_external" : s.push == MfaCode::Push::first ? "mfa_push" : by_code ? "mfa_code" : "mfa_passkey";
    const bool is_well = s.problem == CodeProblem::none && !s.passkey_failed && s.push_problem == MfaCode::PushProblem::none && s.external_problem == ExternalProblem::none;
    if (is_well) return {"UX-20", name};
    return {"UX-23", name, 500121};
}
Face face(const ExternalLeave& s) { return {"UX-176", "external_leave", s.action.empty() ? 500121 : 0}; }
Face face(const AccessPass& s) {
    const bool is_wrong = s.problem == AccessPass::Problem::didNotMatch || s.problem == AccessPass::Problem::wait;
    if (s.asked == AccessPass::Asked::instead) return {"UX-130", "access_pass", is_wrong ? 50126 : 0};
    if (!is_wrong && s.code_problem == CodeProblem::none && !s.passkey_failed && s.external_problem == ExternalProblem::none) return {"UX-20", "mfa_pass"};
    return {"UX-23", "mfa_pass", 500121};
}
Face face(const GuestCode& s) { return {"UX-175", "guest_code", s.problem == GuestCode::Problem::none ? 0 : 50126}; }
Face face(const RegistrationOffer& s) {
    if (s.skip_until) return {s.for_device ? "UX-15" : "UX-10", "registration_offer", 50072};
    return {s.for_device ? "UX-15" : "UX-11", "registration_forced", 50079};
}
Face face(const RegistrationTotp&) { return {"UX-12", "registration_totp"}; }
Face face(const RegistrationPasskey&) { return {"UX-12", "registration_passkey"}; }
Face face(const ResetRegistration&) { return {"UX-170", "reset_registration", 50125}; }
Face face(const ResetReview&) { return {"UX-171", "reset_review", 50125}; }
Face face(const PasskeyNudge&) { return {"UX-172", "passkey_nudge", 50125}; }
Face face(const SecurityInfo&) { return {"UX-83", "security_info"}; }
Face face(const AccountHome&) { return {"UX-140", "account_home"}; }
Face face(const AccountSessions&) { return {"UX-141", "account_sessions"}; }
Face face(const SessionEnd&) { return {"UX-142", "session_end"}; }
Face face(const AccountDevices&) { return {"UX-180", "account_devices"}; }
Face face(const DeviceEnd&) { return {"UX-181", "device_end"}; }
Face face(const OwnSignIns&) { return {"UX-80", "own_sign_ins"}; }
Face face(const SignInReport&) { return {"UX-143", "sign_in_report"}; }
Face face(const AccountRescue&) { return {"UX-80a", "account_rescue"}; }
Face face(const AccountAlerts&) { return {"UX-144", "account_alerts"}; }
Face face(const AccountPrompts&) { return {"UX-160", "account_prompts"}; }
Face face(const PromptReport&) { return {"UX-161", "prompt_report"}; }
Face face(const ApprovalWait&) { return {"UX-163", "approval_wait"}; }
Face face(const Approvals&) { return {"UX-164", "approvals"}; }
Face face(const ApproverOffer&) { return {"UX-165", "approver_offer"}; }
Face face(const MethodPage& s) { return {"UX-121", "method", s.problem == MethodPage::Problem::atRisk ? 53004 : 0}; }
Face face(const MethodRemoval&) { return {"UX-122", "method_removal"}; }
Face face(const RecoveryCodesOffer&) { return {"UX-131", "recovery_codes_offer"}; }
Face face(const RecoveryCodesShown&) { return {"UX-132", "recovery_codes_shown"}; }
Face face(const RecoveryMail&) { return {"UX-124", "recovery_mail"}; }
Face face(const TokenActivation& s) { return {"UX-178", "token_activation", s.problem == CodeProblem::none ? 0 : 500121}; }
Face face(const RecoveryMailCode& s) { return {"UX-125", "recovery_mail_code", s.problem == CodeProblem::none ? 0 : 500121}; }
Face face(const RecoveryPhone&) { return {"UX-173", "recovery_phone"}; }
Face face(const RecoveryPhoneCode& s) { return {"UX-174", "recovery_phone_code", s.problem == CodeProblem::none ? 0 : 500121}; }
Face face(const AccountLeft&) { return {"UX-123", "account_left"}; }
Face face(const RegistrationDone&) { return {"UX-104", "registration_done"}; }

bool is_about_new(PasswordProblem p) {
    return p != PasswordProblem::currentWrong && p != PasswordProblem::confirmationDiffers;
}

Face face(const PasswordChange& s) {
    const bool rejected = std::any_of(s.problems.begin(), s.problems.end(), is_about_new);
    if (s.reason == PasswordChange::Reason::voluntary) return {"UX-114", "voluntary_password", s.refusal_code};
    if (s.reason == PasswordChange::Reason::temporary)
        return {rejected ? "UX-32" : "UX-70", "temporary_password", 50055};
    return {rejected ? "UX-32" : "UX-31", "password_change", 50135};
}
Face face(const PasswordChanged&) { return {"UX-33", "password_changed"}; }
Face face(const UnusualNotice&) { return {"UX-21", "unusual_notice"}; }
Face face(const RiskNotice&) { return {"UX-30", "risk_notice"}; }
Face face(const SignInAgain&) { return {"UX-35", "sign_in_again"}; }
Face face(const RecoveryEntry&) { return {"UX-36", "recovery_entry", 50135}; }
Face face(const ResetName&) { return {"UX-60", "reset_name"}; }
Face face(const ResetWish&) { return {"UX-115", "reset_wish"}; }
Face face(const ResetMethod& s) { return {"UX-61", "reset_method", s.problem == ResetMethod::Problem::none ? 0 : 500121}; }
Face face(const ResetNumber&) { return {"UX-61", "reset_number"}; }
Face face(const ResetCode& s) { return {"UX-61", "reset_code", s.problem == CodeProblem::none ? 0 : 500121}; }
Face face(const ResetNewPassword& s) {
    return {"UX-62", "reset_password", s.refusal_code};
}
Face face(const ResetDone&) { return {"UX-63", "reset_done"}; }
Face face(const ResetUnavailable& s) {
    switch (s.reason) {
        case ResetUnavailable::Reason::tooManyTries: return {"UX-64", "reset_stopped"};
        case ResetUnavailable::Reason::helpDeskAsked: return {"UX-64", "reset_asked"};
        case ResetUnavailable::Reason::notByOneself: break;
    }
    return {"UX-64", "reset_unavailable"};
}

Face stopped_face(Stopped::Reason reason) {
    switch (reason) {
        case Stopped::Reason::signInRisk: return {"UX-40", "stopped_sign_in", 53003};
        case Stopped::Reason::userRisk: return {"UX-41", "stopped_account", 53003};
        case Stopped::Reason::cannotRemediate: return {"UX-44", "stopped_no_remedy", 53004};
        case Stopped::Reason::accountDisabled: return {"UX-46", "stopped_disabled", 50057};
        case Stopped::Reason::registrationRefused: return {"UX-13", "stopped_registration", 53004};
        case Stopped::Reason::registrationPlace: return {"UX-14", "stopped_place", 53010};
        case Stopped::Reason::unconfirmed: return {"UX-162", "stopped_unconfirmed", 500121};
        case Stopped::Reason::deviceDisabled: return {"UX-182", "stopped_device", 135011};
        case Stopped::Reason::policy: break;
    }
    return {"UX-113", "stopped_policy", 53003};
}
Face face(const Stopped& s) {
    auto row = stopped_face(s.reason);
    if (s.code != 0) row.code = s.code;
    return row;
}
Face face(const SignOutConfirm&) { return {"UX-105", "sign_out_confirm"}; }
Face face(const SignedOut&) { return {"UX-106", "signed_out"}; }
Face face(const Consent&) { return {"UX-150", "consent"}; }
Face face(const OwnApplications&) { return {"UX-151", "own_applications"}; }
Face face(const DeviceCodeEntry&) { return {"UX-107", "device_code"}; }
Face face(const DeviceConfirm&) { return {"UX-108", "device_confirm"}; }
Face face(const DeviceDone& s) {
    return {"UX-109", s.outcome == DeviceDone::Outcome::allowed ? "device_allowed" : "device_refused"};
}
Face face(const FormPost&) { return {"UX-110", "form_post"}; }
Face face(const GenericError& s) { return {"UX-111", "error", s.code}; }
Face face(const TooBusy&) { return {"UX-112", "too_busy"}; }
Face face(const DemoHome&) { return {"UX-190", "demo_home"}; }
Face face(const DemoResult&) { return {"UX-191", "demo_result"}; }
Face face(const DemoWhy&) { return {"UX-192", "demo_why"}; }
Face face(const DemoOutbox&) { return {"UX-193", "demo_outbox"}; }

Face face(const Screen& screen) {
    return std::visit([](const auto& s) { return face(s); }, screen);
}

// ---- what each says --------------------------------------------------------------------------------------------------

struct Painter {
    const PageFrame& frame;
    const Voice& voice;
    data& to;
    std::string_view& script_file;

    std::string say(std::string_view key, const MessageArguments& arguments = {}) const {
        return voice.messages.text(key, arguments);
    }
    /// What the catalogue has for `prefix + key`, or nothing: for names that come from data.
    std::string say_of(std::string_view prefix, std::string_view key) const {
        const auto* message = voice.messages.find(std::string(prefix) + std::string(key));
        return message == nullptr ? std::string{} : message->format({});
    }
    std::string moment(Instant when) const {
        return voice.dates.moment(voice.messages.icu_locale(), frame.time_zone, when);
    }
    void pill(const char* kind = "pill?") const {
        if (frame.user) mark(to, kind);
    }
    void problem(const char* key) const {
        mark(to, "problem?");
        text(to, "problem", say(key));
    }
    void app(std::string_view name) const { optional_text(to, "app", name); }
    /// The parts of a result or a page that is wider than a card.
    void wide() const { mark(to, "wide?"); }

    void code(CodeProblem p, const char* did_not_match, const char* wait) const {
        switch (p) {
            case CodeProblem::none: return;
            case CodeProblem::didNotMatch: return problem(did_not_match);
            case CodeProblem::waitBeforeNext: return problem(wait);
        }
    }

    /// What web/static/passkey.js needs.
    void script() const {
        script_file = "passkey.js";
        exact(to, "passkey_options", frame.form_action + "/options");
    }
    void passkey(bool is_offered, bool has_failed) const {
        if (!is_offered) return;
        mark(to, "passkey?");
        script();
        if (has_failed) mark(to, "passkey_problem?");
    }

    void operator()(const UserName& s) const {
        app(s.app_name);
        passkey(s.offers_passkey, s.problem == UserName::Problem::passkey);
        exact(to, "passkey_request", s.passkey_request);
        exact(to, "prefill", visible(s.prefill));
        if (s.problem == UserName::Problem::missing) problem("user_name.missing");
    }

    void operator()(const Password& s) const {
        pill();
        link(to, "reset", s.reset_path);
        passkey(s.offers_passkey, s.problem == Password::Problem::passkey);
        if (s.offers_pass) mark(to, "pass?");
        if (s.offers_guest_code) mark(to, "guest?");
        switch (s.problem) {
            case Password::Problem::none:
            case Password::Problem::passkey: return;
            case Password::Problem::missing: return problem("password.missing");
            case Password::Problem::accountOrPassword: return problem("password.account_or_password");
        }
    }

    void operator()(const AccountPicker& s) const;
    void operator()(const MfaCode& s) const {
        pill();
        passkey(s.passkey != MfaCode::Passkey::none, s.passkey_failed);
        if (s.passkey != MfaCode::Passkey::only && s.has_code) mark(to, "by_code?");
        if (s.push != MfaCode::Push::none) mark(to, "push?");
        if (s.push == MfaCode::Push::first && s.problem == CodeProblem::none) mark(to, "code_later?");
        if (s.push_problem == MfaCode::PushProblem::notApproved) optional_text(to, "push_problem", say("mfa_push.not_approved"));
        if (s.push_problem == MfaCode::PushProblem::paused) optional_text(to, "push_problem", say("mfa_push.paused"));
        external(s.externals, s.external_problem);
        code(s.problem, "code.did_not_match", "code.wait");
    }
    void external(const std::vector<ExternalWay>& ways, ExternalProblem problem) const {
        auto& rows = list(to, "externals");
        for (const auto& way : ways) {
            data row;
            exact(row, "id", way.id);
            text(row, "label", say("mfa_external.submit", {{"provider", way.name}}));
            rows << row;
        }
        switch (problem) {
            case ExternalProblem::none:        return;
            case ExternalProblem::denied:      return optional_text(to, "external_problem", say("mfa_external.denied"));
            case ExternalProblem::refused:     return optional_text(to, "external_problem", say("mfa_external.refused"));
            case ExternalProblem::unavailable: return optional_text(to, "external_problem", say("mfa_external.unavailable"));
            case ExternalProblem::paused:      return optional_text(to, "external_problem", say("mfa_external.paused"));
        }
    }
    void operator()(const ExternalLeave& s) const {
        pill();
        text(to, "provider", s.provider);  // of the window's title
        text(to, "title", say("external_leave.title", {{"provider", s.provider}}));
        text(to, "submit", say("external_leave.submit", {{"provider", s.provider}}));
        text(to, "gone", say("external_leave.gone", {{"provider", s.provider}}));
        if (s.is_waiting) optional_text(to, "waiting", say("external_leave.waiting", {{"provider", s.provider}}));
        const auto origin = s.action.starts_with("https://") ? csp_source(s.action) : std::nullopt;
        if (!origin) return;
        mark(to, "target?");
        exact(to, "target", s.action);
        text(to, "how", say("external_leave.how", {{"host", origin->substr(std::string_view("https://").size())}}));
        auto& fields = list(to, "fields");
        for (const auto& [name, value] : s.fields) {
            data row;
            exact(row, "name", name);
            exact(row, "value", value);
            fields << row;
        }
    }
    void operator()(const ApprovalWait& s) const {
        pill();
        exact(to, "number", s.number);
        auto& devices = list(to, "devices");
        for (const auto& device : s.devices) devices << data(visible(device));
        to["devices?"] = data(!s.devices.empty());
        exact(to, "path", s.approvals_path);
        if (s.is_waiting) mark(to, "waiting?");
    }
    void operator()(const Approvals& s) const;
    void operator()(const ApproverOffer& s) const {
        pill("fixed_pill?");
        optional_text(to, "device", s.device);
    }

    void operator()(const AccessPass& s) const {
        pill();
        text(to, "heading", say("access_pass.title"));
        passkey(s.by_passkey, s.passkey_failed);
        if (s.by_code) mark(to, "by_code?");
        if (s.code_problem == CodeProblem::none) mark(to, "code_later?");
        if (s.by_code || s.by_passkey || !s.externals.empty()) mark(to, "others?");
        external(s.externals, s.external_problem);
        pass(s);
        code(s.code_problem, "code.did_not_match", "code.wait");
    }
    void operator()(const GuestCode& s) const {
        pill();
        if (s.problem == GuestCode::Problem::refused) problem("guest_code.refused");
    }
    void pass(const AccessPass& s) const {
        const bool is_second = s.asked == AccessPass::Asked::second;
        switch (s.problem) {
            case AccessPass::Problem::none:        return;
            case AccessPass::Problem::missing:     return optional_text(to, "pass_problem", say("access_pass.missing"));
            case AccessPass::Problem::didNotMatch: return optional_text(to, "pass_problem", say(is_second ? "access_pass.did_not_match" : "access_pass.account_or_pass"));
            case AccessPass::Problem::wait:        return optional_text(to, "pass_problem", say("access_pass.wait"));
        }
    }

    void operator()(const RegistrationPasskey& s) const {
        pill(s.is_on_account_page ? "fixed_pill?" : "pill?");
        script();
        switch (s.problem) {
            case RegistrationPasskey::Problem::none:         return;
            case RegistrationPasskey::Problem::refused:      return problem("registration_passkey.refused");
            case RegistrationPasskey::Problem::alreadyThere: return problem("registration_passkey.already_there");
            case RegistrationPasskey::Problem::modelRefused: return problem("registration_passkey.model_refused");
            case RegistrationPasskey::Problem::modelHidden:  return problem("registration_passkey.model_hidden");
        }
    }
    void operator()(const SecurityInfo& s) const;
    void operator()(const AccountHome& s) const;
    void operator()(const AccountSessions& s) const;
    void operator()(const SessionEnd& s) const;
    void operator()(const AccountDevices& s) const;
    void operator()(const DeviceEnd& s) const;
    void operator()(const OwnSignIns& s) const;
    void operator()(const SignInReport& s) const;
    void operator()(const AccountRescue& s) const;
    void operator()(const AccountAlerts& s) const;
    void operator()(const AccountPrompts& s) const;
    void operator()(const PromptReport& s) const;
    void operator()(const MethodPage& s) const;
    void operator()(const MethodRemoval& s) const;
    void operator()(const RecoveryCodesOffer& s) const {
        pill("fixed_pill?");
        text(to, "heading", say("recovery_codes.title"));
        if (s.replaces) mark(to, "replaces?");
    }
    void operator()(const RecoveryCodesShown& s) const {
        pill("fixed_pill?");
        text(to, "heading", say("recovery_codes.shown_title"));
        auto& codes = list(to, "codes");
        for (const auto& code : s.codes) codes << data(code);
        link(to, "back", s.back_path);
    }
    void operator()(const RecoveryMail& s) const {
        pill("fixed_pill?");
        if (s.problem == RecoveryMail::Problem::malformed) problem("recovery_mail.malformed");
        if (s.problem == RecoveryMail::Problem::tooMany) problem("recovery_mail.too_many");
    }
    void operator()(const TokenActivation& s) const {
        pill(s.is_in_sign_in ? "pill?" : "fixed_pill?");
        if (s.is_in_sign_in) mark(to, "back?");
        text(to, "how", say("token_activation.how", {{"name", visible(s.name)}}));
        code(s.problem, "token_activation.did_not_match", "code.wait");
    }
    void operator()(const RecoveryMailCode& s) const {
        pill("fixed_pill?");
        code(s.problem, "reset_code.did_not_match", "code.wait");
    }
    void operator()(const RecoveryPhone& s) const {
        pill("fixed_pill?");
        if (s.by_message && s.by_call) mark(to, "choose?");
        exact(to, "method", s.by_message ? "sms" : "voice");
        switch (s.problem) {
            case RecoveryPhone::Problem::none: return;
            case RecoveryPhone::Problem::malformed: return problem("reset_number.malformed");
            case RecoveryPhone::Problem::country: return problem("recovery_phone.country");
            case RecoveryPhone::Problem::noLine: return problem("recovery_phone.no_line");
            case RecoveryPhone::Problem::tooMany: return problem("recovery_phone.too_many");
        }
    }
    void operator()(const RecoveryPhoneCode& s) const {
        pill("fixed_pill?");
        code(s.problem, "reset_code.did_not_match", "code.wait");
    }
    void operator()(const AccountLeft& s) const { link(to, "back", s.back_path); }
    void operator()(const RegistrationOffer& s) const {
        pill();
        if (s.offers_passkey) mark(to, s.offers_app ? "passkey?" : "only_passkey?");
        tokens(s);
        if (s.offers_passkey) script_file = "passkey.js";
        if (s.for_device) mark(to, "device?");
        if (!s.skip_until) return;
        const auto now  = frame.trace.when;
        const auto date = voice.dates.day(voice.messages.icu_locale(), frame.time_zone, *s.skip_until, now);
        const auto days = Dates::days_between(frame.time_zone, now, *s.skip_until);
        text(to, "until", say("registration_offer.until", {{"date", date}, {"days", std::int64_t{days}}}));
    }

    void tokens(const RegistrationOffer& s) const {
        if (s.tokens.empty()) return;
        mark(to, s.tokens.size() == 1 && !s.offers_app && !s.offers_passkey ? "only_token?" : "token?");
        if (s.offers_app) mark(to, "app?");
        if (s.offers_passkey) mark(to, "by_passkey?");
        auto& rows = list(to, "tokens");
        for (const auto& token : s.tokens) {
            data row;
            if (&token == &s.tokens.front()) mark(row, "first?");
            exact(row, "method", token.method);
            text(row, "name", visible(token.name));
            rows << row;
        }
    }

    void operator()(const RegistrationTotp& s) const;
    void operator()(const RegistrationDone& s) const {
        pill("fixed_pill?");
        const std::string of = s.is_mail ? "mail" : s.is_passkey ? "passkey" : s.is_token ? "token" : "";
        text(to, "what", say(of.empty() ? "registration_done.what" : "registration_done." + of));
        text(to, "keep", say(of.empty() ? "registration_done.keep" : "registration_done.keep_" + of));
        app(s.app_name);
    }
    void operator()(const ResetRegistration& s) const {
        pill();
        text(to, "why", s.is_change ? say("reset_registration.change") : say("reset_registration.why", {{"brand", frame.branding.display_name}}));
        if (s.is_change) mark(to, "back?");
        if (s.offers_app) mark(to, s.offers_mail ? "choose?" : "only_app?");
        else if (s.offers_mail) mark(to, "only_mail?");
    }
    void operator()(const ResetReview& s) const;
    void operator()(const PasskeyNudge& s) const {
        pill();
        script_file = "passkey.js";
        if (s.may_skip) mark(to, "skip?");
        const auto left = s.may_skip ? s.skips_left ? say("passkey_nudge.left", {{"count", std::int64_t{*s.skips_left}}}) : say("passkey_nudge.later")
                                     : say("passkey_nudge.now", {{"brand", frame.branding.display_name}});
        text(to, "left", left);
    }
    void operator()(const PasswordChange& s) const;
    void operator()(const PasswordChanged& s) const {
        pill("fixed_pill?");
        const bool by_risk = s.reason == PasswordChange::Reason::userRisk;
        text(to, "heading", say(by_risk ? "password_changed.risk" : "password_changed.temporary"));
        optional_text(to, "told", s.told);
        app(s.app_name);
    }
    void operator()(const UnusualNotice&) const { pill("fixed_pill?"); }
    void operator()(const RiskNotice&) const { pill("fixed_pill?"); }
    void operator()(const SignInAgain&) const { pill("fixed_pill?"); }
    void operator()(const RecoveryEntry&) const { pill("fixed_pill?"); }
    void operator()(const ResetName& s) const {
        exact(to, "prefill", visible(s.prefill));
        if (s.is_missing) problem("user_name.missing");
    }
    void operator()(const ResetWish& s) const;
    void operator()(const ResetMethod& s) const;
    void operator()(const ResetNumber& s) const {
        pill("fixed_pill?");
        text(to, "submit", say(s.is_call ? "reset_number.call" : "reset_number.send"));
        if (s.is_malformed) problem("reset_number.malformed");
    }
    void operator()(const ResetCode& s) const;
    void operator()(const ResetNewPassword& s) const {
        pill("fixed_pill?");
        new_password(s.problems, s.length_min);
    }
    void operator()(const ResetDone& s) const {
        text(to, "heading", say(s.is_unlocked ? "reset_done.unlocked" : "reset_done.title"));
        text(to, "what", say(s.is_unlocked ? "reset_done.unlocked_what" : "reset_done.what"));
        text(to, "next", say(s.is_unlocked ? "reset_done.unlocked_next" : "reset_done.next"));
        if (s.is_told) mark(to, "told?");
        if (s.sign_in_path.empty()) return;
        mark(to, "sign_in?");
        link(to, "sign_in", s.sign_in_path);
    }
    void operator()(const ResetUnavailable& s) const;
    /// What is wrong with a new password, each sentence at its field; the focus where it helps.
    void new_password(const std::vector<PasswordProblem>& problems, int length_min, bool asks_current = false) const;
    void operator()(const Stopped&) const { pill("fixed_pill?"); }
    void operator()(const SignOutConfirm&) const { pill("fixed_pill?"); }
    void operator()(const SignedOut& s) const {
        if (s.sign_in_path.empty()) return;
        mark(to, "sign_in?");
        link(to, "sign_in", s.sign_in_path);
    }
    void operator()(const Consent& s) const;
    void operator()(const OwnApplications& s) const;
    void operator()(const DeviceCodeEntry& s) const {
        pill("fixed_pill?");
        exact(to, "prefill", visible(s.prefill));
        code(s.problem, "device_code.did_not_match", "device_code.wait");
    }
    void operator()(const DeviceConfirm& s) const {
        pill("fixed_pill?");
        text(to, "app", s.app_name);
        text(to, "user_code", s.user_code);
        text(to, "address", s.address);
        optional_text(to, "place", s.place);
    }
    void operator()(const DeviceDone& s) const {
        pill("fixed_pill?");
        text(to, "app", s.app_name);
    }
    void operator()(const FormPost& s) const;
    void operator()(const GenericError& s) const;
    void operator()(const TooBusy& s) const {
        text(to, "wait", say("too_busy.wait", {{"seconds", std::int64_t{std::max<std::int64_t>(1, s.retry_after.count())}}}));
    }
    void operator()(const DemoHome& s) const;
    void operator()(const DemoResult& s) const;
    void operator()(const DemoWhy& s) const;
    void operator()(const DemoOutbox& s) const;
};

/// The first character, upper case when it is an ASCII letter.
std::string initial(std::string_view name) {
    if (name.empty()) return "?";
    std::size_t size = 1;
    while (size < name.size() && (static_cast<unsigned char>(name[size]) & 0xC0) == 0x80) ++size;
    std::string first(name.substr(0, size));
    if (first[0] >= 'a' && first[0] <= 'z') first[0] = static_cast<char>(first[0] - ('a' - 'A'));
    return first;
}

void Painter::operator()(const AccountPicker& s) const {
    app(s.app_name);
    auto& accounts = list(to, "accounts");
    for (const auto& account : s.accounts) {
        data row;
        const auto& name = account.display_name.empty() ? account.upn : account.display_name;
        text(row, "name", name);
        text(row, "letter", initial(visible(name)));
        exact(row, "upn", account.upn);
        row["named?"]     = data(name != account.upn);
        row["signed_in?"] = data(account.is_signed_in);
        accounts << row;
    }
}

/// `JBSW Y3DP EHPK 3PXP`: groups of four are easier to type.
std::string in_fours(std::string_view secret) {
    std::string out;
    for (std::size_t i = 0; i < secret.size(); ++i) {
        if (i > 0 && i % 4 == 0) out += ' ';
        out += secret[i];
    }
    return out;
}

void Painter::operator()(const RegistrationTotp& s) const {
    pill(s.asks_name ? "fixed_pill?" : "pill?");
    exact(to, "secret", in_fours(s.secret));
    exact(to, "otpauth", s.otpauth_uri.starts_with("otpauth://") ? s.otpauth_uri : std::string());
    if (const auto qr = qr_path(s.otpauth_uri)) {
        mark(to, "qr?");
        exact(to, "qr_size", std::to_string(qr->size));
        exact(to, "qr_path", qr->path);
    }
    if (s.asks_name) {
        mark(to, "asks_name?");
        text(to, "method_name", s.name);
    }
    code(s.problem, "code.did_not_match", "code.wait");
}

const char* key_of(MethodKind kind) {
    switch (kind) {
        case MethodKind::approvingDevice: return "method_kind.approver";
        case MethodKind::authenticatorApp: return "method_kind.app";
        case MethodKind::passkeySynced: return "method_kind.passkey_synced";
        case MethodKind::passkeyOfDevice: return "method_kind.passkey_device";
        case MethodKind::email: return "method_kind.email";
        case MethodKind::guestMail: return "method_kind.guest_mail";
        case MethodKind::telephone: return "method_kind.telephone";
        case MethodKind::recoveryCodes: return "method_kind.recovery_codes";
        case MethodKind::hardwareToken: return "method_kind.token";
        case MethodKind::other: break;
    }
    return "method_kind.other";
}

/// What a method is called here: a name that was stored because none was given, in the reader's language.
std::string name_of(const Painter& p, const MethodLine& method) {
    if (method.name.empty()) return p.say(key_of(method.kind));
    if (method.kind == MethodKind::authenticatorApp && method.name == "Authenticator app") return p.say("method_kind.app");
    if (method.kind == MethodKind::recoveryCodes && method.name == "Recovery codes") return p.say("security_info.codes_name");
    return method.name;
}

/// A method's row: what it is, since when, how lately.
data method_row(const Painter& p, const MethodLine& method) {
    data row;
    const auto now = p.frame.trace.when;
    const auto day = [&](Instant when) { return p.voice.dates.day(p.voice.messages.icu_locale(), p.frame.time_zone, when, now); };
    const auto kind = p.say(key_of(method.kind));
    const auto name = name_of(p, method);
    text(row, "name", name);
    text(row, "kind", kind);
    row["named?"] = data(name != kind);
    optional_text(row, "model", method.model);
    text(row, "added", p.say("method.added", {{"date", day(method.added)}}));
    text(row, "used", method.last_used ? p.say("method.used", {{"date", day(*method.last_used)}}) : p.say("method.unused"));
    row["is_app?"]   = data(method.kind == MethodKind::authenticatorApp);
    row["default?"]  = data(method.is_default);
    row["unusable?"] = data(!method.is_usable);
    row["suspect?"]  = data(method.is_suspect);
    link(row, "path", method.path);
    return row;
}

void Painter::operator()(const ResetReview& s) const {
    pill();
    auto& rows = list(to, "methods");
    for (const auto& method : s.methods) rows << method_row(*this, method);
    if (s.may_change) mark(to, "change?");
}

/// OpenID scopes in words, one that has none as it is spelled; then the permissions of APIs.
std::vector<std::string> in_words(const Painter& p, const std::vector<std::string>& open_id, const std::vector<std::string>& rights) {
    std::vector<std::string> words;
    for (const auto& scope : open_id) {
        const char* key = scope == "openid"           ? "consent.openid"
                          : scope == "profile"        ? "consent.profile"
                          : scope == "email"          ? "consent.email"
                          : scope == "offline_access" ? "consent.offline_access"
                                                      : nullptr;
        words.push_back(key ? p.say(key) : scope);
    }
    words.insert(words.end(), rights.begin(), rights.end());
    return words;
}

std::string made_by(const Painter& p, const std::string& publisher) {
    return publisher.empty() ? p.say("consent.made_here") : p.say("consent.made_by", {{"publisher", publisher}});
}

// ---- a person's own account --------------------------------------------------------------------------------------------

/// `a` and `b` with something between, or the one there is.
std::string joined(const std::string& a, std::string_view between, const std::string& b) {
    return a.empty() || b.empty() ? a + b : a + std::string(between) + b;
}

/// A link and the question whether there is one.
void optional_link(data& to, const char* name, const std::string& path) {
    if (path.empty()) return;
    mark(to, (std::string(name) + "?").c_str());
    link(to, name, path);
}

const char* key_of(AccountHome::Action action) {
    switch (action) {
        case AccountHome::Action::approveSignIn: return "account_home.approve";
        case AccountHome::Action::approveReset: return "account_home.approve_reset";
        case AccountHome::Action::changePassword: return "account_home.password";
        case AccountHome::Action::reviewSignIns: return "account_home.sign_ins";
        case AccountHome::Action::registerMethod: return "account_home.register";
        case AccountHome::Action::signInAgain: break;
    }
    return "account_home.again";
}

/// What is asked, why and until when, and the button that leads there.
data pending_row(const Painter& p, const AccountHome::Pending& pending) {
    data row;
    const std::string key = key_of(pending.what);
    text(row, "title", p.say(key));
    link(row, "path", pending.path);
    const auto now = p.frame.trace.when;
    if (pending.until) {
        const auto date = p.voice.dates.day(p.voice.messages.icu_locale(), p.frame.time_zone, *pending.until, now);
        const auto days = Dates::days_between(p.frame.time_zone, now, *pending.until);
        text(row, "what", p.say("account_home.register_until", {{"date", date}, {"days", std::int64_t{days}}}));
    } else {
        text(row, "what", p.say(key + "_what", {{"count", std::int64_t{pending.count}}}));
    }
    return row;
}

void Painter::operator()(const AccountHome& s) const {
    pill("fixed_pill?");
    wide();
    if (s.is_saved) mark(to, "saved?");
    to["pending?"] = data(!s.pending.empty());
    auto& pending  = list(to, "pending");
    for (const auto& one : s.pending) pending << pending_row(*this, one);
    if (s.secured) optional_text(to, "secured", say("account_home.secured", {{"date", voice.dates.day(voice.messages.icu_locale(), frame.time_zone, *s.secured, frame.trace.when)}}));
    link(to, "security", s.security_path);
    link(to, "sessions", s.sessions_path);
    link(to, "sign_ins", s.sign_ins_path);
    link(to, "alerts", s.alerts_path);
    link(to, "applications", s.applications_path);
    link(to, "sign_out", s.sign_out_path);
    optional_link(to, "password", s.password_path);
    optional_link(to, "prompts", s.prompts_path);
    optional_link(to, "approvals", s.approvals_path);
    optional_link(to, "devices", s.devices_path);
    auto& languages = list(to, "languages");
    for (const auto& tag : s.languages) {
        data row;
        const auto name = say_of("language.", tag);
        exact(row, "tag", tag);
        text(row, "name", name.empty() ? tag : name);
        row["chosen?"] = data(tag == s.language);
        languages << row;
    }
    to["none_chosen?"] = data(s.language.empty());
}

data session_row(const Painter& p, const SessionLine& session) {
    data row;
    const auto client = joined(session.browser, ", ", session.os);
    text(row, "client", client.empty() ? p.say("own.client_unknown") : client);
    text(row, "where", joined(session.place.empty() ? p.say("own.place_unknown") : session.place, " · ", session.address));
    text(row, "used", p.say("account_sessions.used", {{"moment", p.moment(session.last_used)}}));
    text(row, "since", p.say("account_sessions.since", {{"moment", p.moment(session.signed_in)}}));
    std::string applications;
    for (const auto& name : session.applications) applications = joined(applications, ", ", name);
    optional_text(row, "applications", applications);
    row["this?"] = data(session.is_this_one);
    link(row, "path", session.path);
    return row;
}

void Painter::operator()(const AccountSessions& s) const {
    pill("fixed_pill?");
    wide();
    if (s.has_ended_one) mark(to, "ended?");
    auto& sessions = list(to, "sessions");
    for (const auto& session : s.sessions) sessions << session_row(*this, session);
    link(to, "home", s.home_path);
}

data device_row(const Painter& p, const DeviceLine& device) {
    data row;
    const auto unknown = p.say(device.is_workstation ? "account_devices.workstation" : "own.client_unknown");
    text(row, "name", device.name.empty() ? unknown : device.name);
    if (device.is_workstation && !device.name.empty()) mark(row, "workstation?");
    text(row, "where", joined(device.place.empty() ? p.say("own.place_unknown") : device.place, " · ", device.address));
    text(row, "used", p.say("account_devices.used", {{"moment", p.moment(device.last_used)}}));
    text(row, "since", p.say("account_devices.since", {{"moment", p.moment(device.since)}}));
    row["this?"]      = data(device.is_this_one);
    row["disabled?"]  = data(device.is_disabled);
    row["signed_in?"] = data(device.is_signed_in && !device.is_this_one);
    optional_link(row, "path", device.path);
    return row;
}

void Painter::operator()(const AccountDevices& s) const {
    pill("fixed_pill?");
    wide();
    if (s.notice == AccountDevices::Notice::signedOut) mark(to, "signed_out?");
    if (s.notice == AccountDevices::Notice::disabled) mark(to, "has_disabled?");
    to["none?"]   = data(s.devices.empty());
    auto& devices = list(to, "devices");
    for (const auto& device : s.devices) devices << device_row(*this, device);
    link(to, "home", s.home_path);
}

void Painter::operator()(const DeviceEnd& s) const {
    pill("fixed_pill?");
    list(to, "device") << device_row(*this, s.device);
    to["this_one?"] = data(s.device.is_this_one);
}

void Painter::operator()(const SessionEnd& s) const {
    pill("fixed_pill?");
    list(to, "session") << session_row(*this, s.session);
    if (s.session.is_this_one) mark(to, "this_one?");
}

const char* key_of(SignInLine::Result result) {
    switch (result) {
        case SignInLine::Result::signedIn: return "own_sign_ins.signed_in";
        case SignInLine::Result::wrongPassword: return "own_sign_ins.wrong_password";
        case SignInLine::Result::notFinished: return "own_sign_ins.not_finished";
        case SignInLine::Result::stopped: break;
    }
    return "own_sign_ins.stopped";
}

data sign_in_row(const Painter& p, const SignInLine& line) {
    data row;
    exact(row, "id", line.id);
    text(row, "at", p.moment(line.at));
    text(row, "app", line.application.empty() ? p.say("own_sign_ins.account") : line.application);
    const auto client = joined(line.browser, ", ", line.os);
    text(row, "client", client.empty() ? p.say("own.client_unknown") : client);
    text(row, "where", joined(line.place.empty() ? p.say("own.place_unknown") : line.place, " · ", line.address));
    text(row, "result", p.say(key_of(line.result)));
    text(row, "tone", line.result == SignInLine::Result::signedIn ? "ok" : "");
    row["unusual?"]  = data(line.is_unusual);
    row["this?"]     = data(line.is_this_one);
    row["mine?"]     = data(line.said == SignInLine::Said::mine);
    row["not_mine?"] = data(line.said == SignInLine::Said::notMine);
    optional_link(row, "report", line.said == SignInLine::Said::notMine ? "" : line.report_path);
    return row;
}

/// A point of the map: web/pages/world.mustache runs from 85° north to 60° south.
std::optional<data> map_point(const SignInLine& line) {
    if (!line.point) return std::nullopt;
    const auto [latitude, longitude] = *line.point;
    if (!(latitude <= 85 && latitude >= -60 && longitude >= -180 && longitude <= 180)) return std::nullopt;
    data row;
    exact(row, "x", fmt::format("{:.1f}", longitude + 180));
    exact(row, "y", fmt::format("{:.1f}", 85 - latitude));
    exact(row, "r", line.is_unusual ? "4" : "2.5");
    exact(row, "tone", line.is_unusual ? "odd" : "usual");
    return row;
}

void Painter::operator()(const OwnSignIns& s) const {
    pill("fixed_pill?");
    wide();
    if (s.notice != OwnSignIns::Notice::none) {
        optional_text(to, "notice", say(s.notice == OwnSignIns::Notice::thanks ? "own_sign_ins.thanks" : "own_sign_ins.answered"));
    }
    to["unusual_ones?"] = data(!s.unusual.empty());
    auto& unusual       = list(to, "unusual_ones");
    for (const auto& line : s.unusual) unusual << sign_in_row(*this, line);
    auto& lines = list(to, "sign_ins");
    for (const auto& line : s.page) lines << sign_in_row(*this, line);
    to["none?"]  = data(s.page.empty());
    auto& points = list(to, "points");
    bool has_any = false;
    for (const auto* lines_of : {&s.page, &s.unusual}) {
        for (const auto& line : *lines_of) {
            const auto point = map_point(line);
            if (!point) continue;
            points << *point;
            has_any = true;
        }
    }
    to["map?"] = data(has_any);
    optional_link(to, "next", s.next_path);
    optional_link(to, "first", s.first_path);
    link(to, "home", s.home_path);
}

void Painter::operator()(const SignInReport& s) const {
    pill("fixed_pill?");
    if (s.is_too_many) problem("sign_in_report.too_many");
    list(to, "sign_in") << sign_in_row(*this, s.sign_in);
}

void Painter::operator()(const AccountRescue& s) const {
    pill("fixed_pill?");
    optional_link(to, "password", s.password_path);
    link(to, "security", s.security_path);
    link(to, "home", s.home_path);
}

void Painter::operator()(const AccountAlerts& s) const {
    pill("fixed_pill?");
    wide();
    auto& lines = list(to, "alerts");
    for (const auto& line : s.lines) {
        data row;
        const bool is_securing = line.title.empty();
        text(row, "title", is_securing ? say("account_alerts.secured") : line.title);
        text(row, "text", is_securing ? say("account_alerts.secured_what") : line.text);
        text(row, "at", moment(line.at));
        row["good?"] = data(is_securing);
        optional_text(row, "from", joined(joined(line.place, " · ", line.address), " · ", line.client));
        lines << row;
    }
    to["none?"] = data(s.lines.empty());
    optional_link(to, "next", s.next_path);
    optional_link(to, "first", s.first_path);
    link(to, "home", s.home_path);
}

const char* key_of(const PromptLine& prompt) {
    switch (prompt.kind) {
        case PromptLine::Kind::mail: return "account_prompts.mail";
        case PromptLine::Kind::message: return "account_prompts.message";
        case PromptLine::Kind::call: return "account_prompts.call";
        case PromptLine::Kind::approval: break;
    }
    return prompt.is_reset ? "account_prompts.approval_of_reset" : "account_prompts.approval";
}

/// What was asked for and where from: whose doing it was is for its reader to say.
data prompt_row(const Painter& p, const PromptLine& prompt) {
    data row;
    text(row, "what", p.say(key_of(prompt)));
    text(row, "for", prompt.is_reset ? p.say("account_prompts.reset") : prompt.application.empty() ? p.say("own_sign_ins.account") : prompt.application);
    text(row, "at", p.moment(prompt.at));
    const auto client = joined(prompt.browser, ", ", prompt.os);
    text(row, "client", client.empty() ? p.say("own.client_unknown") : client);
    text(row, "where", joined(prompt.place.empty() ? p.say("own.place_unknown") : prompt.place, " · ", prompt.address));
    link(row, "report", prompt.report_path);
    return row;
}

void Painter::operator()(const AccountPrompts& s) const {
    pill("fixed_pill?");
    wide();
    if (s.is_gone) mark(to, "gone?");
    auto& prompts = list(to, "prompts");
    for (const auto& prompt : s.prompts) prompts << prompt_row(*this, prompt);
    to["none?"] = data(s.prompts.empty());
    link(to, "home", s.home_path);
    link(to, "sign_ins", s.sign_ins_path);
}

const char* key_of(Approvals::Notice notice) {
    switch (notice) {
        case Approvals::Notice::none: return nullptr;
        case Approvals::Notice::approved: return "approvals.approved";
        case Approvals::Notice::wrongNumber: return "approvals.wrong_number";
        case Approvals::Notice::denied: return "approvals.denied";
        case Approvals::Notice::over: return "approvals.over";
        case Approvals::Notice::sameDevice: break;
    }
    return "approvals.same_device";
}

void Painter::operator()(const Approvals& s) const {
    pill("fixed_pill?");
    if (const auto* key = key_of(s.notice)) optional_text(to, s.notice == Approvals::Notice::approved || s.notice == Approvals::Notice::denied ? "notice" : "warning", say(key));
    if (s.waiting) {
        mark(to, "waiting?");
        list(to, "prompt") << prompt_row(*this, *s.waiting);
        text(to, "ask", say(s.waiting->is_reset ? "approvals.ask_reset" : "approvals.ask"));
        if (s.waiting->is_reset) mark(to, "reset?");
        exact(to, "approval", s.id);
        if (s.may_report) mark(to, "report?");
    } else {
        mark(to, s.is_approver ? "none?" : "stranger?");
    }
    optional_link(to, "add", s.add_path);
    link(to, "again", s.again_path);
    link(to, "home", s.home_path);
}

void Painter::operator()(const PromptReport& s) const {
    pill("fixed_pill?");
    if (s.is_too_many) problem("prompt_report.too_many");
    list(to, "prompt") << prompt_row(*this, s.prompt);
}

const char* key_of(SecurityInfo::Notice notice) {
    switch (notice) {
        case SecurityInfo::Notice::none: return nullptr;
        case SecurityInfo::Notice::added: return "security_info.added";
        case SecurityInfo::Notice::removed: return "security_info.removed";
        case SecurityInfo::Notice::renamed: return "security_info.renamed";
        case SecurityInfo::Notice::defaultSet: break;
    }
    return "security_info.default_set";
}

void Painter::operator()(const SecurityInfo& s) const {
    pill("fixed_pill?");
    wide();
    link(to, "home", s.home_path);
    auto& methods = list(to, "methods");
    for (const auto& method : s.methods) methods << method_row(*this, method);
    auto& tokens = list(to, "tokens");
    for (const auto& token : s.tokens) {
        data row;
        text(row, "name", token.name);
        link(row, "path", token.path);
        row["is_app?"] = data(false);
        tokens << row;
    }
    const auto is_passkey = [](const MethodLine& m) { return m.kind == MethodKind::passkeySynced || m.kind == MethodKind::passkeyOfDevice; };
    if (s.may_add_passkey && std::ranges::none_of(s.methods, is_passkey)) mark(to, "nudge?");
    if (s.methods.empty()) mark(to, "none?");
    if (s.password_changed) {
        mark(to, "password?");
        const auto date = voice.dates.day(voice.messages.icu_locale(), frame.time_zone, *s.password_changed, frame.trace.when);
        text(to, "password_changed", say("security_info.password_changed", {{"date", date}}));
        link(to, "password_path", s.password_path);
    }
    if (const auto* key = key_of(s.notice)) optional_text(to, "notice", say(key));
    // What was added or removed may have been in other hands: offer to end the other sessions (credentials §3.1).
    if (s.notice == SecurityInfo::Notice::added || s.notice == SecurityInfo::Notice::removed) mark(to, "offers_sign_out?");
    if (s.bar == SecurityInfo::Bar::atRisk) mark(to, "barred?");
    if (s.may_add_app) mark(to, "app?");
    if (s.may_add_passkey) {
        mark(to, "passkey?");
        script_file = "passkey.js";
    }
    link(to, "app_path", s.add_app_path);
    if (!s.add_mail_path.empty()) mark(to, "mail?");
    if (!s.codes_path.empty()) mark(to, "codes?");
    if (!s.add_phone_path.empty()) mark(to, "phone?");
    link(to, "phone_path", s.add_phone_path);
    link(to, "codes_path", s.codes_path);
    if (!s.approver_path.empty()) mark(to, "approver?");
    link(to, "approver_path", s.approver_path);
    link(to, "mail_path", s.add_mail_path);
    link(to, "passkey_path", s.add_passkey_path);
}

void Painter::operator()(const Consent& s) const {
    pill("fixed_pill?");
    text(to, "app", s.app_name);
    text(to, "made_by", made_by(*this, s.publisher));
    auto& rows = list(to, "rights");
    for (const auto& words : in_words(*this, s.open_id, s.rights)) {
        data row;
        text(row, "right", words);
        rows << row;
    }
    text(to, "lifetime", s.kept_days > 0 ? say("consent.kept", {{"days", std::int64_t{s.kept_days}}}) : say("consent.while_here"));
}

void Painter::operator()(const OwnApplications& s) const {
    pill("fixed_pill?");
    wide();
    link(to, "home", s.home_path);
    if (s.is_withdrawn) mark(to, "withdrawn?");
    if (s.applications.empty()) mark(to, "none?");
    auto& rows = list(to, "applications");
    for (const auto& line : s.applications) {
        data row;
        text(row, "client", line.client);
        text(row, "name", line.name);
        text(row, "made_by", line.publisher.empty() ? say("own_applications.made_here") : say("own_applications.made_by", {{"publisher", line.publisher}}));
        std::string rights;
        for (const auto& words : in_words(*this, line.open_id, line.rights)) rights += (rights.empty() ? "" : " · ") + words;
        text(row, "rights", rights);
        const auto date = voice.dates.day(voice.messages.icu_locale(), frame.time_zone, line.given, frame.trace.when);
        text(row, "given", say("own_applications.given", {{"date", date}}));
        rows << row;
    }
}

const char* key_of(MethodPage::Problem p) {
    switch (p) {
        case MethodPage::Problem::none: return nullptr;
        case MethodPage::Problem::nameMissing: return "method.name_missing";
        case MethodPage::Problem::lastOne: return "method.last_one";
        case MethodPage::Problem::provenByItself: return "method.proven_by_itself";
        case MethodPage::Problem::atRisk: break;
    }
    return "security_info.at_risk";
}

void Painter::operator()(const MethodPage& s) const {
    pill("fixed_pill?");
    to["method"] = method_row(*this, s.method);
    const auto name = name_of(*this, s.method);
    text(to, "heading", name);
    text(to, "method_name", name);
    link(to, "back", s.back_path);
    if (s.may_rename) mark(to, "may_rename?");
    if (s.may_default) mark(to, "may_default?");
    if (s.may_remove) mark(to, "may_remove?");
    if (s.method.kind == MethodKind::guestMail) mark(to, "way_in?");
    const auto* key = key_of(s.problem);
    if (!key) return;
    if (s.problem == MethodPage::Problem::nameMissing) return problem(key);
    if (s.problem == MethodPage::Problem::provenByItself) mark(to, "again?");
    optional_text(to, "warning", say(key));
}

/// What its owner loses by removing it, and what is left to do.
const char* key_of_removal(MethodKind kind) {
    switch (kind) {
        case MethodKind::approvingDevice: return "method_removal.approver";
        case MethodKind::authenticatorApp: return "method_removal.app";
        case MethodKind::passkeySynced:
        case MethodKind::passkeyOfDevice: return "method_removal.passkey";
        case MethodKind::email: return "method_removal.email";
        case MethodKind::telephone: return "method_removal.telephone";
        case MethodKind::recoveryCodes: return "method_removal.recovery_codes";
        case MethodKind::hardwareToken: return "method_removal.token";
        case MethodKind::guestMail:
        case MethodKind::other: break;
    }
    return "method_removal.other";
}

void Painter::operator()(const MethodRemoval& s) const {
    pill("fixed_pill?");
    to["method"] = method_row(*this, s.method);
    text(to, "heading", say("method_removal.heading", {{"name", visible(name_of(*this, s.method))}}));
    if (s.is_last) mark(to, "last?");
    text(to, "effect", say(key_of_removal(s.method.kind)));
}

const char* key_of(PasswordProblem p) {
    switch (p) {
        case PasswordProblem::currentWrong: return "password_problem.current_wrong";
        case PasswordProblem::confirmationDiffers: return "password_problem.confirmation_differs";
        case PasswordProblem::missing: return "password_problem.missing";
        case PasswordProblem::tooShort: return "password_problem.too_short";
        case PasswordProblem::tooLong: return "password_problem.too_long";
        case PasswordProblem::unusableCharacter: return "password_problem.unusable_character";
        case PasswordProblem::tooEasy: return "password_problem.too_easy";
        case PasswordProblem::containsName: return "password_problem.contains_name";
        case PasswordProblem::containsOrganisation: return "password_problem.contains_organisation";
        case PasswordProblem::seenInBreach: return "password_problem.seen_in_breach";
        case PasswordProblem::usedBefore: break;
    }
    return "password_problem.used_before";
}

void Painter::operator()(const PasswordChange& s) const {
    pill(s.reason == PasswordChange::Reason::voluntary ? "fixed_pill?" : "pill?");
    const bool asks_current = s.current == PasswordChange::Current::asked;
    const bool temporary    = s.reason == PasswordChange::Reason::temporary;
    if (asks_current) {
        mark(to, "current?");
        text(to, "current_label", say(temporary ? "temporary_password.current" : "password_change.current"));
    }
    new_password(s.problems, s.length_min, asks_current);
}

void Painter::new_password(const std::vector<PasswordProblem>& problems, int length_min, bool asks_current) const {
    script_file = "password.js";
    const MessageArguments minimum{{"min", std::int64_t{length_min}}};
    exact(to, "length_min", std::to_string(length_min));
    text(to, "length_rule", say("password_change.rule_length", minimum));
    exact(to, "account", visible(frame.user.value_or("").substr(0, frame.user.value_or("").find('@'))));
    exact(to, "organisation", visible(frame.branding.display_name));
    auto& about_new = list(to, "new_problems");
    for (const auto p : problems) {
        const auto sentence = say(key_of(p), minimum);
        mark(to, "problem?");
        if (p == PasswordProblem::currentWrong) optional_text(to, "current_problem", sentence);
        if (p == PasswordProblem::confirmationDiffers) optional_text(to, "confirm_problem", sentence);
        if (!is_about_new(p)) continue;
        about_new << data(sentence);
        mark(to, "new_problem?");
    }
    const auto has          = [&](PasswordProblem p) { return std::count(problems.begin(), problems.end(), p) > 0; };
    const bool only_new     = std::any_of(problems.begin(), problems.end(), is_about_new);
    const bool current_bad  = has(PasswordProblem::currentWrong);
    const bool only_confirm = !only_new && !current_bad && has(PasswordProblem::confirmationDiffers);
    if (asks_current && (current_bad || problems.empty())) return mark(to, "focus_current?");
    mark(to, only_confirm ? "focus_confirm?" : "focus_new?");
}

/// A row of a list one chooses from: its name and its hint are `KEY` and `KEY_hint` of the catalogue.
data choice_row(const Painter& p, const std::string& prefix, const std::string& method) {
    data row;
    exact(row, "method", method);
    text(row, "name", p.say_of(prefix, method));
    text(row, "hint", p.say_of(prefix, method + "_hint"));
    return row;
}

void Painter::operator()(const ResetWish&) const {
    pill("fixed_pill?");
    auto& choices = list(to, "choices");
    for (const auto* wish : {"forgotten", "unlock"}) choices << choice_row(*this, "reset_wish.", wish);
}

void Painter::operator()(const ResetMethod& s) const {
    pill("fixed_pill?");
    if (s.problem == ResetMethod::Problem::notApproved) problem("reset_method.not_approved");
    if (s.problem == ResetMethod::Problem::approvalPaused) problem("mfa_push.paused");
    if (s.problem == ResetMethod::Problem::approvalUnreachable) problem("reset_method.unreachable");
    text(to, "heading", say(s.is_second ? "reset_method.title_next" : "reset_method.title"));
    text(to, "why", say(s.is_second ? "reset_method.why_next" : "reset_method.why"));
    auto& choices = list(to, "choices");
    for (const auto& method : s.methods) choices << choice_row(*this, "reset_method.", method);
}

void Painter::operator()(const ResetCode& s) const {
    pill("fixed_pill?");
    const bool is_app = s.method == "softwareOath", is_mail = s.method == "email";
    if (s.method == "recoveryCode") {
        mark(to, "recovery?");
        text(to, "how", say("reset_code.how_recoveryCode"));
        text(to, "patience", say("reset_code.patience_recovery"));
        return code(s.problem, "reset_code.recovery_did_not_match", "code.wait");
    }
    const auto brand  = visible(frame.branding.display_name);
    text(to, "how", say(is_app ? "reset_code.how_softwareOath" : is_mail ? "reset_code.how_email" : "reset_code.how_phone", {{"brand", brand}}));
    text(to, "patience", say(is_app ? "reset_code.patience_app" : is_mail ? "reset_code.patience_sent" : "reset_code.patience_phone"));
    code(s.problem, "reset_code.did_not_match", "code.wait");
}

void Painter::operator()(const FormPost& s) const {
    app(s.app_name);
    // A registered URI never has a scheme that runs script (PROTO-810); should one come here, nothing is sent to it.
    exact(to, "target", csp_source(s.action) ? s.action : std::string("/"));
    exact(to, "nonce", s.script_nonce);
    auto& fields = list(to, "fields");
    for (const auto& [name, value] : s.fields) {
        data row;
        exact(row, "name", name);
        exact(row, "value", value);
        fields << row;
    }
}

std::string_view word_of(GenericError::Kind kind) {
    switch (kind) {
        case GenericError::Kind::badRequest: return "bad_request";
        case GenericError::Kind::unknownApplication: return "unknown_application";
        case GenericError::Kind::flowExpired: return "flow_expired";
        case GenericError::Kind::notFound: return "not_found";
        case GenericError::Kind::forbidden: return "forbidden";
        case GenericError::Kind::tooManyTries: return "too_many_tries";
        case GenericError::Kind::notAvailable: return "not_available";
        case GenericError::Kind::unusableForm: return "unusable_form";
        case GenericError::Kind::resetOver: return "reset_over";
        case GenericError::Kind::changedMeanwhile: return "changed_meanwhile";
        case GenericError::Kind::noPassword: return "no_password";
        case GenericError::Kind::notForGuests: return "not_for_guests";
        case GenericError::Kind::unexpected: break;
    }
    return "unexpected";
}

void Painter::operator()(const ResetUnavailable& s) const {
    optional_link(to, "sign_in", s.sign_in_path);
    optional_link(to, "home", s.home_path);
}

void Painter::operator()(const GenericError& s) const {
    const auto prefix = fmt::format("error.{}.", word_of(s.kind));
    text(to, "heading", say(prefix + "title"));
    text(to, "sentence", say(prefix + "what"));
    optional_link(to, "again", s.again_path);
    optional_link(to, "home", s.home_path);
}

/// The colour that goes with a word: level or state, never decoration.
std::string tone_of(std::string_view word) {
    struct Row {
        std::string_view word, tone;
    };
    static constexpr auto kTones = std::to_array<Row>({
        {"high", "stop"}, {"blocked", "stop"}, {"medium", "warn"}, {"interrupted", "warn"}, {"granted", "ok"},
    });
    for (const auto& row : kTones)
        if (row.word == word) return std::string(row.tone);
    return "quiet";
}

void Painter::operator()(const DemoHome& s) const {
    wide();
    auto& people = list(to, "people");
    for (const auto& person : s.people) {
        data row;
        text(row, "key", person.key);
        text(row, "upn", person.upn);
        exact(row, "password", person.password);
        row["changed?"] = data(person.has_chosen_password);
        optional_text(row, "totp", person.code);
        optional_text(row, "sentence", say_of("demo.person.", person.key));
        row["chosen?"] = data(person.is_chosen);
        people << row;
    }
    auto& places = list(to, "places");
    for (const auto& place : s.places) {
        const auto label = say_of("demo.place.", place.key);
        data row;
        text(row, "key", place.key);
        text(row, "label", label.empty() ? place.key : label);
        text(row, "address", place.address);
        row["chosen?"] = data(place.is_chosen);
        places << row;
    }
    auto& recent = list(to, "recent");
    for (const auto& sign_in : s.recent) {
        const auto outcome = say_of("demo.outcome.", sign_in.outcome);
        data row;
        text(row, "when", moment(sign_in.when));
        text(row, "upn", sign_in.upn);
        text(row, "outcome", outcome.empty() ? sign_in.outcome : outcome);
        text(row, "tone", tone_of(sign_in.outcome));
        link(row, "why", sign_in.why_path);
        recent << row;
    }
    to["none?"] = data(s.recent.empty());
    text(to, "now", moment(s.now));
    link(to, "start", s.start_path);
    link(to, "clock", s.clock_path);
    link(to, "outbox", s.outbox_path);
}

void Painter::operator()(const DemoResult& s) const {
    text(to, "greeting", s.name);
    auto& claims = list(to, "claims");
    for (const auto& [name, value] : s.claims) {
        data row;
        text(row, "name", name);
        text(row, "value", value);
        claims << row;
    }
    link(to, "why", s.why_path);
    link(to, "sign_out", s.sign_out_path);
    link(to, "demo", s.demo_path);
}

data fact_row(std::string_view name, std::string_view value) {
    data row;
    text(row, "name", name);
    text(row, "value", value);
    return row;
}

void level(data& to, std::string_view which, const DemoWhy::Level& risk) {
    const auto set = [&](std::string_view when, const std::string& value) {
        const auto name = fmt::format("{}_{}", which, when);
        text(to, name.c_str(), value);
        text(to, (name + "_tone").c_str(), tone_of(value));
    };
    set("before", risk.before);
    set("after", risk.after);
}

data detection_row(const Painter& p, const DemoWhy::Detection& detection) {
    data row;
    text(row, "type", detection.type);
    switch (detection.verdict) {
        case DemoWhy::Verdict::detected:
            text(row, "verdict", p.say("demo_why.detected", {{"level", detection.level}}));
            break;
        case DemoWhy::Verdict::notDetected: text(row, "verdict", p.say("demo_why.not_detected")); break;
        case DemoWhy::Verdict::notEvaluated: text(row, "verdict", p.say("demo_why.not_evaluated")); break;
    }
    text(row, "tone", tone_of(detection.verdict == DemoWhy::Verdict::detected ? detection.level : ""));
    optional_text(row, "because", detection.because);
    auto& evidence = list(row, "evidence");
    for (const auto& fact : detection.evidence) {
        data line;
        text(line, "name", fact.name);
        text(line, "observed", fact.observed);
        optional_text(line, "limit", fact.limit);
        evidence << line;
    }
    row["evidence?"] = data(!detection.evidence.empty());
    return row;
}

data policy_row(const DemoWhy::Policy& policy) {
    data row;
    text(row, "name", policy.name);
    text(row, "state", policy.state);
    text(row, "result", policy.result);
    optional_text(row, "controls", policy.controls);
    auto& conditions = list(row, "conditions");
    for (const auto& condition : policy.conditions) {
        data line;
        text(line, "name", condition.name);
        text(line, "because", condition.because);
        line["matched?"] = data(condition.matched);
        text(line, "tone", condition.matched ? "yes" : "no");
        conditions << line;
    }
    return row;
}

void Painter::operator()(const DemoWhy& s) const {
    wide();
    text(to, "outcome", s.outcome);
    auto& facts = list(to, "facts");
    for (const auto& fact : s.facts) facts << fact_row(fact.name, fact.value);
    auto& detections = list(to, "detections");
    for (const auto& detection : s.detections) detections << detection_row(*this, detection);
    auto& policies = list(to, "policies");
    for (const auto& policy : s.policies) policies << policy_row(policy);
    auto& story = list(to, "story");
    for (const auto& step : s.steps) {
        data row;
        text(row, "when", moment(step.when));
        text(row, "what", step.what);
        story << row;
    }
    level(to, "sign_in", s.sign_in_risk);
    level(to, "user", s.user_risk);
    link(to, "data", s.data_path);
    link(to, "demo", s.demo_path);
}

void Painter::operator()(const DemoOutbox& s) const {
    wide();
    auto& mails = list(to, "mails");
    for (const auto& mail : s.mails) {
        data row;
        text(row, "to", mail.to);
        text(row, "channel", mail.channel);
        text(row, "subject", mail.subject);
        text(row, "text", mail.text);
        text(row, "at", moment(mail.at));
        mails << row;
    }
    to["none?"] = data(s.mails.empty());
    link(to, "demo", s.demo_path);
}

}  // namespace

const std::vector<std::string_view>& template_names() {
    static const std::vector<std::string_view> names{
        "consent",         "own_applications", "account_prompts",  "prompt_report",    "stopped_unconfirmed", "mfa_push", "mfa_external", "external_leave", "approval_wait", "approvals", "approver_offer",
         "reset_registration", "reset_review",    "passkey_nudge",
        "access_pass",     "guest_code",      "mfa_pass",        "recovery_codes_offer", "recovery_codes_shown",
        "account_home",    "account_sessions",   "session_end",  "account_devices", "device_end", "stopped_device",       "own_sign_ins",        "sign_in_report",       "account_rescue",     "account_alerts",
        "mfa_passkey",     "registration_passkey", "security_info",    "method",               "method_removal",     "stopped_place",        "account_left",
        "unusual_notice",  "risk_notice",        "sign_in_again",     "recovery_entry",
        "user_name",       "password",           "account_picker",    "mfa_code",             "registration_offer",
        "registration_forced", "registration_totp", "registration_done", "password_change",     "temporary_password",  "voluntary_password",
        "password_changed", "stopped_sign_in",   "stopped_account",   "stopped_no_remedy",    "stopped_disabled",
        "stopped_registration", "stopped_policy", "sign_out_confirm", "signed_out",           "device_code",
        "device_confirm",  "device_allowed",     "device_refused",    "form_post",            "error",
        "too_busy",        "reset_name",        "reset_wish",        "reset_method",         "reset_number",
        "reset_code",      "reset_password",    "reset_done",        "reset_unavailable",    "reset_stopped",     "reset_asked",      "recovery_mail", "recovery_mail_code", "token_activation", "recovery_phone", "recovery_phone_code",
        "demo_home",          "demo_result",       "demo_why",             "demo_outbox"};
    return names;
}

namespace {

bool is_sent_once(const Screen& screen) {
    return std::holds_alternative<UserName>(screen) || std::holds_alternative<Password>(screen) || std::holds_alternative<AccessPass>(screen) ||
           std::holds_alternative<GuestCode>(screen) || std::holds_alternative<MfaCode>(screen) || std::holds_alternative<RegistrationTotp>(screen) ||
           std::holds_alternative<PasswordChange>(screen);
}

}  // namespace

View view_of(const Screen& screen, const PageFrame& frame, const Voice& voice) {
    View view{.name = face(screen).name, .data = {}};
    if (frame.user) {
        mark(view.data, "user?");
        text(view.data, "user", *frame.user);
        text(view.data, "initial", initial(visible(*frame.user)));
    }
    optional_text(view.data, "help_desk", frame.branding.help_desk);
    if (!frame.branding.help_desk.empty()) mark(view.data, "help?");
    std::visit(Painter{frame, voice, view.data, view.script}, screen);
    view.is_sent_once = is_sent_once(screen);
    return view;
}

std::string_view screen_id(const Screen& screen) { return face(screen).id; }

std::optional<int> error_code(const Screen& screen) {
    const int code = face(screen).code;
    return code == 0 ? std::nullopt : std::optional(code);
}

}  // namespace portcullis::pages
