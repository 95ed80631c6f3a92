#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <thread>

#include "http/pages/render/samples_for_tests.h"
#include "http/pages/render/static_files.h"
#include "http/pages/render/view.h"

namespace portcullis::pages {
namespace {

const Pages& pages() {
    static const Pages made(embedded::web());
    return made;
}

std::vector<Sample> all_samples() {
    auto out = samples("en");
    for (auto& german : samples("de")) out.push_back(std::move(german));
    return out;
}

int count(const std::string& text, std::string_view part) {
    int found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
    return found;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::vector<std::string> matches(const std::string& text, const std::string& pattern, int group) {
    std::vector<std::string> out;
    const std::regex expression(pattern);
    for (std::sregex_iterator it(text.begin(), text.end(), expression), end; it != end; ++it) out.push_back((*it)[static_cast<std::size_t>(group)]);
    return out;
}

TEST_CASE("every screen says which it is and which code refuses (id-protection 4, contracts 3)") {
    struct Row {
        std::string_view name, body;
    };
    const auto row = GENERATE(values<Row>({
        {"user_name", R"(data-screen="UX-101">)"},
        {"password", R"(data-screen="UX-102">)"},
        {"password_problem", R"(data-screen="UX-102" data-error-code="50126">)"},
        {"account_picker", R"(data-screen="UX-103">)"},
        {"mfa", R"(data-screen="UX-20">)"},
        {"mfa_problem", R"(data-screen="UX-23" data-error-code="500121">)"},
        {"registration_offer", R"(data-screen="UX-10" data-error-code="50072">)"},
        {"registration_forced", R"(data-screen="UX-11" data-error-code="50079">)"},
        {"registration_totp", R"(data-screen="UX-12">)"},
        {"reset_registration", R"(data-screen="UX-170" data-error-code="50125">)"},
        {"reset_review", R"(data-screen="UX-171" data-error-code="50125">)"},
        {"passkey_nudge", R"(data-screen="UX-172" data-error-code="50125">)"},
        {"password_change", R"(data-screen="UX-31" data-error-code="50135">)"},
        {"password_change_rejected", R"(data-screen="UX-32" data-error-code="50135">)"},
        {"password_change_confirm", R"(data-screen="UX-31" data-error-code="50135">)"},
        {"temporary_password", R"(data-screen="UX-70" data-error-code="50055">)"},
        {"password_changed", R"(data-screen="UX-33">)"},
        {"reset_name", R"(data-screen="UX-60">)"},
        {"reset_wish", R"(data-screen="UX-115">)"},
        {"reset_method", R"(data-screen="UX-61">)"},
        {"reset_method_push", R"(data-screen="UX-61">)"},
        {"reset_method_not_approved", R"(data-screen="UX-61" data-error-code="500121">)"},
        {"reset_code_problem", R"(data-screen="UX-61" data-error-code="500121">)"},
        {"reset_password", R"(data-screen="UX-62">)"},
        {"reset_password_rejected", R"(data-screen="UX-62" data-error-code="120002">)"},
        {"reset_done", R"(data-screen="UX-63">)"},
        {"reset_unavailable", R"(data-screen="UX-64">)"},
        {"reset_stopped", R"(data-screen="UX-64">)"},
        {"account_home", R"(data-screen="UX-140">)"},
        {"account_sessions", R"(data-screen="UX-141">)"},
        {"session_end", R"(data-screen="UX-142">)"},
        {"account_devices", R"(data-screen="UX-180">)"},
        {"device_end", R"(data-screen="UX-181">)"},
        {"stopped_device", R"(data-screen="UX-182" data-error-code="135011">)"},
        {"own_sign_ins", R"(data-screen="UX-80">)"},
        {"sign_in_report", R"(data-screen="UX-143">)"},
        {"account_rescue", R"(data-screen="UX-80a">)"},
        {"account_alerts", R"(data-screen="UX-144">)"},
        {"stopped_sign_in", R"(data-screen="UX-40" data-error-code="53003">)"},
        {"stopped_account", R"(data-screen="UX-41" data-error-code="53003">)"},
        {"stopped_no_remedy", R"(data-screen="UX-44" data-error-code="53004">)"},
        {"stopped_disabled", R"(data-screen="UX-46" data-error-code="50057">)"},
        {"stopped_registration", R"(data-screen="UX-13" data-error-code="53004">)"},
        {"form_post", R"(data-screen="UX-110">)"},
        {"too_busy", R"(data-screen="UX-112">)"},
        {"demo_why", R"(data-screen="UX-192">)"},
    }));
    CAPTURE(row.name);
    for (const auto& sample : all_samples())
        if (sample.name == row.name) CHECK(has(pages().render(sample.screen, sample.frame), std::string("<body ") + std::string(row.body)));
}

TEST_CASE("every name a template asks for is given, and every template is used by a screen") {
    const auto messages = load_messages(embedded::web());
    const Dates dates;
    std::set<std::string_view> used;
    for (const auto& sample : all_samples()) {
        CAPTURE(sample.name, sample.frame.language);
        CHECK(pages().missing_names(sample.screen, sample.frame) == std::vector<std::string>{});
        used.insert(view_of(sample.screen, sample.frame, {*messages.at("en"), dates}).name);
    }
    CHECK(used == std::set<std::string_view>(template_names().begin(), template_names().end()));
}

TEST_CASE("templates escape everything and hold no script or style of their own (PROTO-812)") {
    for (const auto& [path, bytes] : embedded::web()) {
        if (!path.ends_with(".mustache")) continue;
        CAPTURE(path);
        const std::string text(bytes);
        CHECK_FALSE(has(text, "{{{"));
        CHECK_FALSE(std::regex_search(text, std::regex(R"(\{\{\s*&)")));
        CHECK_FALSE(std::regex_search(text, std::regex(R"(\{\{\s*=)")));
        CHECK_FALSE(std::regex_search(text, std::regex(R"(=\{\{)")));         // attributes are quoted
        CHECK_FALSE(std::regex_search(text, std::regex(R"(\sstyle=|<style)")));
        CHECK_FALSE(std::regex_search(text, std::regex(R"(\son[a-z]+=)")));   // no event handlers
        // Files of ours, or the one with a nonce; nothing else runs.
        const bool is_layout = path == "pages/layout.mustache";
        CHECK(count(text, "<script") == (is_layout ? 2 : path == "pages/form_post.mustache" ? 1 : 0));
        if (is_layout) CHECK((has(text, "<script src=\"{{script}}\" defer></script>") && has(text, "<script src=\"{{once}}\" defer></script>")));
    }
}

TEST_CASE("what comes from outside is text, wherever it lands (PROTO-812)") {
    const std::string evil = "\"><script>alert(1)</script>'&{{csrf}}";
    auto frame             = sample_frame(evil, "en");
    frame.branding         = {.display_name = evil, .logo_path = "//evil.example/x.png", .help_desk = evil};
    frame.flow = frame.csrf = frame.form_action = evil;
    const std::vector<Screen> screens{
        UserName{evil, evil, UserName::Problem::none, true, evil},
        AccountPicker{{{evil, evil, true}}, evil},
        RegistrationTotp{evil, "otpauth://totp/" + evil},
        RegistrationTotp{evil, "javascript:" + evil},
        PasswordChanged{.app_name = evil, .told = evil},
        ResetName{evil},
        ResetMethod{{evil}},
        ResetCode{evil},
        ResetDone{"javascript:alert(1)"},
        Password{.reset_path = "//evil.example/"},
        Stopped{},
        SignedOut{"javascript:alert(1)"},
        DeviceConfirm{evil, evil, evil, evil},
        Consent{evil, evil, {evil}, {evil}, 1},
        OwnApplications{{{evil, evil, evil, {evil}, {evil}, sample_now()}}},
        FormPost{"https://rp.example/" + evil, {{evil, evil}}, evil, evil},
        FormPost{"javascript:alert(1)", {}, "n", ""},
        MfaCode{.externals = {{evil, evil}}, .external_first = true},
        ExternalLeave{evil, "https://rp.example/" + evil, {{evil, evil}}, true},
        ExternalLeave{evil, "javascript:alert(1)", {}},
        SecurityInfo{.methods = {{.name = evil, .model = evil, .path = "javascript:alert(1)"}}, .may_add_app = true, .add_app_path = "//evil.example"},
        MethodPage{.method = {.name = evil, .model = evil}, .back_path = "javascript:alert(1)"},
        MethodRemoval{.method = {.name = evil}},
        AccountHome{.pending = {{.path = "javascript:alert(1)"}}, .languages = {evil}, .security_path = "//evil.example", .password_path = "javascript:alert(1)"},
        AccountSessions{.sessions = {{.browser = evil, .os = evil, .place = evil, .address = evil, .applications = {evil}, .path = "javascript:alert(1)"}}},
        SessionEnd{.session = {.browser = evil, .os = evil, .place = evil, .address = evil, .applications = {evil}}},
        AccountDevices{.devices = {{.name = evil, .place = evil, .address = evil, .is_workstation = true, .path = "javascript:alert(1)"}}},
        DeviceEnd{.device = {.name = evil, .place = evil, .address = evil}},
        OwnSignIns{.unusual = {{.id = evil, .application = evil, .browser = evil, .os = evil, .place = evil, .address = evil, .report_path = "javascript:alert(1)"}}, .next_path = "//evil.example"},
        SignInReport{.sign_in = {.id = evil, .application = evil, .browser = evil, .os = evil, .place = evil, .address = evil}},
        AccountAlerts{.lines = {{.title = evil, .text = evil, .place = evil, .address = evil, .client = evil}}, .next_path = "javascript:alert(1)"},
        RegistrationTotp{.asks_name = true, .name = evil},
        DemoResult{evil, {{evil, evil}}, evil, evil, evil},
        DemoOutbox{{{evil, evil, evil, evil, sample_now()}}, evil},
    };
    for (const auto& screen : screens) {
        CAPTURE(screen_id(screen));
        const auto html = pages().render(screen, frame);
        CHECK_FALSE(has(html, "<script>"));
        CHECK_FALSE(has(html, "\"javascript:"));
        CHECK_FALSE(has(html, "//evil.example"));
        CHECK_FALSE(std::regex_search(html, std::regex(R"(href="https?:)")));
    }
}

TEST_CASE("a name cannot turn the sentence around it (PROTO-812)") {
    auto frame                  = sample_frame("", "en");
    frame.branding.display_name = "Contoso\xE2\x80\xAE" "toN";
    CHECK(has(pages().render(SignedOut{.sign_in_path = ""}, frame), "ContosotoN"));
}

TEST_CASE("every form carries flow and csrf, and posts; only what goes to a client or provider carries neither (contracts 3)") {
    for (const auto& sample : all_samples()) {
        CAPTURE(sample.name);
        const auto html = pages().render(sample.screen, sample.frame);
        const int forms = count(html, "<form");
        CHECK(count(html, "method=\"post\"") == forms);
        const bool leaves  = sample.name == "form_post" || sample.name == "external_leave" || sample.name == "external_leave_waiting";
        const int expected = leaves ? forms - 1 : forms;  // the form that goes to somebody else holds nothing of ours
        CHECK(count(html, "name=\"csrf\"") == expected);
        CHECK(count(html, "name=\"flow\"") == expected);
    }
}

TEST_CASE("a number names one kind of page, but for those that are steps of one question") {
    const std::set<std::string> steps{"UX-12", "UX-20", "UX-23", "UX-61"};
    std::map<std::string, std::size_t> kinds;
    for (const auto& sample : all_samples()) {
        const std::string id(screen_id(sample.screen));
        CAPTURE(sample.name, id);
        const auto [first, is_new] = kinds.emplace(id, sample.screen.index());
        CHECK((is_new || first->second == sample.screen.index() || steps.contains(id)));
    }
}

TEST_CASE("buttons are action with the values of contracts 3") {
    const std::set<std::string> allowed{"next", "skip", "verify", "change", "register", "cancel", "report", "signout", "other", "passkey", "default", "remove"};
    for (const auto& sample : all_samples()) {
        CAPTURE(sample.name);
        for (const auto& value : matches(pages().render(sample.screen, sample.frame), R"re(name="action" value="([^"]*)")re", 1)) CHECK(allowed.contains(value));
    }
}

TEST_CASE("fields have a label, and a field in error says so and has the focus") {
    for (const auto& sample : all_samples()) {
        CAPTURE(sample.name);
        const auto html = pages().render(sample.screen, sample.frame);
        CHECK(count(html, "autofocus") <= 1);
        CHECK(count(html, "<h1>") == 1);
        const auto ids = matches(html, R"re( id="([^"]*)")re", 1);
        CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == ids.size());
        for (const auto& input : matches(html, "<input [^>]*>", 0)) {
            CAPTURE(input);
            if (has(input, "hidden") || has(input, "type=\"radio\"")) continue;
            const auto id = matches(input, R"re( id="([^"]*)")re", 1);
            REQUIRE(id.size() == 1);
            CHECK(has(html, "<label for=\"" + id[0] + "\""));
        }
        const auto wrong = matches(html, "<input [^>]*aria-invalid[^>]*>", 0);
        if (!wrong.empty()) CHECK(has(wrong[0], "autofocus"));
        for (const auto& names : matches(html, R"re(aria-describedby="([^"]*)")re", 1))
            for (const auto& name : matches(names, "[^ ]+", 0)) CHECK(std::count(ids.begin(), ids.end(), name) == 1);
    }
}

TEST_CASE("password managers and phones find their fields") {
    std::set<std::string> seen;
    for (const auto& sample : all_samples())
        for (const auto& value : matches(pages().render(sample.screen, sample.frame), R"re(autocomplete="([^"]*)")re", 1)) seen.insert(value);
    CHECK(seen == std::set<std::string>{"username", "username webauthn", "current-password", "new-password", "one-time-code", "off", "tel", "email"});
}

TEST_CASE("the MFA page is word for word the same whatever asked for it (IDP-029)") {
    const auto frame = sample_frame("alice@contoso.example", "en");
    const auto html  = pages().render(MfaCode{}, frame);
    CHECK(html == pages().render(Screen{MfaCode{}}, frame));
    for (const auto* word : {"risk", "unusual", "suspicious", "data-error-code"}) CHECK_FALSE(has(html, word));
    for (const auto passkey : {MfaCode::Passkey::second, MfaCode::Passkey::first, MfaCode::Passkey::only}) {
        const auto page = pages().render(MfaCode{CodeProblem::none, passkey}, frame);
        CHECK(has(page, "data-screen=\"UX-20\">"));
        for (const auto* word : {"risk", "unusual", "suspicious", "data-error-code"}) CHECK_FALSE(has(page, word));
    }
}

TEST_CASE("who has only a passkey is asked for no code, and who has both may give either") {
    const auto frame = sample_frame("alice@contoso.example", "en");
    const auto asks  = [&](MfaCode::Passkey passkey) {
        const auto html = pages().render(MfaCode{CodeProblem::none, passkey}, frame);
        return std::pair{has(html, "name=\"otp\""), has(html, "data-passkey=\"get\"")};
    };
    CHECK(asks(MfaCode::Passkey::none) == std::pair{true, false});
    CHECK(asks(MfaCode::Passkey::second) == std::pair{true, true});
    CHECK(asks(MfaCode::Passkey::first) == std::pair{true, true});
    CHECK(asks(MfaCode::Passkey::only) == std::pair{false, true});
}

TEST_CASE("what needs a script is hidden until one shows it, and the script stands on no other page") {
    for (const auto& sample : all_samples()) {
        CAPTURE(sample.name);
        const auto html = pages().render(sample.screen, sample.frame);
        for (const auto& tag : matches(html, "<[a-z]+ [^>]*data-with-passkeys[^>]*>", 0)) {
            const bool is_shown = sample.name.ends_with("_refused");  // an error is never hidden
            CHECK((is_shown || has(tag, " hidden")));
        }
        const bool helps  = has(html, "data-with-passkeys") || has(html, "data-hints");
        const bool is_kept = has(html, "/once.js?v=");  // from being sent twice
        CHECK(count(html, "<script src=") == (helps ? 1 : 0) + (is_kept ? 1 : 0));
        const auto id = screen_id(sample.screen);
        CHECK((is_kept || (id != "UX-101" && id != "UX-102" && id != "UX-20")));
    }
}

TEST_CASE("only the stop for sign-in risk hints at a familiar place (IDP-032, IDP-042)") {
    const auto frame = sample_frame("alice@contoso.example", "en");
    for (const auto reason : {Stopped::Reason::signInRisk, Stopped::Reason::userRisk, Stopped::Reason::cannotRemediate,
                              Stopped::Reason::accountDisabled, Stopped::Reason::registrationRefused, Stopped::Reason::policy}) {
        const auto html = pages().render(Stopped{reason}, frame);
        CHECK(has(html, "normally use") == (reason == Stopped::Reason::signInRisk));
        CHECK(has(html, "If this was you:"));
        CHECK(has(html, "If it wasn’t:"));
        CHECK(has(html, "+47 555 0100"));
        CHECK(has(html, "name=\"action\" value=\"signout\""));
        CHECK(has(html, "5f0b2d1e-77ab-4c1e-9f00-2d1e77ab0193"));
        CHECK(has(html, "2026-11-20T12:41:07Z"));
        CHECK_FALSE(has(html, "name=\"action\" value=\"verify\""));
    }
}

TEST_CASE("every failed sign-in gets the one sentence (PROTO-803)") {
    const auto html = pages().render(Password{Password::Problem::accountOrPassword, {}}, sample_frame("nobody@contoso.example", "en"));
    CHECK(has(html, "That account or password isn’t right. Check both and try again; after many tries, wait a few minutes."));
}

TEST_CASE("the registration period is told as people say it") {
    struct Row {
        std::string_view what, language, zone, until, sentence;
    };
    const auto row = GENERATE(values<Row>({
        {"two weeks", "en", "UTC", "2026-12-04T12:41:07Z", "You can do this later, until 4 December (14 days left)."},
        {"tomorrow", "en", "UTC", "2026-11-21T01:00:00Z", "You can do this later, until 21 November (1 day left)."},
        {"today", "en", "UTC", "2026-11-20T23:00:00Z", "You can do this later, until 20 November (today is the last day)."},
        {"another zone", "en", "Asia/Tokyo", "2026-11-20T23:00:00Z", "You can do this later, until 21 November (1 day left)."},
        {"next year", "en", "UTC", "2027-01-02T00:00:00Z", "You can do this later, until 2 January 2027 (43 days left)."},
        {"unknown zone", "en", "Mars/Olympus", "2026-12-04T12:41:07Z", "until 4 December (14 days left)"},
        {"German", "de", "Europe/Berlin", "2026-12-04T12:41:07Z", "Sie können das später tun, bis zum 4. Dezember (noch 14 Tage)."},
    }));
    CAPTURE(row.what);
    auto frame      = sample_frame("bob@contoso.example", std::string(row.language));
    frame.time_zone = row.zone;
    CHECK(has(pages().render(RegistrationOffer{parse_rfc3339(row.until)}, frame), row.sentence));
    CHECK(has(pages().render(RegistrationOffer{parse_rfc3339(row.until)}, frame), "value=\"skip\""));
    CHECK_FALSE(has(pages().render(RegistrationOffer{}, frame), "value=\"skip\""));
}

TEST_CASE("enrolment shows the secret in fours and draws the QR code itself (PROTO-525)") {
    const auto html = pages().render(RegistrationTotp{"JBSWY3DPEHPK3PXPAB", "otpauth://totp/x?secret=JBSWY3DPEHPK3PXPAB"}, sample_frame("", "en"));
    CHECK(has(html, "JBSW Y3DP EHPK 3PXP AB"));
    CHECK(has(html, "<path fill=\"#000\" d=\"M4 4h7v1H4z"));
    CHECK_FALSE(has(html, "<img"));
}

TEST_CASE("form_post sends every field unchanged and has a button for browsers without script (PROTO-103)") {
    const auto html = pages().render(FormPost{"https://rp.example/cb", {{"state", "a\"b<c>\xE2\x80\xAE&"}, {"code", "xyz"}}, "bm9uY2U", ""}, sample_frame("", "en"));
    CHECK(has(html, "<form id=\"answer\" method=\"post\" action=\"https://rp.example/cb\">"));
    CHECK(has(html, "name=\"state\" value=\"a&quot;b&lt;c&gt;\xE2\x80\xAE&amp;\""));
    CHECK(has(html, "<script nonce=\"bm9uY2U\">"));
    CHECK(has(html, "<button class=\"primary\">"));
}

TEST_CASE("branding replaces name, mark and colour, and nothing else") {
    auto frame     = sample_frame("", "en");
    const auto own = pages().render(UserName{}, frame);
    CHECK(has(own, "<title>Sign in · Contoso</title>"));
    CHECK_FALSE(has(own, "<img"));
    frame.branding = {.display_name = "Fabrikam", .logo_path = "/static/logo.png", .colour = Rgb{0xFF, 0xCC, 0x00}};
    const auto branded = pages().render(UserName{}, frame);
    CHECK(has(branded, "<img src=\"/static/logo.png\" alt=\"\">"));
    CHECK(has(branded, "<link rel=\"stylesheet\" href=\"/static/brand/ffcc00.css\">"));
}

TEST_CASE("what removing a method does is said of that kind of method") {
    struct Row {
        MethodKind kind;
        std::string_view english, german;
    };
    const auto row = GENERATE(values<Row>({
        {MethodKind::passkeyOfDevice, "The passkey itself stays on your device", "Der Passkey selbst bleibt auf Ihrem Gerät"},
        {MethodKind::passkeySynced, "The passkey itself stays on your device", "Der Passkey selbst bleibt auf Ihrem Gerät"},
        {MethodKind::authenticatorApp, "The account stays in the app", "Das Konto bleibt in der App"},
        {MethodKind::email, "no code goes to this address any more", "geht an diese Adresse kein Code mehr"},
        {MethodKind::telephone, "no code goes to this number any more", "geht an diese Nummer kein Code mehr"},
        {MethodKind::recoveryCodes, "None of these codes resets your password any more", "Keiner dieser Codes setzt mehr Ihr Kennwort zurück"},
        {MethodKind::approvingDevice, "approve anything for you any more", "Dieses Gerät kann nichts mehr für Sie bestätigen"},
        {MethodKind::hardwareToken, "hand it back to the help desk", "geben Sie es dem Helpdesk zurück"},
        {MethodKind::other, "sign in with it any more", "Sie können sich damit nicht mehr anmelden"},
    }));
    const MethodRemoval screen{{.name = "Mine", .kind = row.kind}};
    CAPTURE(row.english);
    CHECK(has(pages().render(screen, sample_frame("", "en")), row.english));
    CHECK(has(pages().render(screen, sample_frame("", "de")), row.german));
    const bool is_on_device = row.kind == MethodKind::passkeyOfDevice || row.kind == MethodKind::passkeySynced || row.kind == MethodKind::authenticatorApp;
    CHECK(has(pages().render(screen, sample_frame("", "en")), "delete it there too") == is_on_device);
}

TEST_CASE("a method that was given no name is called in the reader's language, one that was stays") {
    const MethodLine app{.name = "Authenticator app", .kind = MethodKind::authenticatorApp}, codes{.name = "Recovery codes", .kind = MethodKind::recoveryCodes};
    const MethodLine named{.name = "Recovery codes", .kind = MethodKind::authenticatorApp};
    const auto in = [](const char* language, const Screen& screen) { return pages().render(screen, sample_frame("", language)); };
    const auto german = in("de", SecurityInfo{.methods = {app, codes, named}});
    CHECK(has(german, "<b>Authentifizierungs-App</b>"));
    CHECK(has(german, "<b>Wiederherstellungscodes</b>"));
    CHECK(has(german, "<b>Recovery codes</b>"));
    CHECK_FALSE(has(german, "Authenticator app"));
    CHECK(has(in("en", SecurityInfo{.methods = {app, codes}}), "<b>Authenticator app</b>"));
    CHECK(has(in("de", MethodPage{.method = app}), "<h1>Authentifizierungs-App</h1>"));
    CHECK(has(in("de", MethodRemoval{codes}), "Wiederherstellungscodes“ entfernen?"));
}

TEST_CASE("German says Kennwort everywhere") {
    for (const auto& sample : samples("de")) {
        CAPTURE(sample.name);
        CHECK_FALSE(has(pages().render(sample.screen, sample.frame), "Passwort"));
    }
}

TEST_CASE("the language is the one asked for: the person's, then the cookie, then ui_locales, then the browser") {
    struct Row {
        std::string_view what, person, cookie, ui_locales, accept, language;
    };
    const auto row = GENERATE(values<Row>({
        {"nothing said", "", "", "", "", "en"},
        {"the person's own", "de", "en", "en", "en", "de"},
        {"the person's, of a language we do not speak", "fr", "de", "en", "en", "de"},
        {"cookie before the application's wish", "", "de", "en", "en", "de"},
        {"ui_locales before browser", "", "", "de", "en", "de"},
        {"ui_locales in order", "", "", "fr de-CH en", "", "de"},
        {"browser", "", "", "", "de-AT,de;q=0.9,en;q=0.8", "de"},
        {"browser, where ui_locales is of no use", "", "", "xx", "de", "de"},
        {"weights", "", "", "", "de;q=0.3, en;q=0.7", "en"},
        {"refused", "", "", "", "de;q=0, fr", "en"},
        {"upper case", "", "", "", "DE", "de"},
        {"unknown everywhere", "ww", "yy", "xx", "zz", "en"},
        {"nonsense", ";;", "..", " ;; ,", ",;q=,de;q=2,q=1;;,*;q=0.1", "en"},
        {"not a prefix", "", "", "deu-x", "", "en"},
    }));
    CAPTURE(row.what);
    CHECK(pages().choose_language({.person = row.person, .cookie = row.cookie, .ui_locales = row.ui_locales, .accept_language = row.accept}) == row.language);
    CHECK(pages().choose_language({.accept_language = std::string(100000, ',')}) == "en");
}

TEST_CASE("pages say their language, and an unknown one is English") {
    CHECK(has(pages().render(SignedOut{}, sample_frame("", "de")), "<html lang=\"de\">"));
    CHECK(has(pages().render(SignedOut{}, sample_frame("", "xx")), "<html lang=\"en\">"));
    CHECK(pages().languages() == std::vector<std::string>{"de", "en"});
}

TEST_CASE("pages are rendered by many threads at once, each as if alone") {
    const Pages fresh(embedded::web());  // nothing warmed up: first uses meet
    const auto wanted = all_samples();
    std::vector<std::string> alone;
    for (const auto& sample : wanted) alone.push_back(pages().render(sample.screen, sample.frame));

    std::vector<int> different(4, 0);
    std::vector<std::thread> threads;
    for (auto& count_of_mine : different)
        threads.emplace_back([&] {
            for (std::size_t i = 0; i < wanted.size(); ++i) count_of_mine += fresh.render(wanted[i].screen, wanted[i].frame) == alone[i] ? 0 : 1;
        });
    for (auto& thread : threads) thread.join();
    CHECK(different == std::vector<int>(4, 0));
}

/// Writes every sample as a file to look at: PORTCULLIS_PAGES=/tmp/pages http_tests "[write-pages]".
TEST_CASE("samples are written where PORTCULLIS_PAGES says", "[.][write-pages]") {
    const char* folder = std::getenv("PORTCULLIS_PAGES");
    REQUIRE(folder != nullptr);
    const auto css = StaticFiles(embedded::web()).find("portcullis.css");
    REQUIRE(css);
    std::ofstream(std::string(folder) + "/portcullis.css") << css->content;
    for (const auto& sample : all_samples()) {
        auto html = pages().render(sample.screen, sample.frame);
        html      = std::regex_replace(html, std::regex(R"re(href="/static/portcullis.css[^"]*")re"), "href=\"portcullis.css\"");
        html      = std::regex_replace(html, std::regex("<script[^]*</script>"), "");
        std::ofstream(std::string(folder) + "/" + sample.name + "." + sample.frame.language + ".html") << html;
    }
    // For scripts/screenshots: each template with the first page that it draws.
    std::ofstream firsts(std::string(folder) + "/templates.txt");
    const auto messages = load_messages(embedded::web());
    std::set<std::string_view> drawn;
    for (const auto& sample : samples("en")) {
        const auto name = view_of(sample.screen, sample.frame, {*messages.at("en"), Dates()}).name;
        if (drawn.insert(name).second) firsts << name << " " << sample.name << ".en.html\n";
    }
}

TEST_CASE("docs/screens has a small picture of every screen") {
    for (const auto name : template_names()) {
        CAPTURE(name);
        const std::filesystem::path picture = PORTCULLIS_SOURCE_DIR "/docs/screens/" + std::string(name) + ".jpg";
        REQUIRE(std::filesystem::exists(picture));
        CHECK(std::filesystem::file_size(picture) < 100'000);
    }
}

TEST_CASE("how long a page takes", "[.][bench-pages]") {
    const auto frame = sample_frame("alice@contoso.example", "en");
    const auto measure = [&](const char* what, const Screen& screen, const PageFrame& with) {
        const auto start = std::chrono::steady_clock::now();
        std::size_t bytes = 0;
        for (int i = 0; i < 2000; ++i) bytes += pages().render(screen, with).size();
        const auto us = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count() / 2000;
        WARN(what << ": " << us << " us, " << bytes / 2000 << " bytes");
    };
    const auto start = std::chrono::steady_clock::now();
    const Pages fresh(embedded::web());
    const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
    WARN("construction: " << taken.count() << " ms");
    for (const auto& sample : samples("en")) measure(sample.name.c_str(), sample.screen, sample.frame);
}

}  // namespace
}  // namespace portcullis::pages
