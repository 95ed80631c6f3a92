#include "adapters/smtp/mail_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/encoding.h"

namespace portcullis::smtp {
namespace {

constexpr std::size_t kAddressMax = 254;  // RFC 5321 §4.5.3.1.3, without the angle brackets
constexpr std::size_t kLocalMax   = 64;   // §4.5.3.1.1
constexpr std::size_t kLabelMax   = 63;
/// Bytes of text in one encoded word: 76 columns less ` =?UTF-8?B?` and `?=`, and the header's name fits in the first line.
constexpr std::size_t kWordBytes = 36;

bool is_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_atom(std::string_view text) {
    constexpr std::string_view kOthers = "!#$%&'*+-/=?^_`{|}~";  // atext
    return !text.empty() && std::ranges::all_of(text, [&](char c) { return is_alnum(c) || kOthers.find(c) != std::string_view::npos; });
}

bool is_label(std::string_view text) {
    if (text.empty() || text.size() > kLabelMax || text.front() == '-' || text.back() == '-') return false;
    return std::ranges::all_of(text, [](char c) { return is_alnum(c) || c == '-'; });
}

bool all_between_dots(std::string_view text, bool (*is_part)(std::string_view)) {
    for (std::size_t from = 0; from <= text.size();) {
        const auto end = std::min(text.find('.', from), text.size());
        if (!is_part(text.substr(from, end - from))) return false;
        from = end + 1;
    }
    return true;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::string one_line(std::string_view text) {
    std::string line(text);
    std::ranges::replace_if(line, is_control, ' ');
    return line;
}

/// Plain text that no reader could take for an encoded word or fold.
bool is_plain(std::string_view text) {
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    return text.size() <= 60 && text.find("=?") == std::string_view::npos && std::ranges::all_of(text, is_ascii);
}

/// How much of `text` the next word takes: whole characters.
std::size_t word_end(std::string_view text) {
    if (text.size() <= kWordBytes) return text.size();
    auto end = kWordBytes;
    while (end > kWordBytes - 3 && is_continuation(text[end])) --end;
    return end;
}

std::string encoded_words(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto end = word_end(text);
        out += fmt::format("{}=?UTF-8?B?{}?=", out.empty() ? "" : "\r\n ", base64(text.substr(0, end)));
        text.remove_prefix(end);
    }
    return out;
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

}  // namespace

bool is_mail_address(std::string_view text) {
    const auto at = text.rfind('@');
    if (at == std::string_view::npos || text.size() > kAddressMax) return false;
    const auto local = text.substr(0, at);
    return local.size() <= kLocalMax && all_between_dots(local, is_atom) && all_between_dots(text.substr(at + 1), is_label);
}

std::string text_header(std::string_view name, std::string_view text) {
    const auto line = one_line(text);
    return fmt::format("{}: {}", name, is_plain(line) ? line : encoded_words(line));
}

std::string address_header(std::string_view name, std::string_view display, std::string_view address) {
    if (display.empty()) return fmt::format("{}: {}", name, address);
    const auto line = one_line(display);
    return fmt::format("{}: {}\r\n <{}>", name, is_plain(line) ? quoted(line) : encoded_words(line), address);
}

std::string mail_date(Instant when) {
    using namespace std::chrono;
    constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = floor<days>(when);
    const year_month_day date{day};
    const hh_mm_ss time{floor<seconds>(when - day)};
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", kDays[weekday{day}.c_encoding()], unsigned{date.day()},
                       kMonths[unsigned{date.month()} - 1], int{date.year()}, time.hours().count(), time.minutes().count(),
                       time.seconds().count());
}

std::string with_crlf(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 32);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_pair = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
        if (is_pair) continue;
        if (text[i] == '\r' || text[i] == '\n') out += "\r\n";
        else out += text[i];
    }
    return out;
}

}  // namespace portcullis::smtp
