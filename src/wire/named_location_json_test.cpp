#include "wire/named_location_json.h"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace portcullis;
using namespace portcullis::policy;

namespace {

constexpr std::string_view kOffice = R"({"@odata.type": "#microsoft.graph.ipNamedLocation", "displayName": "Office", "isTrusted": true,
  "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "12.34.221.11/22"},
               {"@odata.type": "microsoft.graph.iPv6CidrRange", "cidrAddress": "2001:0:9d38:90d6::/63"}]})";
constexpr std::string_view kCountries = R"({"@odata.type": "#microsoft.graph.countryNamedLocation", "displayName": "Here",
  "countriesAndRegions": ["FR", "MC"], "includeUnknownCountriesAndRegions": true})";

json::object with(std::string_view document, std::string_view member, std::string_view value) {
    auto object    = json::parse_object(document).value();
    object[member] = json::parse(value).value();
    return object;
}

std::string one_range(std::string_view type, std::string_view cidr) {
    return R"([{"@odata.type": "#microsoft.graph.)" + std::string(type) + R"(", "cidrAddress": ")" + std::string(cidr) + R"("}])";
}

}  // namespace

TEST_CASE("named locations are read, and written as they were sent, host bits included (CA-047)") {
    const auto office = wire::parse_named_location(kOffice).location;
    REQUIRE(office);
    CHECK(office->is_trusted());
    const auto& ranges = std::get<IpLocation>(office->where).ranges;
    REQUIRE(ranges.size() == 2);
    CHECK(ranges[0].text == "12.34.221.11/22");
    CHECK(to_string(ranges[0].network) == "12.34.220.0/22");

    const auto here = wire::parse_named_location(kCountries).location;
    REQUIRE(here);
    CHECK(std::get<CountryLocation>(here->where) == CountryLocation{{"FR", "MC"}, true});

    for (auto location : {*office, *here}) {
        location.id          = LocationId{5, 1};
        location.created_at  = from_unix_seconds(1'700'000'000);
        location.modified_at = from_unix_seconds(1'700'000'001);
        const auto again     = wire::parse_named_location(json::to_text(wire::to_json(location)));
        REQUIRE(again.location);
        CHECK(*again.location == location);
    }
}

TEST_CASE("a named location that cannot be matched is refused, with the path of what is wrong") {
    struct Row {
        std::string_view document;
        std::string member, value, path;
    };
    const auto row = GENERATE(values<Row>({
        {kOffice, "@odata.type", "null", "@odata.type"},
        {kOffice, "@odata.type", R"("#microsoft.graph.compliantNetworkNamedLocation")", "@odata.type"},
        {kOffice, "displayName", "null", "displayName"},
        {kOffice, "displayName", R"("")", "displayName"},
        {kOffice, "isTrusted", R"("yes")", "isTrusted"},
        {kOffice, "countriesAndRegions", R"(["FR"])", "countriesAndRegions"},
        {kOffice, "ipRanges", "[]", "ipRanges"},
        {kOffice, "ipRanges", R"(["198.51.100.0/24"])", "ipRanges[0]"},
        {kOffice, "ipRanges", R"([{"cidrAddress": "198.51.100.0/24"}])", "ipRanges[0].@odata.type"},
        {kOffice, "ipRanges", one_range("iPv4Range", "198.51.100.0/24"), "ipRanges[0].@odata.type"},
        {kOffice, "ipRanges", one_range("iPv4CidrRange", "198.51.100.1"), "ipRanges[0].cidrAddress"},
        {kOffice, "ipRanges", one_range("iPv4CidrRange", "198.51.100.0/33"), "ipRanges[0].cidrAddress"},
        {kOffice, "ipRanges", one_range("iPv4CidrRange", "10.0.0.0/7"), "ipRanges[0].cidrAddress"},
        {kOffice, "ipRanges", one_range("iPv4CidrRange", "2001:db8::/32"), "ipRanges[0].cidrAddress"},
        {kOffice, "ipRanges", one_range("iPv6CidrRange", "198.51.100.0/24"), "ipRanges[0].cidrAddress"},
        {kOffice, "ipRanges", one_range("iPv6CidrRange", "2000::/7"), "ipRanges[0].cidrAddress"},
        {kCountries, "isTrusted", "true", "isTrusted"},
        {kCountries, "countriesAndRegions", R"(["fr"])", "countriesAndRegions[0]"},
        {kCountries, "countriesAndRegions", R"(["FRA"])", "countriesAndRegions[0]"},
        {kCountries, "countryLookupMethod", R"("authenticatorAppGps")", "countryLookupMethod"},
        {kCountries, "countryLookupMethod", R"("guess")", "countryLookupMethod"},
        {kCountries, "id", R"("x")", "id"},
    }));
    INFO(row.member << " " << row.value);
    const auto result = wire::parse_named_location(with(row.document, row.member, row.value));
    CHECK_FALSE(result.location);
    CHECK(std::ranges::any_of(result.findings, [&](const Finding& f) { return f.path == row.path; }));
}

TEST_CASE("a named location without a kind is refused, an empty kind too") {
    for (const auto* text : {R"({"displayName": "Office", "isTrusted": true})", R"({"@odata.type": "", "displayName": "Office", "isTrusted": true})",
                             R"({"@odata.type": null, "displayName": "Office"})"}) {
        CAPTURE(text);
        const auto parsed = wire::parse_named_location(text);
        CHECK_FALSE(parsed.location);
        CHECK_FALSE(parsed.findings.empty());
    }
}

TEST_CASE("ranges from /8 to a single address are accepted, private ones too (§8)") {
    const auto range = GENERATE(values<std::pair<std::string, std::string>>({
        {"iPv4CidrRange", "10.0.0.0/8"},
        {"iPv4CidrRange", "198.51.100.7/32"},
        {"iPv6CidrRange", "2000::/8"},
        {"iPv6CidrRange", "fd00::1/128"},
        {"iPv6CidrRange", "::ffff:198.51.100.0/120"},
    }));
    INFO(range.second);
    CHECK(wire::parse_named_location(with(kOffice, "ipRanges", one_range(range.first, range.second))).location);
}

TEST_CASE("the 2001st range is refused (CA-047)") {
    json::array ranges;
    for (std::size_t i = 0; i < kRangesMax; ++i)
        ranges.push_back(json::object{{"@odata.type", "#microsoft.graph.iPv4CidrRange"}, {"cidrAddress", "198.51.100.0/24"}});
    auto document        = json::parse_object(kOffice).value();
    document["ipRanges"] = ranges;
    CHECK(wire::parse_named_location(document).location);
    ranges.push_back(ranges[0]);
    document["ipRanges"] = ranges;
    CHECK_FALSE(wire::parse_named_location(document).location);
}

TEST_CASE("no country at all is refused unless unknown countries are included") {
    CHECK(wire::parse_named_location(with(kCountries, "countriesAndRegions", "[]")).location);
    auto document = with(kCountries, "countriesAndRegions", "[]");
    document["includeUnknownCountriesAndRegions"] = false;
    CHECK_FALSE(wire::parse_named_location(document).location);
}
