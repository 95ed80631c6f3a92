#include <catch2/catch.hpp>

#include <algorithm>
#include <regex>
#include <set>

#include "http/pages/render/brand.h"
#include "http/pages/render/headers.h"
#include "http/pages/render/messages.h"
#include "http/pages/render/qr.h"
#include "http/pages/render/static_files.h"

namespace portcullis::pages {
namespace {

std::string field(const HeaderFields& fields, std::string_view name) {
    const auto it = std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.name == name; });
    return it == fields.end() ? "absent" : it->value;
}

// ---- messages --------------------------------------------------------------------------------------------------------

TEST_CASE("every language has every message, with the same arguments, and English explains each to translators") {
    const auto all      = load_messages(embedded::web());
    const auto& english = *all.at("en");
    const auto source   = read_catalogue("messages/en.json", embedded::web().at("messages/en.json"));
    for (const auto& key : english.own_keys()) {
        CAPTURE(key);
        CHECK(source.contains("@" + key));
        CHECK_FALSE(source.at(key).empty());
    }
    for (const auto& [language, messages] : all) {
        CAPTURE(language);
        CHECK(messages->own_keys() == english.own_keys());
        for (const auto& key : english.own_keys()) {
            CAPTURE(key);
            CHECK(messages->at(key).arguments() == english.at(key).arguments());
        }
    }
}

TEST_CASE("every message is used: in a template, or by a name the code makes") {
    std::set<std::string> used;
    const std::regex mention(R"(\[\[([^\]]+)\]\])");
    for (const auto& [path, bytes] : embedded::web()) {
        const std::string text(bytes);
        for (std::sregex_iterator it(text.begin(), text.end(), mention), end; it != end; ++it) used.insert((*it)[1]);
    }
    const std::vector<std::string> in_code{"error.", "password_problem.", "demo.", "code.", "demo_why.", "device_code.", "password_changed.",
                                           "reset_method.", "reset_wish.", "reset_code.", "reset_number.", "reset_done.", "recovery_mail.",
                                           "method_kind.", "method.", "method_removal.", "security_info.", "registration_passkey.", "registration_done.",
                                           "language.", "own.", "own_sign_ins.", "account_home.", "account_sessions.", "account_devices.", "account_alerts.", "sign_in_report.", "access_pass.", "recovery_codes.", "consent.", "own_applications.",
                                           "account_prompts.", "prompt_report.", "mfa_push.", "mfa_external.", "external_leave.", "approvals.", "reset_registration.", "passkey_nudge.", "recovery_phone.", "token_activation.", "guest_code."};
    const std::set<std::string> formatted{"user_name.missing", "password.missing", "password.account_or_password", "registration_offer.until",
                                          "password_change.current", "password_change.rule_length", "temporary_password.current", "too_busy.wait"};
    const auto messages = load_messages(embedded::web());
    for (const auto& key : messages.at("en")->own_keys()) {
        CAPTURE(key);
        const bool named = std::any_of(in_code.begin(), in_code.end(), [&](const auto& p) { return key.starts_with(p); });
        CHECK((used.contains(key) || formatted.contains(key) || named));
    }
}

TEST_CASE("a message is put together from its arguments") {
    struct Row {
        std::string_view what, pattern, text;
        bool plain;
    };
    const auto row = GENERATE(values<Row>({
        {"no arguments", "Sign in", "Sign in", true},
        {"an argument", "to {app}, now", "to Notes, now", true},
        {"twice", "{app}{app}", "NotesNotes", true},
        {"not given", "a{missing}b", "ab", true},
        {"apostrophes", "it''s '{app}' don't", "it's {app} don't", true},
        {"plural, other", "{n, plural, one {# day} other {# days}} of {app}", "14 days of Notes", false},
        {"empty", "", "", true},
    }));
    CAPTURE(row.what);
    const Message message("key", row.pattern, "en_GB");
    CHECK(message.is_plain() == row.plain);
    CHECK(message.format({{"app", "Notes"}, {"n", std::int64_t{14}}}) == row.text);
}

TEST_CASE("a message that a language lacks is taken from English") {
    const Messages english("en", {{"a", "English a"}, {"b", "English b"}, {"@a", "comment"}}, nullptr);
    const Messages german("de", {{"a", "Deutsch a"}}, &english);
    CHECK(german.text("a") == "Deutsch a");
    CHECK(german.text("b") == "English b");
    CHECK(german.find("c") == nullptr);
    CHECK(english.find("@a") == nullptr);
}

// ---- brand -----------------------------------------------------------------------------------------------------------

TEST_CASE("contrast is WCAG's") {
    CHECK(contrast({0, 0, 0}, {255, 255, 255}) == Approx(21.0));
    CHECK(contrast({0x77, 0x77, 0x77}, {255, 255, 255}) == Approx(4.48).margin(0.01));
    CHECK(contrast({1, 2, 3}, {1, 2, 3}) == Approx(1.0));
}

TEST_CASE("a brand colour is moved until it can be read in both themes, and only then") {
    for (int r = 0; r <= 255; r += 51)
        for (int g = 0; g <= 255; g += 51)
            for (int b = 0; b <= 255; b += 51) {
                const Rgb wanted{static_cast<std::uint8_t>(r), static_cast<std::uint8_t>(g), static_cast<std::uint8_t>(b)};
                CAPTURE(to_hex(wanted));
                const auto colours = readable(wanted);
                CHECK(contrast(colours.light, {255, 255, 255}) >= 4.5);
                CHECK(contrast(colours.light, {0xee, 0xf1, 0xf6}) >= 4.5);
                CHECK(contrast(colours.dark, {0x1a, 0x20, 0x2b}) >= 4.5);
                CHECK(contrast(colours.dark, {0x0d, 0x14, 0x20}) >= 4.5);
            }
    CHECK(readable({0x24, 0x50, 0x9e}).light == Rgb{0x24, 0x50, 0x9e});
    CHECK(readable({0x8a, 0xb4, 0xff}).dark == Rgb{0x8a, 0xb4, 0xff});
}

TEST_CASE("the style sheet's own colours have enough contrast in both themes") {
    struct Row {
        std::string_view what, ink, ground;
    };
    const auto row = GENERATE(values<Row>({
        {"ink on paper", "1b2330", "ffffff"},      {"soft ink on paper", "52607a", "ffffff"},
        {"soft ink on ground", "52607a", "eef1f6"}, {"brand on paper", "24509e", "ffffff"},
        {"ok", "0e6b3b", "e8f5ee"},                {"warn", "8a5300", "fff5e3"},
        {"stop", "a1260d", "fdecea"},              {"stop on paper", "a1260d", "ffffff"},
        {"dark ink", "e9edf5", "1a202b"},          {"dark soft ink", "a9b4c8", "1a202b"},
        {"dark brand", "8ab4ff", "1a202b"},        {"dark button", "0d1420", "8ab4ff"},
        {"dark ok", "7fdca6", "12291d"},           {"dark warn", "ffc873", "2d2312"},
        {"dark stop", "ff9d8a", "331a15"},         {"dark stop on paper", "ff9d8a", "1a202b"},
    }));
    CAPTURE(row.what);
    CHECK(contrast(*parse_rgb(row.ink), *parse_rgb(row.ground)) >= 4.5);
    const std::string css(embedded::web().at("static/portcullis.css"));
    CHECK(css.find('#' + std::string(row.ink)) != std::string::npos);
    CHECK(css.find('#' + std::string(row.ground)) != std::string::npos);
}

TEST_CASE("a colour is six hexadecimal digits and nothing else") {
    CHECK(parse_rgb("#24509E") == Rgb{0x24, 0x50, 0x9e});
    CHECK(parse_rgb("24509e") == Rgb{0x24, 0x50, 0x9e});
    for (const auto* bad : {"", "#", "#fff", "red", "#24509g", "##24509", "#24509e;", " 24509e"}) CHECK_FALSE(parse_rgb(bad));
}

// ---- static files ----------------------------------------------------------------------------------------------------

TEST_CASE("static files are those of the table and nothing else (PROTO-813)") {
    const StaticFiles files(embedded::web());
    const auto css = files.find("portcullis.css");
    REQUIRE(css);
    CHECK(css->content_type == "text/css; charset=utf-8");
    CHECK(css->content == embedded::web().at("static/portcullis.css"));
    CHECK(css->etag.size() == 24);
    CHECK(css->etag.front() == '"');
    CHECK(files.find("mark.svg")->content_type == "image/svg+xml");
    for (const auto* bad : {"", "/", ".", "..", "../pages/layout.mustache", "pages/layout.mustache", "static/portcullis.css", "portcullis.css/",
                            "PORTCULLIS.CSS", "%2e%2e/messages/en.json", "brand/24509E.css", "brand/#24509e.css", "brand/.css", "brand/24509e",
                            "brand/24509e.css.css", "brand/../mark.svg", "brand/24509.css"}) {
        CAPTURE(bad);
        CHECK_FALSE(files.find(bad));
    }
}

TEST_CASE("an address of a static file changes with its content") {
    const StaticFiles one(embedded::Files{{"static/a.css", "1"}}), two(embedded::Files{{"static/a.css", "2"}});
    CHECK(one.href("a.css") != two.href("a.css"));
    CHECK(one.href("a.css").starts_with("/static/a.css?v="));
    CHECK(one.find("a.css")->etag != two.find("a.css")->etag);
}

TEST_CASE("a tenant's colour is a style sheet of its own") {
    const StaticFiles files(embedded::web());
    const auto css = files.find("brand/ffcc00.css");
    REQUIRE(css);
    CHECK(css->content.find("--brand: #ffcc00") != std::string::npos);  // bright enough in the dark
    CHECK(css->content.find(":root { --brand: #ffcc00") == css->content.rfind(":root { --brand: #ffcc00"));
    CHECK(css->content_type == "text/css; charset=utf-8");
}

// ---- headers ---------------------------------------------------------------------------------------------------------

TEST_CASE("pages have the headers of protocols 21.1") {
    const auto fields = page_headers({.form_targets = {"https://Notes.Example:8443/cb?x=1"}, .script_nonce = "bm9uY2U="});
    CHECK(field(fields, "Content-Security-Policy") ==
          "default-src 'none'; script-src 'self' 'nonce-bm9uY2U='; style-src 'self'; img-src 'self' data:; font-src 'self'; "
          "connect-src 'self'; form-action 'self' https://notes.example:8443; frame-ancestors 'none'; base-uri 'none'; "
          "object-src 'none'; require-trusted-types-for 'script'; report-to csp");
    CHECK(field(fields, "Strict-Transport-Security") == "max-age=63072000; includeSubDomains");
    CHECK(field(fields, "X-Content-Type-Options") == "nosniff");
    CHECK(field(fields, "X-Frame-Options") == "DENY");
    CHECK(field(fields, "Referrer-Policy") == "same-origin");
    CHECK(field(fields, "Cross-Origin-Opener-Policy") == "same-origin");
    CHECK(field(fields, "Cross-Origin-Resource-Policy") == "same-origin");
    CHECK(field(fields, "Cache-Control") == "no-store");
    CHECK(field(fields, "Permissions-Policy").find("publickey-credentials-get=(self)") != std::string::npos);
    CHECK(field(fields, "Permissions-Policy").find("camera=()") != std::string::npos);
    CHECK(field(page_headers({.scheme = Scheme::http}), "Strict-Transport-Security") == "absent");
    CHECK(field(page_headers({.opener = Opener::popups}), "Cross-Origin-Opener-Policy") == "same-origin-allow-popups");
}

TEST_CASE("an answer takes the headers in place of its own") {
    const auto answer = with_headers(http::Response::html("x"), page_headers({}));
    CHECK(*answer.find("cache-control") == "no-store");
    CHECK(std::count_if(answer.headers.begin(), answer.headers.end(), [](const auto& h) { return http::same_name(h.name, "content-type"); }) == 1);
}

TEST_CASE("a nonce that is none opens nothing") {
    const auto csp = field(page_headers({.script_nonce = "x' 'unsafe-inline"}), "Content-Security-Policy");
    CHECK(csp.find("unsafe-inline") == std::string::npos);
    CHECK(csp.find("script-src 'self';") != std::string::npos);
}

TEST_CASE("JSON answers have the headers of protocols 21.1") {
    const auto own = json_headers(Scheme::https, JsonAudience::caller);
    CHECK(field(own, "Content-Security-Policy") == "default-src 'none'; frame-ancestors 'none'");
    CHECK(field(own, "Cache-Control") == "no-store");
    CHECK(field(own, "Referrer-Policy") == "no-referrer");
    CHECK(field(own, "X-Frame-Options") == "absent");
    CHECK(field(own, "Cross-Origin-Resource-Policy") == "absent");
    const auto open = json_headers(Scheme::http, JsonAudience::open);
    CHECK(field(open, "Cache-Control") == "public, max-age=3600");
    CHECK(field(open, "Cross-Origin-Resource-Policy") == "cross-origin");
    CHECK(field(open, "Strict-Transport-Security") == "absent");
}

TEST_CASE("form-action names the redirect's origin and lets nothing else in (protocols 21.1, PROTO-810)") {
    struct Row {
        std::string_view what, uri, source;
    };
    const auto row = GENERATE(values<Row>({
        {"https", "https://rp.example/cb", "https://rp.example"},
        {"with port and query", "https://rp.example:444?x", "https://rp.example:444"},
        {"loopback", "http://127.0.0.1:51000/cb", "http://127.0.0.1:51000"},
        {"IPv6 loopback", "http://[::1]:51000/cb", "http:"},
        {"private-use scheme", "com.example.app:/cb", "com.example.app:"},
        {"upper case", "HTTPS://RP.example/", "https://rp.example"},
        {"script", "javascript:alert(1)", ""},
        {"script in capitals", "JavaScript:alert(1)", ""},
        {"data", "data:text/html,x", ""},
        {"no scheme", "/cb", ""},
        {"no host", "https:///cb", ""},
        {"a second directive", "https://rp.example; script-src */", ""},
        {"user name", "https://user@rp.example/", ""},
        {"a space", "https://a b/", ""},
        {"scheme with a space", "a b:x", ""},
        {"empty", "", ""},
    }));
    CAPTURE(row.what);
    CHECK(csp_source(row.uri).value_or("") == row.source);
}

// ---- QR --------------------------------------------------------------------------------------------------------------

TEST_CASE("a QR code has its finder patterns and its quiet zone (PROTO-525)") {
    const auto qr = qr_path("otpauth://totp/Contoso:bob?secret=JBSWY3DPEHPK3PXP&issuer=Contoso");
    REQUIRE(qr);
    CHECK((qr->size - 8 - 17) % 4 == 0);  // a version's width is 17 + 4v
    CHECK(qr->path.starts_with("M4 4h7v1H4z"));
    CHECK(std::regex_match(qr->path, std::regex(R"((M\d+ \d+h\d+v1H\d+z)+)")));
    CHECK_FALSE(qr_path(""));
    CHECK_FALSE(qr_path(std::string(5000, 'x')));
}

}  // namespace
}  // namespace portcullis::pages
