#pragma once

#include <string>
#include <vector>

#include "http/pages/render/pages.h"

/// One of every screen, in every variant, with plausible values. Only tests include this.
namespace portcullis::pages {

struct Sample {
    std::string name;
    Screen screen;
    PageFrame frame;
};

inline Instant sample_now() { return *parse_rfc3339("2026-11-20T12:41:07Z"); }

inline PageFrame sample_frame(const std::string& user, const std::string& language) {
    return {.branding    = {.display_name = "Contoso", .help_desk = "+47 555 0100"},
            .language    = language,
            .form_action = "/contoso.example/login",
            .flow        = "0193ab00-7c1e-7000-8000-00000000000f",
            .csrf        = "q2V4x0mWb3tq1m0lqQ9t7w",
            .trace       = {.correlation = *parse_id<CorrelationId>("5f0b2d1e-77ab-4c1e-9f00-2d1e77ab0193"),
                            .request     = *parse_id<RequestId>("01937c1e-9a44-7c1e-8a44-7c1e9a440193"),
                            .when        = sample_now()},
            .user        = user.empty() ? std::nullopt : std::optional(user)};
}

inline DemoHome sample_demo_home() {
    DemoHome home{.now = sample_now(), .start_path = "/demo/start", .clock_path = "/demo/clock", .outbox_path = "/demo/outbox"};
    for (const auto* key : {"alice", "bob", "carol", "dave", "erin", "frank", "gina", "henry", "admin", "secadmin", "secop",
                            "reader", "helpdesk", "breakglass1"})
        home.people.push_back({.key = key, .upn = std::string(key) + "@contoso.example", .password = "brisk-otter-lantern-58",
                               .code = "402913", .is_chosen = std::string_view(key) == "alice"});
    home.people[1].code.clear();
    home.places = {{"home", "192.0.2.10", true}, {"abroad", "198.51.100.7"}, {"tor", "203.0.113.66"}, {"threatActor", "203.0.113.200"}};
    home.recent = {{sample_now(), "alice@contoso.example", "interrupted", "/demo/why/3"},
                   {sample_now(), "dave@contoso.example", "blocked", "/demo/why/2"},
                   {sample_now(), "alice@contoso.example", "granted", "/demo/why/1"}};
    return home;
}

inline DemoWhy sample_demo_why() {
    const auto at = sample_now();
    return {.outcome = "alice@contoso.example was asked for a code, gave it, and was let in.",
            .facts   = {{"address", "203.0.113.66 (AS64500, Tor exit)"}, {"place", "unknown"}, {"client", "Chrome 156 on Linux"}},
            .detections =
                {{"anonymizedIPAddress", DemoWhy::Verdict::detected, "medium", "", {{"address", "203.0.113.66 is a Tor exit", "seen 2026-11-20"}}},
                 {"unfamiliarFeatures", DemoWhy::Verdict::notDetected, "", "", {{"familiarity", "0.71", "0.35"}}},
                 {"unlikelyTravel", DemoWhy::Verdict::notEvaluated, "", "needs two located sign-ins", {}}},
            .policies =
                {{"Sign-in risk: require MFA", "enabled", "success", "mfa", {{"users", "all users", true}, {"signInRiskLevels", "sign-in risk is medium", true}}},
                 {"User risk: change password", "enabled", "notApplied", "mfa, passwordChange", {{"users", "all users", true}, {"userRiskLevels", "user risk is low", false}}}},
            .sign_in_risk = {"medium", "none"},
            .user_risk    = {"medium", "none"},
            .steps        = {{at, "password correct"}, {at, "policies asked for MFA"}, {at, "code correct; sign-in risk remediated"}},
            .data_path    = "/demo/why/3.json",
            .demo_path    = "/demo"};
}

/// A person's own account: home, sessions, sign-ins, alerts.
inline std::vector<std::pair<std::string, Screen>> sample_own_screens() {
    const auto hour         = std::chrono::hours{1};
    const std::string home  = "/contoso.example/myaccount";
    const std::string agent = "Firefox", place = "Oslo, Norway";
    using Action = AccountHome::Action;
    AccountHome calm{.languages = {"de", "en"}, .security_path = home + "/security-info", .sessions_path = home + "/sessions", .sign_ins_path = home + "/sign-ins",
                     .alerts_path = home + "/alerts", .applications_path = home + "/applications", .sign_out_path = "/contoso.example/oauth2/v2.0/logout", .password_path = home + "/password"};
    calm.prompts_path = home + "/prompts";
    auto busy    = calm;
    busy.approvals_path = home + "/approvals";
    busy.devices_path   = home + "/devices";
    busy.pending = {{.what = Action::approveSignIn, .path = home + "/approvals"}, {.what = Action::approveReset, .path = home + "/approvals"}, {.what = Action::changePassword, .path = home + "/password?with=mfa"}, {.what = Action::reviewSignIns, .count = 2, .path = home + "/sign-ins"},
                    {.what = Action::registerMethod, .until = sample_now() + 24 * 9 * hour, .path = home + "/security-info"}, {.what = Action::registerMethod, .path = home + "/security-info"},
                    {.what = Action::signInAgain, .path = home + "/confirm"}};
    auto secured          = calm;
    secured.secured       = sample_now() - 48 * hour;
    secured.language      = "de";
    secured.is_saved      = true;
    secured.password_path = "";
    const SessionLine here{agent, "Linux", place, "192.0.2.10", {"Contoso Notes", "Contoso Mail"}, sample_now() - 5 * hour, sample_now(), true, home + "/sessions/end?id=1"};
    const SessionLine there{"", "", "", "2001:db8::17", {}, sample_now() - 70 * hour, sample_now() - 30 * hour, false, home + "/sessions/end?id=2"};
    const SignInLine odd{.id = "0193ab00-7c1e-7000-8000-00000000000f", .at = sample_now() - 3 * hour, .application = "Contoso Notes", .browser = "Chrome", .os = "Windows", .place = "Lisbon, Portugal",
                         .address = "198.51.100.7", .result = SignInLine::Result::signedIn, .is_unusual = true, .report_path = home + "/sign-ins/report?id=1", .point = std::pair(38.7, -9.1)};
    const SignInLine own{.id = "0193ab00-7c1e-7000-8000-00000000000e", .at = sample_now() - 5 * hour, .browser = agent, .os = "Linux", .place = place, .address = "192.0.2.10",
                         .result = SignInLine::Result::signedIn, .is_this_one = true, .report_path = home + "/sign-ins/report?id=2", .point = std::pair(59.9, 10.7)};
    auto mine = own, not_mine = odd, wrong = own, stopped = odd, left = own;
    mine.said = SignInLine::Said::mine, mine.is_this_one = false;
    not_mine.said = SignInLine::Said::notMine;
    wrong = {.at = sample_now(), .result = SignInLine::Result::wrongPassword};
    stopped.result = SignInLine::Result::stopped;
    left.result = SignInLine::Result::notFinished, left.is_this_one = false;
    return {{"account_home", busy}, {"account_home_calm", calm}, {"account_home_secured", secured},
            {"account_sessions", AccountSessions{{here, there}, true, home}}, {"account_sessions_one", AccountSessions{{here}, false, home}},
            {"session_end", SessionEnd{there}}, {"session_end_this_one", SessionEnd{here}},
            {"account_devices", AccountDevices{{{agent + ", Linux", place, "192.0.2.10", sample_now() - 900 * hour, sample_now(), false, true, true, false, home + "/devices/device?id=1"},
                                                {"ws-0417", "", "2001:db8::17", sample_now() - 300 * hour, sample_now() - 30 * hour, true, false, false, false, home + "/devices/device?id=2"},
                                                {"Firefox, Android", place, "198.51.100.4", sample_now() - 400 * hour, sample_now() - 90 * hour, false, false, false, true, ""}},
                                               AccountDevices::Notice::disabled, home}},
            {"account_devices_none", AccountDevices{{}, AccountDevices::Notice::none, home}},
            {"device_end", DeviceEnd{{"Firefox, Android", place, "198.51.100.4", sample_now() - 400 * hour, sample_now() - 2 * hour, false, true, false, false, home}}},
            {"device_end_this_one", DeviceEnd{{"", "", "192.0.2.10", sample_now() - 400 * hour, sample_now(), false, true, true, false, home}}},
            {"own_sign_ins", OwnSignIns{{odd}, {odd, own, mine, not_mine, wrong, stopped, left}, OwnSignIns::Notice::thanks, home + "/sign-ins?before=1", "", home}},
            {"own_sign_ins_older", OwnSignIns{{}, {own}, OwnSignIns::Notice::answered, "", home + "/sign-ins", home}}, {"own_sign_ins_none", OwnSignIns{.home_path = home}},
            {"sign_in_report", SignInReport{odd}}, {"sign_in_report_too_many", SignInReport{own, true}},
            {"account_rescue", AccountRescue{home + "/password?with=mfa", home + "/security-info", home}}, {"account_rescue_no_password", AccountRescue{"", home + "/security-info", home}},
            {"account_prompts", AccountPrompts{{{PromptLine::Kind::mail, true, sample_now() - hour, "", "Chrome", "Windows", "Lisbon, Portugal", "198.51.100.7", home + "/prompts/report?id=1"},
                                                {PromptLine::Kind::approval, false, sample_now() - 2 * hour, "Contoso Notes", agent, "Linux", place, "192.0.2.10", home + "/prompts/report?id=2"},
                                                {PromptLine::Kind::message, true, sample_now() - 3 * hour, "", "", "", "", "2001:db8::17", home + "/prompts/report?id=3"},
                                                {PromptLine::Kind::approval, true, sample_now() - 3 * hour, "", agent, "Linux", place, "192.0.2.10", home + "/prompts/report?id=5"},
                                                {PromptLine::Kind::call, false, sample_now() - 4 * hour, "", agent, "Linux", place, "192.0.2.10", home + "/prompts/report?id=4"}}, true, home, home + "/sign-ins"}},
            {"approvals", Approvals{.waiting = PromptLine{PromptLine::Kind::approval, false, sample_now(), "Contoso Notes", "Chrome", "Windows", "Lisbon, Portugal", "198.51.100.7", ""}, .id = "0193ab00-7c1e-7000-8000-00000000000f",
                                    .may_report = true, .home_path = home, .again_path = home + "/approvals"}},
            {"approvals_reset", Approvals{.waiting = PromptLine{PromptLine::Kind::approval, true, sample_now(), "", "Chrome", "Windows", "Lisbon, Portugal", "198.51.100.7", ""}, .id = "0193ab00-7c1e-7000-8000-00000000000f",
                                          .may_report = true, .home_path = home, .again_path = home + "/approvals"}},
            {"approvals_plain", Approvals{.waiting = PromptLine{PromptLine::Kind::approval, false, sample_now(), "", "", "", "", "2001:db8::17", ""}, .id = "1", .home_path = home, .again_path = home + "/approvals"}},
            {"approvals_approved", Approvals{.notice = Approvals::Notice::approved, .home_path = home, .again_path = home + "/approvals"}},
            {"approvals_wrong_number", Approvals{.notice = Approvals::Notice::wrongNumber, .home_path = home, .again_path = home + "/approvals"}},
            {"approvals_denied", Approvals{.notice = Approvals::Notice::denied, .home_path = home, .again_path = home + "/approvals"}},
            {"approvals_over", Approvals{.notice = Approvals::Notice::over, .home_path = home, .again_path = home + "/approvals"}},
            {"approvals_same_device", Approvals{.notice = Approvals::Notice::sameDevice, .home_path = home, .again_path = home + "/approvals"}},
            {"approvals_none", Approvals{.home_path = home, .again_path = home + "/approvals"}},
            {"approvals_stranger", Approvals{.is_approver = false, .add_path = home + "/security-info/approver", .home_path = home, .again_path = home + "/approvals"}},
            {"approver_offer", ApproverOffer{"Firefox, Linux"}}, {"approver_offer_unknown", ApproverOffer{}},
            {"account_prompts_none", AccountPrompts{.home_path = home, .sign_ins_path = home + "/sign-ins"}},
            {"prompt_report", PromptReport{{PromptLine::Kind::mail, true, sample_now() - hour, "", "Chrome", "Windows", "Lisbon, Portugal", "198.51.100.7", home + "/prompts/report?id=1"}}},
            {"prompt_report_too_many", PromptReport{{PromptLine::Kind::mail, true, sample_now() - hour, "", "Chrome", "Windows", "Lisbon, Portugal", "198.51.100.7", home + "/prompts/report?id=1"}, true}},
            {"account_alerts", AccountAlerts{{{sample_now(), "A new way to sign in was added", "This way to sign in was added to your Contoso account: passkey.", place, "192.0.2.10", "Firefox, Linux"},
                                              {sample_now() - hour, "", "", "", "", ""}}, home + "/alerts?before=1", home + "/alerts", home}},
            {"account_alerts_none", AccountAlerts{.home_path = home}}};
}

inline std::vector<std::pair<std::string, Screen>> sample_account_screens() {
    const auto day = std::chrono::hours{24};
    const std::string path = "/contoso.example/myaccount/security-info";
    const MethodLine phone{"My phone", MethodKind::passkeySynced, "Google Password Manager", sample_now() - 40 * day, sample_now() - 2 * day, true, true, false, path + "/method?id=1"};
    const MethodLine key{"Key at my desk", MethodKind::passkeyOfDevice, "", sample_now() - 400 * day, std::nullopt, false, false, true, path + "/method?id=2"};
    const MethodLine code{"Authenticator app", MethodKind::authenticatorApp, "", sample_now() - 90 * day, sample_now(), false, true, false, path + "/method?id=3"};
    const MethodLine other{"", MethodKind::other, "", sample_now(), std::nullopt, false, true, false, path + "/method?id=4"};
    const MethodLine mail{"b••@home.example", MethodKind::email, "", sample_now(), std::nullopt, false, true, false, path + "/method?id=5"};
    const MethodLine number{"+31 •• •• 00", MethodKind::telephone, "", sample_now(), std::nullopt, false, true, false, path + "/method?id=6"};
    SecurityInfo all{.methods = {phone, key, code, mail, number, other}, .password_changed = sample_now() - 30 * day, .may_add_app = true, .may_add_passkey = true,
                     .password_path = "/contoso.example/myaccount/password", .add_app_path = path + "/app", .add_passkey_path = path + "/passkey", .add_mail_path = path + "/email", .add_phone_path = path + "/phone"};
    SecurityInfo none{.may_add_app = true, .add_app_path = path + "/app"};
    std::vector<std::pair<std::string, Screen>> out{{"security_info", all}, {"security_info_none", none}};
    auto without_passkey    = all;
    without_passkey.methods = {code};
    out.emplace_back("security_info_nudge", without_passkey);
    for (const auto notice : {SecurityInfo::Notice::added, SecurityInfo::Notice::removed, SecurityInfo::Notice::renamed, SecurityInfo::Notice::defaultSet}) {
        auto told   = all;
        told.notice = notice;
        out.emplace_back("security_info_notice_" + std::to_string(static_cast<int>(notice)), told);
    }
    auto barred = all;
    barred.bar  = SecurityInfo::Bar::atRisk;
    barred.may_add_app = barred.may_add_passkey = false;
    out.emplace_back("security_info_at_risk", barred);
    for (const auto problem : {MethodPage::Problem::none, MethodPage::Problem::nameMissing, MethodPage::Problem::lastOne, MethodPage::Problem::provenByItself,
                               MethodPage::Problem::atRisk}) {
        const bool is_last = problem == MethodPage::Problem::lastOne;
        out.emplace_back("method_" + std::to_string(static_cast<int>(problem)), MethodPage{is_last ? phone : key, problem, !is_last, !is_last, path});
    }
    const MethodLine way_in{"b•••@partner.example", MethodKind::guestMail, "", sample_now(), std::nullopt, false, true, false, path + "/method?id=7"};
    out.emplace_back("method_guest_mail", MethodPage{.method = way_in, .may_remove = false, .back_path = path});
    const MethodLine codes{"Recovery codes", MethodKind::recoveryCodes, "", sample_now(), std::nullopt, false, true, false, path + "/method?id=8"};
    const MethodLine approver{"Chrome, Android", MethodKind::approvingDevice, "", sample_now(), std::nullopt, false, true, false, path + "/method?id=9"};
    out.emplace_back("method_removal", MethodRemoval{code, false});
    out.emplace_back("method_removal_passkey", MethodRemoval{phone});
    out.emplace_back("method_removal_email", MethodRemoval{mail});
    out.emplace_back("method_removal_telephone", MethodRemoval{number});
    out.emplace_back("method_removal_codes", MethodRemoval{codes});
    out.emplace_back("method_removal_approver", MethodRemoval{approver});
    out.emplace_back("method_removal_other", MethodRemoval{other});
    out.emplace_back("method_removal_last", MethodRemoval{key, true});
    return out;
}

inline std::vector<Sample> samples(const std::string& language) {
    std::vector<Sample> out;
    const auto add = [&](const std::string& name, Screen screen, const std::string& user = "", std::optional<Steps> steps = {}) {
        auto frame  = sample_frame(user, language);
        frame.steps = steps;
        out.push_back({name, std::move(screen), std::move(frame)});
    };
    const std::string alice = "alice@contoso.example", bob = "bob@contoso.example", carol = "carol@contoso.example";
    const std::string notes = "Contoso Notes", uri = "otpauth://totp/Contoso:bob%40contoso.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Contoso";
    const std::string secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

    add("user_name", UserName{"alice@contoso.example", notes});
    add("user_name_problem", UserName{"", notes, UserName::Problem::missing});
    const std::string forgot = "/contoso.example/reset?flow=0193ab00-7c1e-7000-8000-00000000000f";
    add("password", Password{.reset_path = forgot}, alice);
    add("password_problem", Password{Password::Problem::accountOrPassword, forgot}, alice);
    add("password_missing", Password{Password::Problem::missing, forgot}, alice);
    add("user_name_passkey", UserName{"", notes, UserName::Problem::none, true, R"({"challenge":"AZ","rpId":"login.example"})"});
    add("user_name_passkey_refused", UserName{"", notes, UserName::Problem::passkey, true});
    add("password_passkey", Password{Password::Problem::none, forgot, true}, alice);
    add("password_passkey_refused", Password{Password::Problem::passkey, forgot, true}, alice);
    add("password_pass", Password{Password::Problem::none, forgot, true, true}, alice);
    add("password_guest", Password{Password::Problem::accountOrPassword, forgot, true, true, true}, alice);
    add("guest_code", GuestCode{}, "bob@partner.example");
    add("guest_code_problem", GuestCode{GuestCode::Problem::refused}, "bob@partner.example");
    for (const auto problem : {AccessPass::Problem::none, AccessPass::Problem::missing, AccessPass::Problem::didNotMatch, AccessPass::Problem::wait}) {
        const auto name = std::to_string(static_cast<int>(problem));
        add("access_pass_" + name, AccessPass{AccessPass::Asked::instead, problem}, alice);
        add("mfa_pass_" + name, AccessPass{AccessPass::Asked::second, problem, true, true}, alice);
    }
    add("mfa_pass_alone", AccessPass{AccessPass::Asked::second}, alice);
    add("mfa_pass_code", AccessPass{AccessPass::Asked::second, AccessPass::Problem::none, true, false, CodeProblem::didNotMatch}, alice);
    add("account_picker", AccountPicker{{{alice, "Alice Example", true}, {"admin@contoso.example", "", false}}, notes});
    add("mfa", MfaCode{}, alice);
    add("mfa_problem", MfaCode{CodeProblem::didNotMatch}, alice);
    add("mfa_wait", MfaCode{CodeProblem::waitBeforeNext}, alice);
    add("mfa_passkey_second", MfaCode{CodeProblem::none, MfaCode::Passkey::second}, alice);
    add("mfa_passkey_second_refused", MfaCode{CodeProblem::none, MfaCode::Passkey::second, true}, alice);
    add("mfa_passkey_first", MfaCode{CodeProblem::none, MfaCode::Passkey::first}, alice);
    add("mfa_passkey_first_code", MfaCode{CodeProblem::didNotMatch, MfaCode::Passkey::first}, alice);
    add("mfa_passkey_only", MfaCode{CodeProblem::none, MfaCode::Passkey::only}, alice);
    add("mfa_passkey_only_refused", MfaCode{CodeProblem::none, MfaCode::Passkey::only, true}, alice);
    add("mfa_push", MfaCode{.push = MfaCode::Push::first}, alice);
    add("mfa_push_refused", MfaCode{.passkey = MfaCode::Passkey::second, .push = MfaCode::Push::first, .push_problem = MfaCode::PushProblem::notApproved}, alice);
    add("mfa_push_only", MfaCode{.push = MfaCode::Push::first, .push_problem = MfaCode::PushProblem::paused, .has_code = false}, alice);
    add("mfa_push_wrong_code", MfaCode{.problem = CodeProblem::didNotMatch, .push = MfaCode::Push::first}, alice);
    add("mfa_code_or_push", MfaCode{.push = MfaCode::Push::second}, alice);
    add("mfa_passkey_or_push", MfaCode{.passkey = MfaCode::Passkey::first, .push = MfaCode::Push::second, .push_problem = MfaCode::PushProblem::notApproved}, alice);
    const std::vector<ExternalWay> ways{{"0193ab00-7c1e-7000-8000-0000000000e1", "Contoso Verify"}};
    add("mfa_external", MfaCode{.has_code = false, .externals = ways, .external_first = true}, alice);
    add("mfa_external_denied", MfaCode{.has_code = false, .externals = {ways[0], {"0193ab00-7c1e-7000-8000-0000000000e2", "Staff cards"}}, .external_first = true, .external_problem = ExternalProblem::denied}, alice);
    add("mfa_external_refused", MfaCode{.push = MfaCode::Push::second, .externals = ways, .external_first = true, .external_problem = ExternalProblem::refused}, alice);
    add("mfa_external_paused", MfaCode{.has_code = false, .externals = ways, .external_first = true, .external_problem = ExternalProblem::paused}, alice);
    add("mfa_external_wrong_code", MfaCode{.problem = CodeProblem::didNotMatch, .externals = ways, .external_first = true}, alice);
    add("mfa_code_or_external", MfaCode{.externals = ways, .external_problem = ExternalProblem::unavailable}, alice);
    add("mfa_passkey_or_external", MfaCode{.passkey = MfaCode::Passkey::first, .externals = ways}, alice);
    add("mfa_push_or_external", MfaCode{.push = MfaCode::Push::first, .externals = ways}, alice);
    add("mfa_pass_or_external", AccessPass{.asked = AccessPass::Asked::second, .externals = ways, .external_problem = ExternalProblem::denied}, alice);
    const std::vector<std::pair<std::string, std::string>> asked{{"scope", "openid"}, {"response_type", "id_token"}, {"state", "b3BhcXVl"}};
    add("external_leave", ExternalLeave{"Contoso Verify", "https://verify.contoso.example/authorize", asked}, alice);
    add("external_leave_waiting", ExternalLeave{"Contoso Verify", "https://verify.contoso.example/authorize", asked, true}, alice);
    add("external_leave_gone", ExternalLeave{"Contoso Verify", "", {}}, alice);
    add("approval_wait", ApprovalWait{"42", {"Firefox, Linux", "Safari, iOS"}, "https://login.contoso.example/contoso.example/myaccount/approvals"}, alice);
    add("approval_wait_again", ApprovalWait{"42", {}, "https://login.contoso.example/contoso.example/myaccount/approvals", true}, alice);
    add("registration_offer_passkey", RegistrationOffer{sample_now() + std::chrono::hours{24 * 14}, true}, bob, Steps{1, 3});
    add("registration_forced_passkey", RegistrationOffer{std::nullopt, true}, bob, Steps{1, 3});
    add("registration_offer_only_passkey", RegistrationOffer{sample_now() + std::chrono::hours{24 * 14}, true, false}, bob, Steps{1, 3});
    add("registration_forced_only_passkey", RegistrationOffer{std::nullopt, true, false}, bob, Steps{1, 3});
    add("unusual_notice", UnusualNotice{}, alice);
    add("risk_notice", RiskNotice{}, carol);
    add("sign_in_again", SignInAgain{}, alice);
    add("recovery_entry", RecoveryEntry{}, carol);
    add("registration_passkey", RegistrationPasskey{}, bob, Steps{2, 3});
    add("registration_passkey_refused", RegistrationPasskey{RegistrationPasskey::Problem::refused}, bob, Steps{2, 3});
    add("registration_passkey_model", RegistrationPasskey{RegistrationPasskey::Problem::modelRefused}, bob, Steps{2, 3});
    add("registration_passkey_hidden", RegistrationPasskey{RegistrationPasskey::Problem::modelHidden}, bob, Steps{2, 3});
    add("registration_passkey_there", RegistrationPasskey{RegistrationPasskey::Problem::alreadyThere}, bob, Steps{2, 3});
    add("registration_totp_named", RegistrationTotp{secret, uri, CodeProblem::didNotMatch, true, "Work phone"}, bob);
    add("registration_done_passkey", RegistrationDone{notes, true}, bob, Steps{3, 3});
    add("registration_done_mail", RegistrationDone{notes, false, true}, bob);
    add("reset_registration", ResetRegistration{true, true}, bob);
    add("reset_registration_app", ResetRegistration{true, false}, bob);
    add("reset_registration_mail", ResetRegistration{false, true}, bob);
    add("reset_registration_change", ResetRegistration{true, true, true}, bob);
    const MethodLine of_app{.name = "Work phone", .kind = MethodKind::authenticatorApp, .added = sample_now()};
    const MethodLine of_mail{.name = "b•••@home.example", .kind = MethodKind::email, .added = sample_now()};
    add("reset_review", ResetReview{{of_app, of_mail}}, bob);
    add("reset_review_fixed", ResetReview{{of_mail}, false}, bob);
    add("passkey_nudge", PasskeyNudge{true, 3}, alice);
    add("passkey_nudge_last", PasskeyNudge{true, 1}, alice);
    add("passkey_nudge_free", PasskeyNudge{}, alice);
    add("passkey_nudge_now", PasskeyNudge{false, std::nullopt}, alice);
    for (auto& screen : sample_account_screens()) add(screen.first, std::move(screen.second), alice);
    for (auto& screen : sample_own_screens()) add(screen.first, std::move(screen.second), alice);
    add("recovery_codes_offer", RecoveryCodesOffer{}, alice);
    add("recovery_codes_offer_again", RecoveryCodesOffer{true}, alice);
    add("recovery_codes_shown", RecoveryCodesShown{std::vector<std::string>(10, "3-jbsw-y3dp-ehpk-3pxp"), "/contoso.example/myaccount/security-info"}, alice);
    add("recovery_mail", RecoveryMail{}, alice);
    add("recovery_mail_malformed", RecoveryMail{RecoveryMail::Problem::malformed}, alice);
    add("recovery_mail_too_many", RecoveryMail{RecoveryMail::Problem::tooMany}, alice);
    add("recovery_mail_code", RecoveryMailCode{}, alice);
    add("token_activation", TokenActivation{"Feitian c200 2308374827"}, alice);
    add("token_activation_problem", TokenActivation{"Feitian c200 2308374827", CodeProblem::didNotMatch}, alice);
    const MethodLine of_token{.name = "Feitian c200 2308374827", .kind = MethodKind::hardwareToken, .added = sample_now()};
    add("security_info_token", SecurityInfo{.methods = {of_token}, .tokens = {{"Feitian c200 2308374828", "/contoso.example/myaccount/security-info/token?id=0193ab00-7c1e-7000-8000-00000000000f"}}}, alice);
    add("method_token", MethodPage{.method = of_token, .back_path = "/contoso.example/myaccount/security-info", .may_rename = false}, alice);
    add("method_removal_token", MethodRemoval{of_token}, alice);
    add("recovery_mail_code_problem", RecoveryMailCode{CodeProblem::didNotMatch}, alice);
    for (const auto problem : {RecoveryPhone::Problem::none, RecoveryPhone::Problem::malformed, RecoveryPhone::Problem::country, RecoveryPhone::Problem::noLine, RecoveryPhone::Problem::tooMany}) {
        add("recovery_phone_" + std::to_string(static_cast<int>(problem)), RecoveryPhone{problem, true, true}, alice);
    }
    add("recovery_phone_message", RecoveryPhone{}, alice);
    add("recovery_phone_code", RecoveryPhoneCode{}, alice);
    add("recovery_phone_code_problem", RecoveryPhoneCode{CodeProblem::didNotMatch}, alice);
    add("account_left", AccountLeft{"/contoso.example/myaccount/security-info"});
    add("stopped_place", Stopped{Stopped::Reason::registrationPlace}, alice);
    add("registration_offer", RegistrationOffer{sample_now() + std::chrono::hours{24 * 14}}, bob, Steps{1, 3});
    add("registration_forced", RegistrationOffer{}, "frank@contoso.example", Steps{1, 3});
    add("registration_offer_device", RegistrationOffer{.skip_until = sample_now() + std::chrono::hours{24 * 14}, .for_device = true}, bob, Steps{1, 3});
    add("registration_forced_device", RegistrationOffer{.skip_until = {}, .for_device = true}, "frank@contoso.example", Steps{1, 3});
    const std::vector<TokenWay> handed_out{{"0193ab00-7c1e-7000-8000-0000000000f1", "Feitian c200 •••4827"}, {"0193ab00-7c1e-7000-8000-0000000000f2", "Feitian c200 •••9913"}};
    const std::vector<TokenWay> one_token{{"hardwareOath", "Feitian c200 •••4827"}};
    add("registration_offer_token", RegistrationOffer{.skip_until = sample_now() + std::chrono::hours{24 * 14}, .offers_passkey = true, .tokens = one_token}, bob, Steps{1, 3});
    add("registration_offer_only_token", RegistrationOffer{.skip_until = sample_now() + std::chrono::hours{24 * 14}, .offers_app = false, .tokens = one_token}, bob, Steps{1, 3});
    add("registration_forced_token", RegistrationOffer{.tokens = one_token}, bob, Steps{1, 3});
    add("registration_forced_tokens", RegistrationOffer{.offers_passkey = true, .offers_app = false, .tokens = handed_out}, bob, Steps{1, 3});
    add("registration_forced_only_token", RegistrationOffer{.offers_app = false, .tokens = one_token}, bob, Steps{1, 3});
    add("registration_token", TokenActivation{.name = "Feitian c200 •••4827", .is_in_sign_in = true}, bob, Steps{2, 3});
    add("registration_token_problem", TokenActivation{.name = "Feitian c200 •••4827", .problem = CodeProblem::didNotMatch, .is_in_sign_in = true}, bob, Steps{2, 3});
    add("registration_done_token", RegistrationDone{.app_name = notes, .is_token = true}, bob, Steps{3, 3});
    add("registration_totp", RegistrationTotp{secret, uri}, bob, Steps{2, 3});
    add("registration_totp_problem", RegistrationTotp{secret, uri, CodeProblem::didNotMatch}, bob, Steps{2, 3});
    add("registration_done", RegistrationDone{notes}, bob, Steps{3, 3});
    add("password_change", PasswordChange{}, carol, Steps{2, 3});
    add("password_change_rejected", PasswordChange{.problems = {PasswordProblem::tooEasy, PasswordProblem::containsOrganisation}}, carol, Steps{2, 3});
    add("password_change_confirm", PasswordChange{.problems = {PasswordProblem::confirmationDiffers}}, carol, Steps{2, 3});
    add("password_change_current", PasswordChange{.problems = {PasswordProblem::currentWrong}}, carol, Steps{2, 3});
    add("voluntary_password", PasswordChange{.reason = PasswordChange::Reason::voluntary}, carol);
    add("voluntary_password_name", PasswordChange{.reason = PasswordChange::Reason::voluntary, .problems = {PasswordProblem::containsName}, .refusal_code = 120003}, carol);
    add("temporary_password", PasswordChange{.reason = PasswordChange::Reason::temporary, .current = PasswordChange::Current::known}, carol);
    add("temporary_password_short", PasswordChange{.reason = PasswordChange::Reason::temporary, .problems = {PasswordProblem::tooShort}}, carol);
    add("password_changed", PasswordChanged{.app_name = notes, .told = carol}, carol, Steps{3, 3});
    add("temporary_password_changed", PasswordChanged{.reason = PasswordChange::Reason::temporary}, carol);
    const std::vector<std::string> proofs{"softwareOath", "recoveryCode", "email", "sms", "voice"};
    add("reset_name", ResetName{.prefill = alice});
    add("reset_name_problem", ResetName{.is_missing = true});
    add("reset_wish", ResetWish{}, alice);
    add("reset_method", ResetMethod{.methods = proofs}, alice);
    add("reset_method_next", ResetMethod{.methods = {"softwareOath"}, .is_second = true}, alice);
    add("reset_method_push", ResetMethod{.methods = {"push", "email"}, .is_second = true}, alice);
    add("reset_method_not_approved", ResetMethod{.methods = {"push", "email"}, .is_second = true, .problem = ResetMethod::Problem::notApproved}, alice);
    add("reset_method_paused", ResetMethod{.methods = {"push", "email"}, .is_second = true, .problem = ResetMethod::Problem::approvalPaused}, alice);
    add("reset_method_unreachable", ResetMethod{.methods = {"push"}, .is_second = true, .problem = ResetMethod::Problem::approvalUnreachable}, alice);
    add("reset_number", ResetNumber{}, alice);
    add("reset_number_problem", ResetNumber{.is_call = true, .is_malformed = true}, alice);
    for (const auto& method : proofs) add("reset_code_" + method, ResetCode{.method = method}, alice);
    add("reset_code_problem", ResetCode{.method = "email", .problem = CodeProblem::didNotMatch}, alice);
    add("reset_password", ResetNewPassword{}, alice);
    add("reset_password_rejected", ResetNewPassword{.problems = {PasswordProblem::tooShort, PasswordProblem::usedBefore}, .refusal_code = 120002}, alice);
    add("reset_password_confirm", ResetNewPassword{.problems = {PasswordProblem::confirmationDiffers}}, alice);
    add("reset_done", ResetDone{.sign_in_path = "/contoso.example/login?flow=0193ab00-7c1e-7000-8000-00000000000f", .is_told = true});
    add("reset_done_unlocked", ResetDone{.is_unlocked = true});
    add("reset_unavailable", ResetUnavailable{});
    add("reset_stopped", ResetUnavailable{ResetUnavailable::Reason::tooManyTries});
    add("reset_asked", ResetUnavailable{ResetUnavailable::Reason::helpDeskAsked});
    add("stopped_sign_in", Stopped{Stopped::Reason::signInRisk}, alice);
    add("stopped_account", Stopped{Stopped::Reason::userRisk}, alice);
    add("stopped_no_remedy", Stopped{Stopped::Reason::cannotRemediate}, "dave@contoso.example");
    add("stopped_disabled", Stopped{Stopped::Reason::accountDisabled}, alice);
    add("stopped_registration", Stopped{Stopped::Reason::registrationRefused}, bob);
    add("stopped_device", Stopped{Stopped::Reason::deviceDisabled}, alice);
    add("stopped_unconfirmed", Stopped{Stopped::Reason::unconfirmed}, alice);
    add("stopped_policy", Stopped{Stopped::Reason::policy}, alice);
    add("sign_out_confirm", SignOutConfirm{}, alice);
    add("signed_out", SignedOut{"/contoso.example/login"});
    add("consent", Consent{"Fabrikam Notes", "Fabrikam Inc.", {"openid", "profile", "email", "offline_access"}, {"Read your notes (Contoso Notes)"}, 90}, alice);
    add("consent_own", Consent{"Contoso Notes", "", {"openid"}, {}, 0}, alice);
    add("own_applications", OwnApplications{{{"1", "Fabrikam Notes", "Fabrikam Inc.", {"openid", "offline_access"}, {"Read your notes (Contoso Notes)"}, sample_now()}}, true}, alice);
    add("own_applications_none", OwnApplications{}, alice);
    add("device_code", DeviceCodeEntry{"WDJB-MJHT"}, alice);
    add("device_code_problem", DeviceCodeEntry{"WDJB-MJHT", CodeProblem::didNotMatch}, alice);
    add("device_confirm", DeviceConfirm{"Contoso Command Line", "WDJB-MJHT", "198.51.100.7", "Oslo, Norway"}, alice);
    add("device_confirm_unknown", DeviceConfirm{"Contoso Command Line", "WDJB-MJHT", "2001:db8::17", ""}, alice);
    add("device_allowed", DeviceDone{DeviceDone::Outcome::allowed, "Contoso Command Line"}, alice);
    add("device_refused", DeviceDone{DeviceDone::Outcome::refused, "Contoso Command Line"}, alice);
    add("form_post", FormPost{"https://notes.contoso.example/callback", {{"code", "abc"}, {"state", "x\"<y"}}, "bm9uY2U", notes});
    for (const auto& [kind, code] : std::vector<std::pair<GenericError::Kind, int>>{
             {GenericError::Kind::badRequest, 900144}, {GenericError::Kind::unknownApplication, 700016},
             {GenericError::Kind::flowExpired, 50196}, {GenericError::Kind::notFound, 0}, {GenericError::Kind::forbidden, 0},
             {GenericError::Kind::tooManyTries, 0}, {GenericError::Kind::notAvailable, 0}, {GenericError::Kind::unexpected, 0},
             {GenericError::Kind::unusableForm, 0}, {GenericError::Kind::resetOver, 0}, {GenericError::Kind::changedMeanwhile, 0},
             {GenericError::Kind::noPassword, 0}, {GenericError::Kind::notForGuests, 0}})
        add("error_" + std::to_string(static_cast<int>(kind)), GenericError{kind, code});
    add("error_on_account", GenericError{.kind = GenericError::Kind::noPassword, .home_path = "/contoso.example/myaccount"}, alice);
    add("reset_unavailable_in_sign_in", ResetUnavailable{.sign_in_path = "/contoso.example/login?flow=0193ab00-7c1e-7000-8000-000000000001"});
    add("reset_unavailable_alone", ResetUnavailable{.home_path = "/contoso.example/myaccount"});
    add("too_busy", TooBusy{std::chrono::seconds{5}});
    add("demo_home", sample_demo_home());
    add("demo_home_quiet", DemoHome{.now = sample_now(), .start_path = "/demo/start", .clock_path = "/demo/clock", .outbox_path = "/demo/outbox"});
    add("demo_result", DemoResult{"Alice", {{"sub", "0193ab00-7c1e-7000-8000-00000000000f"}, {"preferred_username", alice}, {"acr", "urn:portcullis:mfa"}, {"amr", "pwd, otp"}}, "/demo/why/3", "/demo/app/signout", "/demo"});
    add("demo_why", sample_demo_why());
    add("demo_outbox", DemoOutbox{{{carol, "mail", "Your password was changed", "Hello Carol,\n\nyour password was changed.", sample_now()}}, "/demo"});
    add("demo_outbox_empty", DemoOutbox{{}, "/demo"});
    return out;
}

}  // namespace portcullis::pages
