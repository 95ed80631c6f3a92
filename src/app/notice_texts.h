#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

/// Mail and text messages in words: web/mail/LANGUAGE.json, `{"key": "text with {names}"}`. Pure, but for the texts being part of
/// the program.
namespace portcullis::app {

/// Values for the names in a text. A value is never searched for names again.
using Words = std::vector<std::pair<std::string_view, std::string>>;

/// The languages there are texts in.
std::vector<std::string> mail_languages();
/// One of them: `wanted` (`de-AT` is `de`), else English.
std::string mail_language(std::string_view wanted);
/// The text of `key`, with its names filled in; English when the language lacks it. Stops the process when there is none.
std::string mail_text(std::string_view language, std::string_view key, const Words& words = {});
/// `20 November 2026, 12:41 UTC`.
std::string mail_moment(std::string_view language, Instant at);
/// `20 November 2026`.
std::string mail_day(std::string_view language, Instant at);

/// A mail before it has a form.
struct LetterParts {
    std::string greeting, text;
    std::string code;  // shown large, on a line of its own
    std::vector<std::pair<std::string, std::string>> facts;
    std::vector<std::string> paragraphs;
    std::string link_label, link;  // of the product itself; empty: none
    std::vector<std::string> footer;
};
struct LetterFormats {
    std::string text, html;
};
/// The same words twice: plain, and as HTML that loads nothing, tracks nobody and is legible in light and dark. Control characters
/// in words become spaces. `color` is the tenant's `#rrggbb`, or empty.
LetterFormats format_letter(const LetterParts& parts, std::string_view language, std::string_view color);

/// What a person is called in a greeting; empty for a name that could be read as more than a name: an address, a link, a text.
std::string greeting_name(std::string_view name);

}  // namespace portcullis::app
