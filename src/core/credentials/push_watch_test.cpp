#include <catch2/catch.hpp>

#include "core/credentials/push_watch.h"

namespace portcullis::credentials {
namespace {

using namespace std::chrono_literals;

const Instant kNow = *parse_rfc3339("2026-11-20T12:00:00Z");

}  // namespace

TEST_CASE("CRED-018 three requests within ten minutes that nobody answered, then none for half an hour", "[approval]") {
    PushWatch watch;
    for (const auto& [after, count] : {std::pair{0min, 0}, {5min, 0}, {9min, 3}}) {
        CHECK_FALSE(is_paused(watch, kNow + after));
        const auto asked = on_push_asked(watch, kNow + after);
        CHECK(asked.begins_pause_after == count);
        watch = asked.watch;
    }
    CHECK(is_paused(watch, kNow + 9min));
    CHECK(is_paused(watch, kNow + 39min - 1ms));
    CHECK_FALSE(is_paused(watch, kNow + 39min));
    CHECK(on_push_asked(watch, kNow + 39min).begins_pause_after == 0);  // counted anew
}

TEST_CASE("CRED-018 what is older than ten minutes is not counted, and five in fifteen minutes are too many however they ended", "[approval]") {
    PushWatch slow;
    for (const auto after : {0min, 5min, 10min}) slow = on_push_asked(slow, kNow + after).watch;
    CHECK_FALSE(is_paused(slow, kNow + 10min));

    PushWatch denied;
    for (int i = 0; i < 4; ++i) {
        const auto at = kNow + i * 3min;
        denied        = on_push_refused(on_push_asked(denied, at).watch);
    }
    CHECK_FALSE(is_paused(denied, kNow + 9min));
    CHECK(on_push_asked(denied, kNow + 12min).begins_pause_after == 5);
    CHECK(on_push_asked(denied, kNow + 15min).begins_pause_after == 0);  // the first is over
}

TEST_CASE("the watch of approvals comes back as it was stored, and damage is nothing", "[approval]") {
    auto watch         = on_push_refused(on_push_asked(on_push_asked({}, kNow).watch, kNow + 1min).watch);
    watch.paused_until = kNow;
    CHECK(parse_push_watch(to_text(watch)) == watch);
    CHECK(parse_push_watch(to_text(PushWatch{})) == PushWatch{});
    for (const auto* bad : {"", ";", "x;", "5", "5;5", "5;5*", "5;-", "0;1-1-1-1-1-1-", "99999999999999999999;", "100000000000001;", "-1;", "0;-1-", "0;1- 2-"}) {
        INFO(bad);
        CHECK_FALSE(parse_push_watch(bad));
    }
}

}  // namespace portcullis::credentials
