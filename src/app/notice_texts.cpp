#include "app/notice_texts.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "base/assert.h"
#include "base/embedded.h"
#include "base/encoding.h"
#include "base/json.h"
#include "base/visible_text.h"

namespace portcullis::app {
namespace {

constexpr std::string_view kEnglish = "en";
constexpr std::size_t kNameMax      = 64;

using Catalogue  = std::map<std::string, std::string, std::less<>>;
using Catalogues = std::map<std::string, Catalogue, std::less<>>;

/// Part of the program, like a table: what cannot be read is a mistake of ours.
Catalogues read_catalogues() {
    Catalogues all;
    for (const auto& [path, bytes] : embedded::mail_texts()) {
        const auto document = json::parse_object(bytes);
        PORTCULLIS_ASSERT(document.has_value());
        auto& catalogue = all[path.substr(0, path.find('.'))];
        for (const auto& member : *document) catalogue.emplace(member.key(), json::string_at(*document, member.key()).value_or(""));
    }
    PORTCULLIS_ASSERT(all.contains(kEnglish));
    return all;
}

const Catalogues& catalogues() {
    static const auto all = read_catalogues();
    return all;
}

const std::string& pattern_of(std::string_view language, std::string_view key) {
    for (const auto one : {language, kEnglish}) {
        const auto catalogue = catalogues().find(one);
        if (catalogue == catalogues().end()) continue;
        const auto found = catalogue->second.find(key);
        if (found != catalogue->second.end()) return found->second;
    }
    PORTCULLIS_ASSERT(!"a mail text that does not exist");
    std::abort();
}

std::string one_line(std::string_view text) {
    auto line = visible(text);
    std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return line;
}

std::string escaped(std::string_view text) { return html_escape(one_line(text)); }

std::string plain(const LetterParts& parts) {
    std::string out = one_line(parts.greeting) + "\n\n" + one_line(parts.text) + "\n";
    if (!parts.code.empty()) out += "\n    " + one_line(parts.code) + "\n";
    if (!parts.facts.empty()) out += "\n";
    for (const auto& [label, value] : parts.facts) out += fmt::format("  {}: {}\n", one_line(label), one_line(value));
    for (const auto& paragraph : parts.paragraphs) out += "\n" + one_line(paragraph) + "\n";
    if (!parts.link.empty()) out += fmt::format("\n{}\n{}\n", one_line(parts.link_label), one_line(parts.link));
    out += "\n--\n";
    for (const auto& line : parts.footer) out += one_line(line) + "\n";
    return out;
}

constexpr std::string_view kStyle =
    ":root{color-scheme:light dark}"
    "body{margin:0;padding:24px;font:16px/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,sans-serif;color:#1b1f24;background:#f6f7f9}"
    "main{max-width:560px;margin:0 auto;padding:24px;background:#fff;border-radius:8px}"
    "table{border-collapse:collapse;margin:16px 0}th{text-align:left;font-weight:600;padding:4px 16px 4px 0;vertical-align:top}td{padding:4px 0}"
    ".code{font-size:28px;letter-spacing:4px;font-weight:600}footer{margin-top:24px;font-size:14px;color:#57606a}"
    "@media(prefers-color-scheme:dark){body{color:#e6e8eb;background:#14171a}main{background:#1d2125}footer{color:#a3abb5}a{color:#8ab4ff}}";

std::string html(const LetterParts& parts, std::string_view language, std::string_view color) {
    std::string out = fmt::format(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\">"
        "<style>{}main{{border-top:4px solid {}}}</style></head>\n<body><main>\n<p>{}</p>\n<p>{}</p>\n",
        escaped(language), kStyle, color.empty() ? "#24509e" : escaped(color), escaped(parts.greeting), escaped(parts.text));
    if (!parts.code.empty()) out += fmt::format("<p class=\"code\">{}</p>\n", escaped(parts.code));
    if (!parts.facts.empty()) out += "<table>\n";
    for (const auto& [label, value] : parts.facts) out += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", escaped(label), escaped(value));
    if (!parts.facts.empty()) out += "</table>\n";
    for (const auto& paragraph : parts.paragraphs) out += fmt::format("<p>{}</p>\n", escaped(paragraph));
    if (!parts.link.empty()) out += fmt::format("<p>{0}<br><a href=\"{1}\">{1}</a></p>\n", escaped(parts.link_label), escaped(parts.link));
    out += "<footer>\n";
    for (const auto& line : parts.footer) out += fmt::format("<p>{}</p>\n", escaped(line));
    return out + "</footer>\n</main></body></html>\n";
}

}  // namespace

std::vector<std::string> mail_languages() {
    std::vector<std::string> all;
    for (const auto& [language, catalogue] : catalogues()) all.push_back(language);
    return all;
}

std::string mail_language(std::string_view wanted) {
    const auto primary = wanted.substr(0, wanted.find_first_of("-_"));
    return std::string(catalogues().contains(primary) ? primary : kEnglish);
}

std::string mail_text(std::string_view language, std::string_view key, const Words& words) {
    std::string_view rest = pattern_of(language, key);
    std::string out;
    for (auto open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
        const auto close = rest.find('}', open);
        if (close == std::string_view::npos) break;
        out += rest.substr(0, open);
        const auto name  = rest.substr(open + 1, close - open - 1);
        const auto found = std::ranges::find(words, name, &Words::value_type::first);
        if (found != words.end()) out += found->second;
        rest.remove_prefix(close + 1);
    }
    return out.append(rest);
}

std::string mail_day(std::string_view language, Instant at) {
    const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(at)};
    return mail_text(language, "day",
                     {{"day", std::to_string(unsigned{date.day()})},
                      {"month", mail_text(language, fmt::format("month.{}", unsigned{date.month()}))},
                      {"year", std::to_string(int{date.year()})}});
}

std::string mail_moment(std::string_view language, Instant at) {
    const auto midnight = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{midnight};
    const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::minutes>(at - midnight)};
    return mail_text(language, "moment",
                     {{"day", std::to_string(unsigned{date.day()})},
                      {"month", mail_text(language, fmt::format("month.{}", unsigned{date.month()}))},
                      {"year", std::to_string(int{date.year()})},
                      {"time", fmt::format("{:02}:{:02}", time.hours().count(), time.minutes().count())}});
}

LetterFormats format_letter(const LetterParts& parts, std::string_view language, std::string_view color) {
    return {.text = plain(parts), .html = html(parts, language, color)};
}

std::string greeting_name(std::string_view name) {
    const bool is_more = name.size() > kNameMax || name.find_first_of("@/\\:<>{}\r\n\t") != std::string_view::npos || name.find("www.") != std::string_view::npos;
    return is_more ? std::string() : std::string(name);
}

}  // namespace portcullis::app
