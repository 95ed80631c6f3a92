#include "wire/named_location_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "wire/document_reader.h"

namespace portcullis::wire {
namespace {

using namespace policy;  // this file spells the type out member by member

constexpr std::string_view kIpType      = "#microsoft.graph.ipNamedLocation";
constexpr std::string_view kCountryType = "#microsoft.graph.countryNamedLocation";
constexpr std::string_view kV4Type      = "#microsoft.graph.iPv4CidrRange";
constexpr std::string_view kV6Type      = "#microsoft.graph.iPv6CidrRange";

bool is_type(std::string_view written, std::string_view type) { return written == type || written == type.substr(1); }

std::optional<IpRange> read_range(const DocumentReader& in) {
    in.allow_only({"cidrAddress"});
    const auto type = in.required_text("@odata.type");
    const auto text = in.required_text("cidrAddress");
    if (!type || !text) return std::nullopt;

    const bool is_v4 = is_type(*type, kV4Type);
    if (!is_v4 && !is_type(*type, kV6Type)) {
        in.refuse(kSchemaRule, "@odata.type",
                  fmt::format("`{}` is not a kind of range; use iPv4CidrRange or iPv6CidrRange", *type));
        return std::nullopt;
    }
    const auto network = parse_cidr(*text);
    if (!network || text->find('/') == std::string::npos) {
        in.refuse(kSchemaRule, "cidrAddress", fmt::format("`{}` is not a network of the form address/bits", *text));
        return std::nullopt;
    }
    const bool is_v6_text = text->find(':') != std::string::npos;  // an IPv4-mapped network is written as IPv6
    if (is_v4 == is_v6_text) in.refuse(kSchemaRule, "cidrAddress", "the range is of the other address family");
    if (network->bits() < kPrefixMin) in.refuse(kSchemaRule, "cidrAddress", fmt::format("wider than /{}", kPrefixMin));
    return IpRange{*network, *text};
}

IpLocation read_ip_location(const DocumentReader& in) {
    in.allow_only({"id", "displayName", "createdDateTime", "modifiedDateTime", "deletedDateTime", "isTrusted",
                   "ipRanges"});
    IpLocation location;
    location.is_trusted = in.boolean("isTrusted").value_or(false);
    in.each_object("ipRanges", [&](const DocumentReader& range) {
        if (auto read = read_range(range)) location.ranges.push_back(std::move(*read));
    });
    const auto* ranges = json::array_at(in.object(), "ipRanges");
    const auto count   = ranges == nullptr ? 0 : ranges->size();
    if (count == 0 || count > kRangesMax)
        in.refuse(kSchemaRule, "ipRanges", fmt::format("from 1 to {} ranges", kRangesMax));
    return location;
}

bool is_country_code(std::string_view text) {
    return text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

CountryLocation read_country_location(const DocumentReader& in) {
    in.allow_only({"id", "displayName", "createdDateTime", "modifiedDateTime", "deletedDateTime", "countriesAndRegions",
                   "includeUnknownCountriesAndRegions", "countryLookupMethod"});
    const auto lookup = in.text("countryLookupMethod").value_or("clientIpAddress");
    if (lookup == "authenticatorAppGps")
        in.refuse(kUnsupportedRule, "countryLookupMethod", "countries are looked up by address only");
    else if (lookup != "clientIpAddress")
        in.refuse(kSchemaRule, "countryLookupMethod", fmt::format("`{}` is not a lookup method", lookup));

    CountryLocation location;
    location.include_unknown = in.boolean("includeUnknownCountriesAndRegions").value_or(false);
    in.each_text("countriesAndRegions", [&](auto text, const auto& place) {
        if (!is_country_code(text))
            in.refuse(kSchemaRule, place, fmt::format("`{}` is not an ISO 3166-1 alpha-2 code", text));
        else if (std::ranges::find(location.countries, text) == location.countries.end())
            location.countries.emplace_back(text);
    });
    if (location.countries.empty() && !location.include_unknown)
        in.refuse(kSchemaRule, "countriesAndRegions", "no country is named");
    return location;
}

void read_common(const DocumentReader& in, NamedLocation& location) {
    in.refuse_unsupported("deletedDateTime", "a deleted location cannot be saved");
    location.id = in.id<LocationId>("id").value_or(LocationId{});
    location.display_name = in.required_text("displayName").value_or("");
    if (location.display_name.size() > kDisplayNameMax)
        in.refuse(kSchemaRule, "displayName", fmt::format("longer than {} bytes", kDisplayNameMax));
    if (in.has("displayName") && location.display_name.empty())
        in.refuse(kSchemaRule, "displayName", "the location has no name");
    location.created_at  = in.instant("createdDateTime").value_or(Instant{});
    location.modified_at = in.instant("modifiedDateTime");
}

void write_where(json::object& document, const IpLocation& location) {
    json::array ranges;
    for (const auto& range : location.ranges) {
        const auto type = range.text.find(':') == std::string::npos ? kV4Type : kV6Type;
        ranges.push_back(json::object{{"@odata.type", type}, {"cidrAddress", range.text}});
    }
    document["isTrusted"] = location.is_trusted;
    document["ipRanges"]  = std::move(ranges);
}

void write_where(json::object& document, const CountryLocation& location) {
    json::array countries;
    for (const auto& country : location.countries) countries.emplace_back(country);
    document["countriesAndRegions"]               = std::move(countries);
    document["includeUnknownCountriesAndRegions"] = location.include_unknown;
    document["countryLookupMethod"]               = "clientIpAddress";
}

}  // namespace

ParsedNamedLocation parse_named_location(const json::object& document) {
    ParsedNamedLocation parsed;
    NamedLocation location;
    const DocumentReader in(document, "", parsed.findings);
    const auto type = in.required_text("@odata.type");  // its absence is refused there
    if (type && is_type(*type, kIpType)) location.where = read_ip_location(in);
    else if (type && is_type(*type, kCountryType)) location.where = read_country_location(in);
    else if (type) in.refuse(kSchemaRule, "@odata.type", fmt::format("`{}` is not a kind of named location", *type));

    read_common(in, location);
    if (!is_rejected(parsed.findings)) parsed.location = std::move(location);
    return parsed;
}

ParsedNamedLocation parse_named_location(std::string_view text) {
    return parse_document<ParsedNamedLocation>(text, kNamedLocationBytesMax, parse_named_location);
}

json::object to_json(const policy::NamedLocation& location) {
    const auto type = std::holds_alternative<IpLocation>(location.where) ? kIpType : kCountryType;

    json::object document{{"@odata.type", type},
                          {"id", location.id.is_nil() ? json::value(nullptr) : json::value(to_string(location.id))},
                          {"displayName", location.display_name},
                          {"createdDateTime", created_or_null(location.created_at)},
                          {"modifiedDateTime", time_or_null(location.modified_at)}};
    std::visit([&](const auto& where) { write_where(document, where); }, location.where);
    return document;
}

}  // namespace portcullis::wire
