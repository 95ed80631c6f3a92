#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "base/time.h"

namespace portcullis::app {

/// A place on Earth as a data set believes it.
struct Place {
    /// Empty when only the country is known.
    std::string city, state;
    /// ISO 3166-1 alpha-2, upper case.
    std::string country;
    double latitude = 0, longitude = 0;
    /// How far the truth may be away: the data set's own radius, 50 km for a city without one, and for a country alone the
    /// radius of a circle of its area (risk-science.md §4.3).
    double accuracy_km = 0;
};

/// `none` only when a fresh list was consulted and does not have the address; otherwise not listed is `unknown`.
enum class Anonymizer { unknown, none, tor, vpn, proxy, relay };
std::string_view to_string(Anonymizer kind);

enum class ThreatCategory { actor, botnet, c2, scanner };
std::string_view to_string(ThreatCategory category);

enum class ListConfidence { low, medium, high };
std::string_view to_string(ListConfidence confidence);

/// An address on a threat list.
struct ThreatEntry {
    std::string list;
    ThreatCategory category   = ThreatCategory::scanner;
    ListConfidence confidence = ListConfidence::low;
    std::optional<Instant> expires_at;
};

enum class NetworkFact { asn, country, place, anonymizer, threat };
std::string_view to_string(NetworkFact fact);

/// Which data set was asked for one fact, how old it is, and why it gave nothing. One per data set consulted; at least one for
/// every fact, so an absent fact always has its reason.
struct Provenance {
    NetworkFact fact = NetworkFact::asn;
    /// `libloc`, `tor-geoipdb`, the name of a list, `overlay`; `none` when no data set is configured.
    std::string data_set;
    /// When the data set says it was made. Absent for data that does not age (maintained by hand).
    std::optional<Instant> as_of;
    std::optional<Duration> age;
    /// Older than what this fact tolerates: 48 h for lists, 45 days for country, ASN and place (risk-science.md §5). Stale data
    /// still answers; detectors lower their level.
    bool is_stale = false;
    /// Why this data set gave nothing: "still loading", "not in the data", "private address"...; empty when it answered.
    std::string missing;
    /// The data set was loaded and asked; with `missing` set, it does not hold the address.
    bool was_asked = false;
};

/// What is known about the network behind an address. Absent is unknown, never "safe".
struct NetworkFacts {
    std::optional<std::uint32_t> asn;
    std::optional<std::string> as_name;
    /// ISO 3166-1 alpha-2, upper case.
    std::optional<std::string> country;
    std::optional<Place> place;
    Anonymizer anonymizer = Anonymizer::unknown;
    /// The list that said so, when one did.
    std::string anonymizer_list;
    std::optional<ThreatEntry> threat;
    /// Places of such an address say little about where the person is (risk-science.md §4.3).
    bool is_satellite = false, is_anycast = false;
    std::vector<Provenance> provenance;
};

/// What data sets on this machine say about an address. Never asks the network.
class NetworkIntelligence {
public:
    virtual ~NetworkIntelligence() = default;

    /// `now` ages the data and ends expired entries. Takes microseconds; safe to call from many threads.
    virtual NetworkFacts look_up(const IpAddress& address, Instant now) const = 0;
};

/// One data set, for operators (`/readyz`, command line, administration).
struct DataSetStatus {
    std::string name, path;
    std::optional<Instant> as_of;
    std::size_t entries = 0;
    /// Lines refused, the first few with number and reason; or why the whole was refused. Empty when all is well.
    std::vector<std::string> problems;
    bool is_loaded = false;
};

}  // namespace portcullis::app
