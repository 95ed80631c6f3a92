#include <catch2/catch.hpp>

#include <regex>
#include <set>

#include "app/notice_texts.h"
#include "base/embedded.h"
#include "base/json.h"
#include "core/notices/notices.h"
#include "core/terms/auth_terms.h"

using namespace portcullis;
using namespace portcullis::app;

namespace {

std::set<std::string> names_in(const std::string& text) {
    std::set<std::string> names;
    const std::regex name(R"(\{([a-z_]+)\})");
    for (std::sregex_iterator it(text.begin(), text.end(), name), end; it != end; ++it) names.insert((*it)[1]);
    return names;
}

/// What would load, run or follow: pictures, scripts, frames, style sheets of others, addresses in styles, handlers.
bool loads_anything(const std::string& html) {
    return std::regex_search(html, std::regex(R"(<(img|script|iframe|link|object|embed|form|input|video|audio)\b|url\(|@import|\son[a-z]+=|\ssrc=)", std::regex::icase));
}

}  // namespace

TEST_CASE("every language says the same, with the same names in it (CRED-088)") {
    const auto& files = embedded::mail_texts();
    REQUIRE(files.contains("en.json"));
    REQUIRE(files.contains("de.json"));
    const auto english = json::parse_object(files.at("en.json"), {.bytes_max = 1 << 20, .depth_max = 4}).value();
    for (const auto& [path, bytes] : files) {
        INFO(path);
        const auto catalogue = json::parse_object(bytes, {.bytes_max = 1 << 20, .depth_max = 4}).value();
        CHECK(catalogue.size() == english.size());
        for (const auto& member : english) {
            INFO(std::string(member.key()));
            const auto own = json::string_at(catalogue, member.key());
            REQUIRE(own);
            CHECK_FALSE(own->empty());
            CHECK(names_in(*own) == names_in(json::string_at(english, member.key()).value()));
            CHECK(own->find("http") == std::string::npos);
        }
    }
}

TEST_CASE("every notice and every method has its words") {
    for (const auto& row : notices::notice_table()) {
        CHECK_FALSE(mail_text("de", std::string(row.key) + ".subject").empty());
        CHECK_FALSE(mail_text("de", std::string(row.key) + ".text").empty());
    }
    for (int i = 0; i <= static_cast<int>(AuthMethod::federatedMultiFactor); ++i) {
        CHECK_FALSE(mail_text("en", "method." + std::string(to_string(static_cast<AuthMethod>(i)))).empty());
    }
}

TEST_CASE("a value is never searched for names, and an unknown language is English") {
    CHECK(mail_text("en", "greeting", {{"name", "{org}"}, {"org", "Contoso"}}) == "Hello {org},");
    CHECK(mail_text("fr", "greeting", {{"name", "Ana"}}) == "Hello Ana,");
    CHECK(mail_language("de-AT") == "de");
    CHECK(mail_language("de_CH") == "de");
    CHECK(mail_language("xx") == "en");
    CHECK(mail_language("") == "en");
}

TEST_CASE("moments and days are those of a calendar") {
    const auto at = *parse_rfc3339("2026-03-01T08:05:59Z");
    CHECK(mail_moment("en", at) == "1 March 2026, 08:05 UTC");
    CHECK(mail_moment("de", at) == "1. März 2026, 08:05 Uhr UTC");
    CHECK(mail_day("de", at) == "1. März 2026");
}

TEST_CASE("a name that is more than a name is left out of the greeting") {
    CHECK(greeting_name("Anne-Marie O'Neil") == "Anne-Marie O'Neil");
    for (const auto* bad : {"https://evil.example", "www.evil.example", "a@evil.example", "see evil.example/x", "line\nbreak", "<b>", "{org}"}) {
        INFO(bad);
        CHECK(greeting_name(bad).empty());
    }
    CHECK(greeting_name(std::string(65, 'a')).empty());
}

TEST_CASE("whatever the words are, a mail has the lines it should have and loads nothing") {
    const std::string evil = "x\r\n\r\n<img src=https://evil.example/p.gif onerror=alert(1)>\"'&";
    const LetterParts parts{.greeting = evil, .text = evil, .code = evil, .facts = {{evil, evil}}, .paragraphs = {evil}, .link_label = evil, .link = "https://login.example.com/\"><script>", .footer = {evil}};
    const auto formats = format_letter(parts, "en", "\"><script>");
    CHECK_FALSE(loads_anything(std::regex_replace(formats.html, std::regex("&lt;[^<]*"), "")));
    CHECK(formats.html.find("<img") == std::string::npos);
    CHECK(formats.html.find("<script") == std::string::npos);
    CHECK(formats.text.find('\r') == std::string::npos);
    CHECK(formats.text.find("x  ") != std::string::npos);  // the line end is a space

    const LetterParts turned{.greeting = "Hello,", .text = "Added: pay\xe2\x80\xae" "lap", .code = {}, .facts = {}, .paragraphs = {}, .link_label = {}, .link = {}, .footer = {}};
    const auto shown = format_letter(turned, "en", "#24509e");
    for (const auto& text : {shown.text, shown.html}) CHECK(text.find("Added: paylap") != std::string::npos);
}

TEST_CASE("the only link is the one that was given") {
    const LetterParts parts{.greeting = "Hello,", .text = "t", .code = {}, .facts = {}, .paragraphs = {}, .link_label = "Here:", .link = "https://login.example.com/contoso.example/myaccount/password", .footer = {}};
    const auto formats = format_letter(parts, "en", "#24509e");
    const std::regex link("https?://[^\\s\"<]+");
    for (const auto& text : {formats.text, formats.html}) {
        for (std::sregex_iterator it(text.begin(), text.end(), link), end; it != end; ++it) CHECK((*it).str() == parts.link);
    }
    CHECK_FALSE(loads_anything(formats.html));
}
