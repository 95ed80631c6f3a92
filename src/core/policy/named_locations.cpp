#include "core/policy/named_locations.h"

#include <algorithm>

namespace portcullis::policy {
namespace {

std::string upper(std::string code) {
    for (auto& c : code) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return code;
}

bool lists(const CountryLocation& location, const std::optional<std::string>& country) {
    if (!country) return location.include_unknown;
    return std::ranges::find(location.countries, *country) != location.countries.end();
}

}  // namespace

bool NamedLocation::is_trusted() const {
    const auto* ip = std::get_if<IpLocation>(&where);
    return ip != nullptr && ip->is_trusted;
}

NamedLocations::NamedLocations(std::vector<NamedLocation> locations) : locations_(std::move(locations)) {
    for (std::uint32_t at = 0; at < locations_.size(); ++at) {
        const auto* ip = std::get_if<IpLocation>(&locations_[at].where);
        if (ip == nullptr) continue;
        for (const auto& range : ip->ranges) {
            const auto same = [&](const Networks& n) {
                return n.bits == range.network.bits() && n.is_v4 == range.network.is_v4();
            };
            auto found = std::ranges::find_if(networks_, same);
            if (found == networks_.end())
                found = networks_.insert(networks_.end(), {range.network.bits(), range.network.is_v4(), {}});
            found->entries.push_back({range.network.first(), at});
        }
    }
    for (auto& networks : networks_) std::ranges::sort(networks.entries);
}

LocationFacts NamedLocations::match(const std::optional<IpAddress>& address,
                                    const std::optional<std::string>& country) const {
    LocationFacts facts;
    facts.is_address_known = address.has_value();
    const bool has_country = address && !address->is_private() && country && !country->empty();
    if (has_country) facts.country = upper(*country);

    if (address) add_address_matches(*address, facts);
    add_country_matches(facts);
    std::ranges::sort(facts.matched);
    const auto repeated = std::ranges::unique(facts.matched);  // several ranges of one location
    facts.matched.erase(repeated.begin(), repeated.end());
    return facts;
}

void NamedLocations::add_address_matches(const IpAddress& address, LocationFacts& facts) const {
    for (const auto& networks : networks_) {
        const auto network = Cidr::of(address, networks.bits);
        if (networks.is_v4 != address.is_v4() || !network) continue;
        const auto same = std::ranges::equal_range(networks.entries, network->first(), {}, &Networks::Entry::first);
        for (const auto& entry : same) {
            facts.matched.push_back(locations_[entry.location].id);
            facts.is_trusted |= locations_[entry.location].is_trusted();
        }
    }
}

void NamedLocations::add_country_matches(LocationFacts& facts) const {
    for (const auto& location : locations_) {
        const auto* countries = std::get_if<CountryLocation>(&location.where);
        if (countries != nullptr && lists(*countries, facts.country)) facts.matched.push_back(location.id);
    }
}

}  // namespace portcullis::policy
