#include "http/server/connection_caps.h"

#include <catch2/catch.hpp>

using namespace portcullis;
using namespace portcullis::http;
using namespace std::chrono_literals;

TEST_CASE("connections are counted in all and per address, an IPv6 /64 being one (PROTO-807)") {
    ConnectionCaps caps(4, 2);
    const auto one = *parse_ip("192.0.2.1"), other = *parse_ip("192.0.2.2");
    const auto v6 = *parse_ip("2001:db8::1"), same_line = *parse_ip("2001:db8::2");
    CHECK(caps.enter(one, Counted::byAddress));
    CHECK(caps.enter(one, Counted::byAddress));
    CHECK_FALSE(caps.enter(one, Counted::byAddress));
    CHECK(caps.enter(one, Counted::inTotalOnly));
    CHECK(caps.enter(other, Counted::byAddress));
    CHECK_FALSE(caps.enter(other, Counted::byAddress));
    CHECK(caps.open() == 4);
    CHECK_FALSE(caps.wait_until_none(0ms));

    caps.leave(one, Counted::byAddress);
    CHECK(caps.enter(one, Counted::byAddress));
    caps.leave(one, Counted::byAddress);
    caps.leave(one, Counted::byAddress);
    caps.leave(one, Counted::inTotalOnly);
    caps.leave(other, Counted::byAddress);
    CHECK(caps.wait_until_none(0ms));

    CHECK(caps.enter(v6, Counted::byAddress));
    CHECK(caps.enter(same_line, Counted::byAddress));
    CHECK_FALSE(caps.enter(v6, Counted::byAddress));
}
