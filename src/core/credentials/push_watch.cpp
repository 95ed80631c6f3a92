#include "core/credentials/push_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace portcullis::credentials {
namespace {

int unanswered(const PushWatch& watch, Instant now) {
    return static_cast<int>(std::ranges::count_if(watch.tries, [&](const PushTry& t) { return !t.is_answered && now - t.at < kUnansweredWithin; }));
}

/// The watch with a pause, where there are too many by now; how many there were, or 0.
int begin_pause(PushWatch& watch, Instant now) {
    const auto all  = static_cast<int>(watch.tries.size());
    const auto open = unanswered(watch, now);
    if (all < kUnapprovedMost && open < kUnansweredMost) return 0;
    watch.tries.clear();
    watch.paused_until = now + kPushPaused;
    return all;
}

/// Until the year 5138, so that nothing overflows that reckons with it.
constexpr std::int64_t kMsMax = 100'000'000'000'000;

/// A moment and the character behind it, taken from the front of `text`; nothing when there is none.
struct Mark {
    Instant at;
    char kind = 0;
};
std::optional<Mark> take_mark(std::string_view& text) {
    std::int64_t ms         = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
    const auto used         = static_cast<std::size_t>(end - text.data());
    if (error != std::errc{} || used == text.size() || ms < 0 || ms > kMsMax) return std::nullopt;
    const Mark mark{from_unix_ms(ms), text[used]};
    text.remove_prefix(used + 1);
    return mark;
}

}  // namespace

bool is_paused(const PushWatch& watch, Instant now) { return now < watch.paused_until; }

PushAsked on_push_asked(const PushWatch& watch, Instant now) {
    PushAsked asked{.watch = watch};
    std::erase_if(asked.watch.tries, [&](const PushTry& t) { return now - t.at >= kUnapprovedWithin; });
    asked.watch.tries.push_back({now, false});
    asked.begins_pause_after = begin_pause(asked.watch, now);
    return asked;
}

PushWatch on_push_refused(const PushWatch& watch) {
    auto refused = watch;
    if (!refused.tries.empty()) refused.tries.back().is_answered = true;
    return refused;
}

std::string to_text(const PushWatch& watch) {
    auto text = fmt::format("{};", unix_ms(watch.paused_until));
    for (const auto& one : watch.tries) text += fmt::format("{}{}", unix_ms(one.at), one.is_answered ? '+' : '-');
    return text;
}

std::optional<PushWatch> parse_push_watch(std::string_view text) {
    PushWatch watch;
    const auto paused = take_mark(text);
    if (!paused || paused->kind != ';') return std::nullopt;
    watch.paused_until = paused->at;
    while (!text.empty()) {
        const auto one = take_mark(text);
        if (!one || (one->kind != '-' && one->kind != '+') || watch.tries.size() == static_cast<std::size_t>(kUnapprovedMost)) return std::nullopt;
        watch.tries.push_back({one->at, one->kind == '+'});
    }
    return watch;
}

}  // namespace portcullis::credentials
