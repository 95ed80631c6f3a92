#include "adapters/clock/clocks.h"

#include <catch2/catch.hpp>

namespace portcullis::clock {
namespace {

struct FixedClock : app::Clock {
    Instant now() const override { return from_unix_ms(1000); }
};

TEST_CASE("the demo's clock moves forward only") {
    using namespace std::chrono_literals;
    const FixedClock base;
    AdjustableClock clock(base);
    CHECK(clock.now() == base.now());
    CHECK(clock.advance(36h) == base.now() + 36h);
    CHECK(clock.advance(-1h) == base.now() + 36h);
    CHECK(clock.offset() == Duration{36h});
    CHECK(AdjustableClock(base, clock.offset()).now() == clock.now());
}

TEST_CASE("the system clock is the machine's") {
    const auto before = std::chrono::system_clock::now() - std::chrono::seconds{1};
    CHECK(SystemClock().now() > before);
    CHECK(SystemClock().now() < before + std::chrono::minutes{1});
}

}  // namespace
}  // namespace portcullis::clock
