#include "base/ip.h"

#include <catch2/catch.hpp>

namespace portcullis {
namespace {

TEST_CASE("addresses are read strictly and printed in one form (conditional-access.md §8)") {
    struct Row {
        std::string_view what, text, printed;
    };
    const auto row = GENERATE(values<Row>({
        {"IPv4", "192.0.2.1", "192.0.2.1"},
        {"IPv6", "2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
        {"IPv4-mapped is IPv4", "::ffff:192.0.2.1", "192.0.2.1"},
        {"IPv4-mapped in hexadecimal", "::FFFF:c000:201", "192.0.2.1"},
        {"unspecified", "::", "::"},
        {"longest run of zeros, RFC 5952", "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"leading zero", "192.0.02.1", ""},
        {"octal or short forms", "192.1", ""},
        {"a number", "3221225985", ""},
        {"out of range", "192.0.2.256", ""},
        {"a port", "192.0.2.1:80", ""},
        {"a zone", "fe80::1%eth0", ""},
        {"brackets", "[::1]", ""},
        {"space", " 192.0.2.1", ""},
        {"a NUL", std::string_view("192.0.2.1\0", 10), ""},
        {"two runs of zeros", "1::2::3", ""},
        {"empty", "", ""},
    }));
    CAPTURE(row.what);
    const auto address = parse_ip(row.text);
    CHECK((address ? to_string(*address) : "") == row.printed);
    if (address) CHECK(IpAddress::from_bytes(address->bytes()) == address);
}

TEST_CASE("private addresses have no place on the public Internet") {
    for (const auto* text : {"10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "127.0.0.1", "169.254.1.1",
                             "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fd00::1", "fe80::1",
                             "ff02::1", "::ffff:10.0.0.1"}) {
        CAPTURE(text);
        CHECK(parse_ip(text)->is_private());
    }
    for (const auto* text : {"11.0.0.1", "172.32.0.1", "172.15.255.255", "100.128.0.1", "8.8.8.8", "192.0.2.1", "2001:db8::1",
                             "2600::1", "::ffff:8.8.8.8"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_ip(text)->is_private());
    }
    CHECK(parse_ip("127.9.9.9")->is_loopback());
    CHECK_FALSE(parse_ip("128.0.0.1")->is_loopback());
}

TEST_CASE("networks") {
    struct Row {
        std::string_view what, text, printed, first_outside, inside;
    };
    const auto row = GENERATE(values<Row>({
        {"IPv4", "198.51.100.0/24", "198.51.100.0/24", "198.51.101.0", "198.51.100.255"},
        {"bits after the prefix are cleared", "198.51.100.7/24", "198.51.100.0/24", "198.51.99.255", "198.51.100.0"},
        {"one address", "198.51.100.7", "198.51.100.7/32", "198.51.100.8", "198.51.100.7"},
        {"everything in IPv4, nothing in IPv6", "0.0.0.0/0", "0.0.0.0/0", "::1", "255.255.255.255"},
        {"everything in IPv6, nothing in IPv4", "::/0", "::/0", "192.0.2.1", "ffff::"},
        {"IPv6", "2001:db8::/33", "2001:db8::/33", "2001:db8:8000::", "2001:db8:7fff::1"},
        {"IPv6 past the middle", "2001:db8::/65", "2001:db8::/65", "2001:db8::8000:0:0:0", "2001:db8::1"},
        {"mapped", "::ffff:192.0.2.0/120", "192.0.2.0/24", "192.0.3.0", "192.0.2.9"},
        {"mapped, wider than IPv4", "::ffff:192.0.2.0/95", "", "", ""},
        {"too long", "192.0.2.0/33", "", "", ""},
        {"too long for IPv6", "::/129", "", "", ""},
        {"no bits", "192.0.2.0/", "", "", ""},
        {"a sign", "192.0.2.0/-1", "", "", ""},
        {"a plus", "192.0.2.0/+8", "", "", ""},
        {"a leading zero", "192.0.2.0/08", "", "", ""},
        {"a tail", "192.0.2.0/24x", "", "", ""},
        {"empty", "", "", "", ""},
    }));
    CAPTURE(row.what);
    const auto network = parse_cidr(row.text);
    CHECK((network ? to_string(*network) : "") == row.printed);
    if (!network) return;
    CHECK_FALSE(network->contains(*parse_ip(row.first_outside)));
    CHECK(network->contains(*parse_ip(row.inside)));
    CHECK(network->contains(network->first()));
    CHECK(network->contains(network->last()));
}

TEST_CASE("a network contains its own parts only") {
    CHECK(parse_cidr("192.0.2.0/24")->contains(*parse_cidr("192.0.2.128/25")));
    CHECK_FALSE(parse_cidr("192.0.2.128/25")->contains(*parse_cidr("192.0.2.0/24")));
    CHECK_FALSE(parse_cidr("::/0")->contains(*parse_cidr("192.0.2.0/24")));
}

TEST_CASE("the parts of an address that a subscriber and his neighbours share (risk-science.md §2.1)") {
    CHECK(to_string(prefix_of(*parse_ip("192.0.2.9"), kSubscriber)) == "192.0.2.9/32");
    CHECK(to_string(prefix_of(*parse_ip("192.0.2.9"), kNeighbours)) == "192.0.2.0/24");
    CHECK(to_string(prefix_of(*parse_ip("2001:db8:1:2:3::9"), kSubscriber)) == "2001:db8:1:2::/64");
    CHECK(to_string(prefix_of(*parse_ip("2001:db8:1:2:3::9"), kNeighbours)) == "2001:db8:1::/48");
}

}  // namespace
}  // namespace portcullis
