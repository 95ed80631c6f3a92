#pragma once

#include <algorithm>
#include <string>
#include <string_view>

/// The text of protocols: ASCII, whatever the locale. Bytes beyond ASCII are never letters, digits or space here.
namespace portcullis::ascii {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

/// 0–15, or -1.
constexpr int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    const char letter = lower(c);
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

/// Without the spaces and tabs at both ends (OWS of RFC 9110 §5.6.3).
constexpr std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

inline std::string lower(std::string_view text) {
    std::string lowered(text);
    for (auto& c : lowered) c = lower(c);
    return lowered;
}

}  // namespace portcullis::ascii
