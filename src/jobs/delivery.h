#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "app/ports/clock.h"
#include "app/ports/outbox.h"
#include "app/ports/sealer.h"
#include "jobs/channel_watch.h"

namespace portcullis::jobs {

/// How long one claim holds; longer than any messenger may take for one message, so that two nodes never send the same.
inline constexpr Duration kClaim = std::chrono::minutes{5};
/// A message that did not go out for so long is given up (RFC 5321 §4.5.4.1 asks for 4–5 days of mail in general; a notice
/// that old frightens more than it helps).
inline constexpr Duration kGiveUpAfter = std::chrono::days{3};
/// What is left of a dead message is kept so long for those who ask.
inline constexpr Duration kDeadKept = std::chrono::days{30};

/// How long to wait after the `attempts`-th try: 1 minute, doubling, an hour at most. A message that will be over soon (a code)
/// is tried again after 10 seconds, doubling.
enum class Urgency { ordinary, ends_soon };
Duration retry_delay(int attempts, Urgency urgency);

/// Ways out by channel. A channel without one keeps its messages until they are given up.
using Messengers = std::map<std::string, app::Messenger*, std::less<>>;

struct Delivery {
    std::int64_t sent = 0, put_off = 0, given_up = 0;
    std::string because;  // of the last one that did not go out
    std::map<std::string, ChannelWatch::Seen> ways;  // that were tried: how each was found last
};

/// Sends what is due, channel by channel. Every message is claimed by itself right before it is sent, and by the clock of that
/// moment, for a slow way out must not outlive its claims. A way out that is closed ends its channel's turn. Errors: unavailable.
Result<Delivery> deliver_messages(app::Outbox& outbox, app::Sealer& sealer, const Messengers& messengers, const app::Clock& clock);

/// Gives up what is over and nobody sends, and forgets what has been dead for long; how many were given up. Errors: unavailable.
Result<std::int64_t> retire_messages(app::Outbox& outbox, Instant now);

}  // namespace portcullis::jobs
