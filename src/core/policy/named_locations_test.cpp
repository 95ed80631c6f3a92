#include "core/policy/named_locations.h"

#include <catch2/catch.hpp>

#include "core/policy/test_policies.h"

using namespace portcullis;
using namespace portcullis::policy;
using namespace portcullis::policy::testing;

namespace {

constexpr LocationId kLab{5, 4}, kAnywhereOdd{5, 5};

IpRange range(std::string text) { return {parse_cidr(text).value(), text}; }

NamedLocations locations() {
    return NamedLocations({
        {.id = kOffice, .display_name = "Office",
         .where = IpLocation{true, {range("198.51.100.0/24"), range("2001:db8:1::/48"), range("198.51.100.128/25")}}},
        {.id = kLab, .display_name = "Lab", .where = IpLocation{false, {range("198.51.100.64/26"), range("10.0.0.0/8")}}},
        {.id = kFrance, .display_name = "France", .where = CountryLocation{{"FR", "MC"}, false}},
        {.id = kAnywhereOdd, .display_name = "Unknown", .where = CountryLocation{{}, true}},
    });
}

}  // namespace

TEST_CASE("named locations: every match counts, families never mix, unknown countries need the flag (CA-048)") {
    struct Row {
        std::string address, country;
        std::vector<LocationId> matched;
        bool is_trusted;
        std::optional<std::string> known_country;
    };
    const auto row = GENERATE(values<Row>({
        {"198.51.100.1", "FR", {kOffice, kFrance}, true, "FR"},
        {"198.51.100.200", "DE", {kOffice}, true, "DE"},
        {"198.51.100.65", "fr", {kOffice, kFrance, kLab}, true, "FR"},
        {"198.51.101.1", "MC", {kFrance}, false, "MC"},
        {"203.0.113.9", "", {kAnywhereOdd}, false, std::nullopt},
        {"2001:db8:1::5", "DE", {kOffice}, true, "DE"},
        {"2001:db8:2::5", "DE", {}, false, "DE"},
        {"::ffff:198.51.100.1", "DE", {kOffice}, true, "DE"},
        {"10.1.2.3", "FR", {kLab, kAnywhereOdd}, false, std::nullopt},
        {"", "", {kAnywhereOdd}, false, std::nullopt},
        {"", "FR", {kAnywhereOdd}, false, std::nullopt},
    }));
    INFO(row.address << " " << row.country);
    const auto country = row.country.empty() ? std::nullopt : std::optional{row.country};
    const auto facts   = locations().match(parse_ip(row.address), country);

    CHECK(facts.matched == row.matched);
    CHECK(facts.is_trusted == row.is_trusted);
    CHECK(facts.country == row.known_country);
    CHECK(facts.is_address_known == !row.address.empty());
}

TEST_CASE("no named locations match nothing") {
    const auto facts = NamedLocations{}.match(parse_ip("192.0.2.1"), "FR");
    CHECK(facts.matched.empty());
    CHECK_FALSE(facts.is_trusted);
}
