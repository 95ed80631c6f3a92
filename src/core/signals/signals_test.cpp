#include <catch2/catch.hpp>

#include "core/signals/places.h"
#include "core/signals/signals.h"
#include "core/signals/siphash.h"

namespace portcullis::signals {
namespace {
const HashKey kReferenceKey{0x0706050403020100, 0x0f0e0d0c0b0a0908};
}

TEST_CASE("siphash24 gives the vectors of its paper and reference code") {
    struct Row {
        std::size_t length;
        std::uint64_t expected;
    };
    const auto row = GENERATE(values<Row>({
        {0, 0x726fdb47dd0e0e31},
        {1, 0x74f839c593dc67fd},
        {7, 0xab0200f58b01d137},
        {8, 0x93f5f5799a932462},
        {15, 0xa129ca6149be45e5},
    }));
    std::string bytes;
    for (std::size_t i = 0; i < row.length; ++i) bytes += static_cast<char>(i);

    CHECK(siphash24(kReferenceKey, bytes) == row.expected);
}

TEST_CASE("distances follow the surface of the earth") {
    CHECK(great_circle_km({51.507, -0.128}, {40.713, -74.006}) == Approx(5570).margin(10));
    CHECK(great_circle_km({51.507, -0.128}, {51.507, -0.128}) == Approx(0).margin(0.001));
    CHECK(great_circle_km({0, 179.5}, {0, -179.5}) == Approx(111.2).margin(0.5));
    CHECK(great_circle_km({90, 0}, {-90, 0}) == Approx(20015).margin(5));
}

TEST_CASE("neighbours share a land border, in either order; unknown codes border nothing") {
    struct Row {
        std::string_view a, b;
        bool expected;
    };
    const auto row = GENERATE(values<Row>({
        {"DE", "DE", true},
        {"DE", "FR", true},
        {"FR", "DE", true},
        {"ZW", "ZM", true},
        {"GB", "FR", false},
        {"US", "RU", false},
        {"DE", "ES", false},
        {"ZZ", "DE", false},
        {"", "", false},
        {"DEU", "FR", false},
    }));
    CAPTURE(row.a, row.b);
    CHECK(are_same_or_neighbours(row.a, row.b) == row.expected);
}

TEST_CASE("a missing signal says why, and one that nobody asked for says that") {
    SignInSignals s;
    s.missing = {{Signal::asn, "private address"}};
    CHECK(s.why_missing(Signal::asn) == "private address");
    CHECK(s.why_missing(Signal::country) == "not looked up");
    CHECK(s.is_missing(Signal::asn));
    CHECK_FALSE(s.is_missing(Signal::country));
}

TEST_CASE("every name of a signal's enumerations reads back") {
    for (int i = 0; i < 10; ++i) CHECK(parse_signal(to_string(static_cast<Signal>(i))) == static_cast<Signal>(i));
    for (int i = 0; i < 6; ++i) CHECK(parse_anonymizer(to_string(static_cast<Anonymizer>(i))) == static_cast<Anonymizer>(i));
    for (int i = 0; i < 6; ++i)
        CHECK(parse_threat_category(to_string(static_cast<ThreatCategory>(i))) == static_cast<ThreatCategory>(i));
    for (int i = 0; i < 7; ++i) CHECK(parse_protocol(to_string(static_cast<Protocol>(i))) == static_cast<Protocol>(i));
    for (int i = 0; i < 5; ++i) CHECK(parse_device_type(to_string(static_cast<DeviceType>(i))) == static_cast<DeviceType>(i));
    CHECK_FALSE(parse_signal("Asn"));
    CHECK_FALSE(parse_anonymizer(""));
}

}  // namespace portcullis::signals
