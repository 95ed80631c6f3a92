#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

/// Requests for approval that nobody approves: how somebody who knows a password wears its owner down (MFA fatigue, V 6.6.4).
/// Sources: credentials.md §6.1 (5 unanswered or denied in 15 minutes), protocols.md §17 (3 unanswered in 10 minutes); the stricter holds.
namespace portcullis::credentials {

inline constexpr int kUnansweredMost        = 3;
inline constexpr Duration kUnansweredWithin = std::chrono::minutes{10};
inline constexpr int kUnapprovedMost        = 5;
inline constexpr Duration kUnapprovedWithin = std::chrono::minutes{15};
/// How long none is sent then.
inline constexpr Duration kPushPaused = std::chrono::minutes{30};
/// How long a watch is kept after it moved last.
inline constexpr Duration kPushMemory = kPushPaused;

/// One request that was not approved, or not yet: approving one forgets them all.
struct PushTry {
    Instant at;
    bool is_answered = false;  // by the person: denied, or with a wrong number
    bool operator==(const PushTry&) const = default;
};
/// What is kept of one person.
struct PushWatch {
    std::vector<PushTry> tries;  // of the last 15 minutes, oldest first; none during a pause
    Instant paused_until{};
    bool operator==(const PushWatch&) const = default;
};

bool is_paused(const PushWatch& watch, Instant now);

struct PushAsked {
    PushWatch watch;
    int begins_pause_after = 0;  // so many that were not approved; 0: no pause begins
};
/// One more is sent at `now`; it counts until it is approved. To be asked only when not paused.
PushAsked on_push_asked(const PushWatch& watch, Instant now);
/// The person has answered the last one, and did not approve.
PushWatch on_push_refused(const PushWatch& watch);

std::string to_text(const PushWatch& watch);
/// Nothing for anything but what `to_text` wrote.
std::optional<PushWatch> parse_push_watch(std::string_view text);

}  // namespace portcullis::credentials
