#include "jobs/delivery.h"

#include <algorithm>

namespace portcullis::jobs {
namespace {

/// Messages of one channel in one turn, so that a turn ends.
constexpr int kTurn               = 500;
constexpr Duration kFirstRetry    = std::chrono::minutes{1};
constexpr Duration kFirstOfCode   = std::chrono::seconds{10};
constexpr Duration kRetryMax      = std::chrono::hours{1};
constexpr int kDoublingsMax       = 6;  // 64 minutes, over the most there is
constexpr std::string_view kSealed  = "its content does not open: `portcullis keys` tells of master keys";

/// The letter to hand out: what was sealed is opened.
Result<app::Letter> letter_of(app::Sealer& sealer, const app::QueuedMessage& queued) {
    app::Letter letter{.message = queued.message, .queued_at = queued.queued_at};
    if (!letter.message.is_sealed) return letter;
    const auto row     = to_string(queued.message.id);
    const auto open    = [&](std::string& text, std::string_view column) -> Result<void> {
        if (text.empty()) return {};
        text = std::string(TRY(sealer.open(text, app::outbox_context(queued.tenant, row, column))).reveal());
        return {};
    };
    TRY(open(letter.message.text, "body"));
    TRY(open(letter.message.html, "html"));
    return letter;
}

Result<void> send(app::Sealer& sealer, app::Messenger& messenger, const app::QueuedMessage& queued) {
    const auto letter = letter_of(sealer, queued);
    if (!letter) return Error{ErrorCode::tooManyRequests, std::string(kSealed)};
    return messenger.send(*letter);
}

/// Stores what became of one message; whether its channel goes on.
Result<bool> settle(app::Outbox& outbox, const app::QueuedMessage& queued, const Result<void>& outcome, Delivery& delivery, Instant now) {
    if (outcome) {
        ++delivery.sent;
        delivery.ways[queued.message.channel] = ChannelWatch::Seen::sent;
        TRY(outbox.sent(queued));
        return true;
    }
    const auto& error = outcome.error();
    const auto urgency = queued.message.expires_at ? Urgency::ends_soon : Urgency::ordinary;
    const auto due    = now + retry_delay(queued.attempts, urgency);
    const auto end    = std::min(queued.message.expires_at.value_or(Instant::max()), queued.queued_at + kGiveUpAfter);
    delivery.because  = error.message;
    if (error.code == ErrorCode::invalidRequest || due >= end) {
        ++delivery.given_up;
        TRY(outbox.give_up(queued, now, error.message));
    } else {
        ++delivery.put_off;
        TRY(outbox.put_off(queued, due, error.message));
    }
    const bool is_closed = error.code == ErrorCode::unavailable;
    if (is_closed) delivery.ways[queued.message.channel] = ChannelWatch::Seen::closed;
    return !is_closed;
}

}  // namespace

Duration retry_delay(int attempts, Urgency urgency) {
    const auto first     = urgency == Urgency::ends_soon ? kFirstOfCode : kFirstRetry;
    const auto doublings = std::clamp(attempts - 1, 0, kDoublingsMax);
    return std::min<Duration>(first * (1 << doublings), kRetryMax);
}

Result<Delivery> deliver_messages(app::Outbox& outbox, app::Sealer& sealer, const Messengers& messengers, const app::Clock& clock) {
    Delivery delivery;
    for (const auto& [channel, messenger] : messengers) {
        bool goes_on = true;
        for (int turn = 0; goes_on && turn < kTurn; ++turn) {
            const auto now    = clock.now();
            const auto queued = TRY(outbox.claim(channel, now, now + kClaim));
            if (!queued) break;
            const auto outcome = send(sealer, *messenger, *queued);
            goes_on            = TRY(settle(outbox, *queued, outcome, delivery, clock.now()));
        }
    }
    return delivery;
}

Result<std::int64_t> retire_messages(app::Outbox& outbox, Instant now) {
    const auto given_up = TRY(outbox.give_up_overdue(now, now - kGiveUpAfter));
    TRY(outbox.forget_dead(now - kDeadKept));
    return given_up;
}

}  // namespace portcullis::jobs
