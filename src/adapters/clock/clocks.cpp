#include "adapters/clock/clocks.h"

#include <algorithm>

namespace portcullis::clock {

Instant SystemClock::now() const { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

Instant AdjustableClock::now() const { return base_.now() + offset(); }

Instant AdjustableClock::advance(Duration by) {
    offset_ms_ += std::max(by, Duration{0}).count();
    return now();
}

}  // namespace portcullis::clock
