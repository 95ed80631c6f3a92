#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "adapters/geo/country_file.h"
#include "adapters/geo/list_file.h"
#include "adapters/geo/overlay_file.h"
#include "adapters/geo/prefix_table.h"

namespace {

using namespace portcullis;

void check(bool holds) {
    if (!holds) std::abort();
}

void check_addresses(std::string_view text) {
    if (const auto address = parse_ip(text)) {
        check(parse_ip(to_string(*address)) == address);
        check(IpAddress::from_bytes(address->bytes()) == address);
    }
    if (const auto network = parse_cidr(text)) {
        check(parse_cidr(to_string(*network)) == network);
        check(network->contains(network->first()) && network->contains(network->last()));
    }
}

void check_table(const std::vector<Cidr>& networks) {
    const geo::PrefixTable table(networks);
    for (const auto& network : networks) {
        const auto found = table.find(network.first());
        check(found && networks[*found].contains(network.first()) && networks[*found].bits() >= network.bits());
        for (auto at = table.around(*found); at; at = table.around(*at)) check(networks[*at].contains(networks[*found]));
    }
}

}  // namespace

/// Address lists, overlays and country files of others: every line is taken or refused, and what is taken is found again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_addresses(text);

    const auto list = geo::parse_list("fuzz", text);
    check(list.networks.size() == list.group_of.size() && list.groups.size() <= list.networks.size());
    for (std::size_t i = 0; i < list.networks.size(); ++i) {
        check(list.group_of[i] < list.groups.size());
        const auto& group = list.groups[list.group_of[i]];
        check(group.anonymizer.has_value() != group.threat.has_value());
        check(!list.networks[i].first().is_private() && list.networks[i].bits() >= (list.networks[i].is_v4() ? 8 : 19));
    }
    check_table(list.networks);

    const auto overlay = geo::parse_overlay(text);
    check(overlay.networks.size() == overlay.rows.size());
    check_table(overlay.networks);

    geo::CountryFile countries;
    countries.add(text);
    if (size >= 16) (void)countries.country(*IpAddress::from_bytes(text.substr(0, 16)));
    return 0;
}
