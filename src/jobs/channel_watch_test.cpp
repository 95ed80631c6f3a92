#include <catch2/catch.hpp>

#include "jobs/channel_watch.h"

using namespace portcullis;
using namespace portcullis::jobs;
using namespace std::chrono_literals;

TEST_CASE("CRED-089 a way out is down when it was tried for ten minutes and nothing went through") {
    const auto now = *parse_rfc3339("2026-11-20T12:00:00Z");
    ChannelWatch watch;
    watch.note("sms", ChannelWatch::Seen::closed, now);
    CHECK(watch.down().empty());
    watch.note("sms", ChannelWatch::Seen::closed, now + 10min - 1ms);
    CHECK(watch.down().empty());  // that nobody tried since does not say that it is open
    watch.note("sms", ChannelWatch::Seen::closed, now + 10min);
    watch.note("voice", ChannelWatch::Seen::closed, now + 10min);
    REQUIRE(watch.down().size() == 1);
    CHECK(watch.down().front().channel == "sms");
    CHECK(watch.down().front().since == now);
    watch.note("email", ChannelWatch::Seen::sent, now + 11min);
    CHECK(watch.down().size() == 1);
    watch.note("sms", ChannelWatch::Seen::sent, now + 12min);
    CHECK(watch.down().empty());
    watch.note("sms", ChannelWatch::Seen::closed, now + 13min);
    CHECK(watch.down().empty());  // counted anew
}
