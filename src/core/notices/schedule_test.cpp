#include <catch2/catch.hpp>

#include "core/notices/schedule.h"

using namespace portcullis;
using namespace portcullis::notices;
using namespace std::chrono_literals;

namespace {

Instant at(std::string_view text) { return *parse_rfc3339(text); }

Duration utc(Instant) { return 0ms; }
/// Berlin in 2026: summer time from 29 March to 25 October, 01:00 UTC both.
Duration berlin(Instant when) {
    const bool is_summer = when >= at("2026-03-29T01:00:00Z") && when < at("2026-10-25T01:00:00Z");
    return is_summer ? 2h : 1h;
}

}  // namespace

TEST_CASE("IDP-126 the digest is due on Mondays at eight, local time, on both sides of a change of clocks", "[notices]") {
    struct Row {
        const char* now;
        const char* moment;
        Duration (*offset)(Instant);
    };
    const Row rows[] = {
        {"2026-11-23T07:59:59Z", "2026-11-16T08:00:00Z", utc},     // a Monday, a second before
        {"2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z", utc},
        {"2026-11-29T23:59:59Z", "2026-11-23T08:00:00Z", utc},     // Sunday
        {"2026-11-23T06:59:59Z", "2026-11-16T07:00:00Z", berlin},
        {"2026-11-23T07:00:00Z", "2026-11-23T07:00:00Z", berlin},
        {"2026-03-30T05:59:59Z", "2026-03-23T07:00:00Z", berlin},  // the Monday before was winter
        {"2026-03-30T06:00:00Z", "2026-03-30T06:00:00Z", berlin},
        {"2026-10-26T06:59:59Z", "2026-10-19T06:00:00Z", berlin},
        {"2026-10-26T07:00:00Z", "2026-10-26T07:00:00Z", berlin},
    };
    for (const auto& row : rows) {
        INFO(row.now);
        CHECK(to_rfc3339(digest_moment(at(row.now), row.offset)) == row.moment);
    }
    // Far from Greenwich the local Monday is another day in UTC.
    CHECK(to_rfc3339(digest_moment(at("2026-11-22T18:00:00Z"), [](Instant) -> Duration { return 14h; })) == "2026-11-22T18:00:00Z");
    CHECK(to_rfc3339(digest_moment(at("2026-11-23T19:59:59Z"), [](Instant) -> Duration { return -12h; })) == "2026-11-16T20:00:00Z");
}

TEST_CASE("a clock that was turned back holds nothing up", "[notices]") {
    const auto now = at("2026-11-23T08:00:00Z");
    CHECK_FALSE(is_due(now - 4999ms, kRiskMailEvery, now));
    CHECK(is_due(now - 5s, kRiskMailEvery, now));
    CHECK(is_due(now + 1h, kRiskMailEvery, now));
    CHECK_FALSE(is_due(now - 24h, Duration::max(), now));
}
