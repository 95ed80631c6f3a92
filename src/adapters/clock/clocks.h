#pragma once

#include <atomic>

#include "app/ports/clock.h"

namespace portcullis::clock {

/// The machine's own time.
class SystemClock : public app::Clock {
public:
    Instant now() const override;
};

/// Another clock, moved forward by hand: the demo's. Never goes back.
class AdjustableClock : public app::Clock {
public:
    /// `base` must outlive this clock.
    explicit AdjustableClock(const app::Clock& base, Duration offset = {}) : base_(base), offset_ms_(offset.count()) {}

    Instant now() const override;
    /// Moves the clock forward by `by` and answers the new time; a negative `by` moves nothing.
    Instant advance(Duration by);
    /// How far ahead of its base this clock is, to be kept over a restart.
    [[nodiscard]] Duration offset() const { return Duration{offset_ms_.load()}; }

private:
    const app::Clock& base_;
    std::atomic<Duration::rep> offset_ms_;
};

}  // namespace portcullis::clock
