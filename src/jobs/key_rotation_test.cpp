#include "jobs/key_rotation.h"

#include <catch2/catch.hpp>

using namespace portcullis;
using namespace portcullis::jobs;
using namespace std::chrono_literals;
using std::chrono::days;

namespace {

constexpr Instant kNow = Instant{1'800'000'000'000ms};

app::StoredSigningKey key(const std::string& kid, Instant activates_at, Instant retires_at) {
    return {.kid = kid, .activates_at = activates_at, .retires_at = retires_at, .published_until = retires_at + 25h + 15min};
}

}  // namespace

TEST_CASE("a tenant without keys gets one that signs at once (PROTO-012)") {
    const auto plan = plan_rotation({}, {}, Rotation::whenDue, kNow);
    REQUIRE(plan.made);
    CHECK(plan.made->activates_at == kNow);
    CHECK(plan.made->retires_at == kNow + days{90});
    // The longest token is 60 minutes and a random part of 15, and a day comes on top.
    CHECK(plan.made->published_until == kNow + days{90} + 75min + 24h);
    CHECK(plan.moved.empty());
}

TEST_CASE("the next key is published a day before it signs, and the old one signs until then (PROTO-012)") {
    struct Row {
        const char* what;
        Duration until_retirement;
        bool is_made;
        Duration activates_after;  // from now
        bool moves_old;
    };
    const auto row = GENERATE(values<Row>({
        {"weeks before", days{20}, false, 0h, false},
        {"before the hour of slack", 25h + 1min, false, 0h, false},
        {"in time", 24h + 30min, true, 24h + 30min, false},
        {"exactly a day before", 24h, true, 24h, false},
        {"the job was late", 3h, true, 24h, true},
        {"the job was very late", 1ms, true, 24h, true},
        {"the old key has retired", 0h, true, 0h, false},
        {"the old key retired long ago", -days{40}, true, 0h, false},
    }));
    INFO(row.what);
    const auto retires_at = kNow + row.until_retirement;
    const auto plan       = plan_rotation({key("old", retires_at - days{90}, retires_at)}, {}, Rotation::whenDue, kNow);

    REQUIRE(plan.made.has_value() == row.is_made);
    if (row.is_made) CHECK(plan.made->activates_at == kNow + row.activates_after);
    REQUIRE(plan.moved.size() == (row.moves_old ? 1 : 0));
    if (row.moves_old) {
        CHECK(plan.moved[0].kid == "old");
        CHECK(plan.moved[0].retires_at == plan.made->activates_at);
        CHECK(plan.moved[0].published_until == plan.moved[0].retires_at + 75min + 24h);
    }
}

TEST_CASE("a key that waits for its day is enough") {
    const std::vector keys = {key("old", kNow - days{89}, kNow + 20h), key("next", kNow + 20h, kNow + days{90})};
    CHECK(plan_rotation(keys, {}, Rotation::whenDue, kNow).is_empty());
    CHECK(plan_rotation(keys, {}, Rotation::scheduled, kNow).is_empty());
}

TEST_CASE("a rotation by hand publishes now and signs a day later (PROTO-012)") {
    const auto plan = plan_rotation({key("old", kNow - days{3}, kNow + days{87})}, {}, Rotation::scheduled, kNow);
    REQUIRE(plan.made);
    CHECK(plan.made->activates_at == kNow + 24h);
    REQUIRE(plan.moved.size() == 1);
    CHECK(plan.moved[0].retires_at == kNow + 24h);
    CHECK(plan.withdrawn.empty());
}

TEST_CASE("in an emergency every older key leaves at once (PROTO-012)") {
    const auto plan = plan_rotation({key("old", kNow - days{3}, kNow + days{87}), key("next", kNow + 1h, kNow + days{90})}, {}, Rotation::emergency, kNow);
    REQUIRE(plan.made);
    CHECK(plan.made->activates_at == kNow);
    CHECK(plan.moved.empty());
    CHECK(plan.withdrawn == std::vector<std::string>{"old", "next"});
}

TEST_CASE("a retired key stays published for the longest token and a day, then leaves (PROTO-012)") {
    const auto current = key("current", kNow - days{2}, kNow + days{88});
    auto old           = key("old", kNow - days{92}, kNow - days{2});
    old.published_until = kNow + 1ms;
    CHECK(plan_rotation({old, current}, {}, Rotation::whenDue, kNow).is_empty());
    old.published_until = kNow;
    CHECK(plan_rotation({old, current}, {}, Rotation::whenDue, kNow).withdrawn == std::vector<std::string>{"old"});
}
