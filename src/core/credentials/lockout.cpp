#include "core/credentials/lockout.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/encoding.h"

namespace portcullis::credentials {
namespace {

constexpr double kJitterShare = 0.1;  // conditional-access.md §18: ±10 %

bool is_recent(const LockoutState& state, const std::optional<AttemptMark>& mark) {
    return mark && std::ranges::find(state.recent, mark) != state.recent.end();
}

void remember(LockoutState& state, const std::optional<AttemptMark>& mark) {
    if (!mark) return;
    std::ranges::rotate(state.recent, state.recent.end() - 1);
    state.recent.front() = mark;
}

bool must_lock(const LockoutState& state, const LockoutRules& rules) {
    if (state.locks > 0 && rules.relock == Relock::firstFailure) return true;
    return state.failures >= static_cast<std::uint32_t>(std::max(rules.threshold, 1));
}

std::uint32_t next(std::uint32_t count) { return count == UINT32_MAX ? count : count + 1; }

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace

std::optional<AttemptMark> mark_of(std::string_view keyed_hash) {
    AttemptMark mark{};
    if (keyed_hash.size() < mark.size()) return std::nullopt;
    std::copy_n(keyed_hash.begin(), mark.size(), mark.begin());
    return mark;
}

Standing standing(const LockoutState& state, const LockoutRules& rules, Instant now) {
    if (state.failures_in_row >= static_cast<std::uint32_t>(rules.ceiling)) return Disabled{};
    if (now < state.locked_until) return Locked{state.locked_until};
    return Open{};
}

CountedFailure on_failure(const LockoutState& state, const LockoutRules& rules, const FailedAttempt& attempt) {
    if (is_recent(state, attempt.mark)) return {state, FailureEffect::repeated};

    CountedFailure counted{state};
    auto& now_state = counted.state;
    remember(now_state, attempt.mark);
    now_state.failures        = next(state.failures);
    now_state.failures_in_row = next(state.failures_in_row);
    if (std::holds_alternative<Disabled>(standing(now_state, rules, attempt.now))) {
        counted.effect = FailureEffect::disabled;
        return counted;
    }
    // An attempt that began before a parallel one locked: counted above, but the lock stays as long as it was.
    if (attempt.now < state.locked_until) return counted;
    if (!must_lock(now_state, rules)) return counted;

    now_state.failures     = 0;
    now_state.locks        = next(state.locks);
    now_state.locked_until = attempt.now + lock_duration(rules, now_state.locks, attempt.jitter);
    counted.effect         = FailureEffect::locked;
    return counted;
}

LockoutState on_recovery(const LockoutState& state) {
    auto after            = state;
    after.failures_in_row = 0;
    return after;
}

Duration lock_duration(const LockoutRules& rules, std::uint32_t lock, double jitter) {
    const double doublings = std::min<double>(lock == 0 ? 0 : lock - 1, 40);
    const double share     = std::isfinite(jitter) ? 1 + kJitterShare * std::clamp(jitter, -1.0, 1.0) : 1;
    const double ms        = static_cast<double>(rules.first_lock.count()) * std::exp2(doublings) * share;
    return Duration{static_cast<std::int64_t>(std::min(ms, static_cast<double>(rules.lock_max.count())))};
}

std::string to_text(const LockoutState& state) {
    std::string marks;
    for (const auto& mark : state.recent) {
        if (!mark) break;
        if (!marks.empty()) marks.push_back(',');
        marks += base64url({reinterpret_cast<const char*>(mark->data()), mark->size()});
    }
    return fmt::format("1;{};{};{};{};{}", state.failures, state.failures_in_row, state.locks,
                       unix_ms(state.locked_until), marks);
}

std::optional<LockoutState> parse_lockout(std::string_view text) {
    const auto parts = split(text, ';');
    if (parts.size() != 6 || parts[0] != "1") return std::nullopt;
    const auto failures = parse_number<std::uint32_t>(parts[1]), in_row = parse_number<std::uint32_t>(parts[2]),
               locks = parse_number<std::uint32_t>(parts[3]);
    const auto until = parse_number<std::int64_t>(parts[4]);
    if (!failures || !in_row || !locks || !until) return std::nullopt;

    LockoutState state{*failures, *in_row, *locks, from_unix_ms(*until), {}};
    if (parts[5].empty()) return state;
    const auto marks = split(parts[5], ',');
    if (marks.size() > state.recent.size()) return std::nullopt;
    for (std::size_t i = 0; i < marks.size(); ++i) {
        const auto bytes = parse_base64url(marks[i]);
        if (!bytes || bytes->size() != sizeof(AttemptMark)) return std::nullopt;
        state.recent[i] = mark_of(*bytes);
    }
    return state;
}

}  // namespace portcullis::credentials
