#include "base/time.h"

#include <fmt/format.h>

#include <algorithm>

namespace portcullis {
namespace {

using namespace std::chrono;

constexpr Duration kLongestDuration = days{36525};

/// Takes `digits` decimal digits from the front of `text`; -1 when they are not there.
int take_number(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return -1;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
}

/// `.` and one to nine digits, as milliseconds; zero when there is no fraction.
std::optional<Duration> take_fraction(std::string_view& text) {
    if (!take(text, '.')) return Duration{0};
    int value = 0, digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        if (digits < 3) value = value * 10 + (text.front() - '0');
        text.remove_prefix(1);
        if (++digits > 9) return std::nullopt;
    }
    if (digits == 0) return std::nullopt;
    for (int i = digits; i < 3; ++i) value *= 10;
    return Duration{value};
}

/// `Z` or `±hh:mm`, the whole rest of the text.
std::optional<minutes> take_offset(std::string_view text) {
    if (text == "Z" || text == "z") return minutes{0};
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    const int sign = text[0] == '-' ? -1 : 1;
    text.remove_prefix(1);
    const int hour = take_number(text, 2);
    if (hour < 0 || hour > 23 || !take(text, ':')) return std::nullopt;
    const int minute = take_number(text, 2);
    if (minute < 0 || minute > 59) return std::nullopt;
    return minutes{sign * (hour * 60 + minute)};
}

std::optional<Duration> unit_of(char letter, bool in_time) {
    switch (letter) {
        case 'W': return in_time ? std::nullopt : std::optional<Duration>{weeks{1}};
        case 'D': return in_time ? std::nullopt : std::optional<Duration>{days{1}};
        case 'H': return in_time ? std::optional<Duration>{hours{1}} : std::nullopt;
        case 'M': return in_time ? std::optional<Duration>{minutes{1}} : std::nullopt;
        case 'S': return in_time ? std::optional<Duration>{seconds{1}} : std::nullopt;
        default: return std::nullopt;
    }
}

}  // namespace

std::string to_rfc3339(Instant when) {
    const auto day     = floor<days>(when);
    const year_month_day date{day};
    const hh_mm_ss time{when - day};
    auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                            static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                            time.minutes().count(), time.seconds().count());
    if (time.subseconds().count() != 0) text += fmt::format(".{:03}", time.subseconds().count());
    return text + "Z";
}

std::optional<Instant> parse_rfc3339(std::string_view text) {
    const int y = take_number(text, 4);
    if (y < 1970 || !take(text, '-')) return std::nullopt;
    const int mo = take_number(text, 2);
    if (mo < 1 || !take(text, '-')) return std::nullopt;
    const int d = take_number(text, 2);
    if (d < 1 || !(take(text, 'T') || take(text, 't'))) return std::nullopt;
    const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
    if (!date.ok()) return std::nullopt;

    const int h = take_number(text, 2);
    if (h < 0 || h > 23 || !take(text, ':')) return std::nullopt;
    const int mi = take_number(text, 2);
    if (mi < 0 || mi > 59 || !take(text, ':')) return std::nullopt;
    const int s = take_number(text, 2);
    if (s < 0 || s > 59) return std::nullopt;

    const auto fraction = take_fraction(text);
    if (!fraction) return std::nullopt;
    const auto offset = take_offset(text);
    if (!offset) return std::nullopt;
    return Instant{sys_days{date}} + hours{h} + minutes{mi} + seconds{s} + *fraction - *offset;
}

std::optional<Duration> parse_duration(std::string_view text) {
    if (!take(text, 'P') || text.empty()) return std::nullopt;
    Duration total{0};
    bool in_time = false, any = false;
    while (!text.empty()) {
        if (!in_time && take(text, 'T')) {
            in_time = true;
            any     = false;
            continue;
        }
        std::int64_t value = 0;
        std::size_t digits = 0;
        while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
            value = value * 10 + (text[digits] - '0');
            if (++digits > 10) return std::nullopt;
        }
        if (digits == 0 || digits == text.size()) return std::nullopt;
        const auto unit = unit_of(text[digits], in_time);
        if (!unit) return std::nullopt;
        if (value > kLongestDuration / *unit) return std::nullopt;
        total += *unit * value;
        if (total > kLongestDuration) return std::nullopt;
        text.remove_prefix(digits + 1);
        any = true;
    }
    if (!any) return std::nullopt;
    return total;
}

std::int64_t unix_seconds(Instant when) { return floor<seconds>(when).time_since_epoch().count(); }
Instant from_unix_seconds(std::int64_t value) {
    // What milliseconds cannot say is the last moment they can, or the first: a NumericDate may be any number.
    constexpr auto kMost = std::chrono::floor<seconds>(Duration::max()).count();
    return Instant{seconds{std::clamp(value, -kMost, kMost)}};
}

}  // namespace portcullis
