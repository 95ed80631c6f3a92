#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/ip.h"
#include "base/time.h"
#include "core/policy/evaluate.h"

/// Named locations. Source: conditional-access.md §8; the JSON form is in wire/named_location_json.h.
namespace portcullis::policy {

inline constexpr std::size_t kNamedLocationsMax = 195;   // per tenant
inline constexpr std::size_t kRangesMax         = 2000;  // per location
inline constexpr int kPrefixMin                 = 8;     // bits, both families

/// One range of an IP location. Bits below the prefix are kept as they were written.
struct IpRange {
    Cidr network;
    std::string text;  // `12.34.221.11/22`

    bool operator==(const IpRange&) const = default;
};

struct IpLocation {
    bool is_trusted = false;
    std::vector<IpRange> ranges;

    bool operator==(const IpLocation&) const = default;
};

struct CountryLocation {
    std::vector<std::string> countries;  // ISO 3166-1 alpha-2, upper case
    bool include_unknown = false;        // includeUnknownCountriesAndRegions

    bool operator==(const CountryLocation&) const = default;
};

struct NamedLocation {
    LocationId id;
    std::string display_name;
    Instant created_at;
    std::optional<Instant> modified_at;
    std::variant<IpLocation, CountryLocation> where;

    [[nodiscard]] bool is_trusted() const;
    bool operator==(const NamedLocation&) const = default;
};

/// A tenant's named locations, prepared for matching. Immutable; part of the tenant snapshot.
class NamedLocations {
public:
    NamedLocations() = default;
    explicit NamedLocations(std::vector<NamedLocation> locations);

    [[nodiscard]] const std::vector<NamedLocation>& all() const { return locations_; }

    /// Where a request comes from: every location that matches. `country`: as looked up for this address, in either
    /// case. A private address has no country, whatever was looked up. An unknown country is matched only by locations
    /// that include unknown countries.
    [[nodiscard]] LocationFacts match(const std::optional<IpAddress>& address,
                                      const std::optional<std::string>& country) const;

private:
    /// All ranges of one prefix length, sorted, so that an address is looked up once for each length in use.
    struct Networks {
        int bits   = 0;
        bool is_v4 = false;
        struct Entry {
            IpAddress first;
            std::uint32_t location = 0;
            auto operator<=>(const Entry&) const = default;
        };
        std::vector<Entry> entries;
    };

    void add_address_matches(const IpAddress& address, LocationFacts& facts) const;
    void add_country_matches(LocationFacts& facts) const;

    std::vector<NamedLocation> locations_;
    std::vector<Networks> networks_;
};

}  // namespace portcullis::policy
