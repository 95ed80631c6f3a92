#include <catch2/catch.hpp>

#include "adapters/icu/time_zones.h"

using namespace portcullis;
using namespace std::chrono_literals;

TEST_CASE("time zones have summers, and what is none is nothing (IDP-126)") {
    const unicode::IcuTimeZones zones;
    const auto winter = *parse_rfc3339("2026-03-29T00:59:59Z"), summer = *parse_rfc3339("2026-03-29T01:00:00Z");
    CHECK(zones.offset("Europe/Berlin", winter) == 1h);
    CHECK(zones.offset("Europe/Berlin", summer) == 2h);
    CHECK(zones.offset("UTC", summer) == 0h);
    CHECK(zones.offset("Pacific/Kiritimati", summer) == 14h);
    for (const auto* bad : {"", "Mars/Olympus", "Europe/Berlin; DROP", "Etc/Unknown"}) CHECK_FALSE(zones.offset(bad, summer));
}
