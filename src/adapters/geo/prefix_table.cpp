#include "adapters/geo/prefix_table.h"

#include <algorithm>
#include <numeric>

namespace portcullis::geo {
namespace {

std::optional<std::uint32_t> index_of(std::uint32_t stored) {
    if (stored == 0) return std::nullopt;
    return stored - 1;
}

}  // namespace

std::optional<IpAddress> next_address(const IpAddress& address) {
    if (address.is_v4()) {
        if (address.v4_number() == UINT32_MAX) return std::nullopt;
        return IpAddress::v4(address.v4_number() + 1);
    }
    if (address.low() != UINT64_MAX) return IpAddress::v6(address.high(), address.low() + 1);
    if (address.high() == UINT64_MAX) return std::nullopt;
    return IpAddress::v6(address.high() + 1, 0);
}

PrefixTable::PrefixTable(const std::vector<Cidr>& networks) : around_(networks.size(), 0) {
    PORTCULLIS_ASSERT(networks.size() < UINT32_MAX);
    std::vector<std::uint32_t> order(networks.size());
    std::iota(order.begin(), order.end(), 0U);
    // By family, start and length: every network after the ones that contain it.
    std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) {
        const auto& left  = networks[a];
        const auto& right = networks[b];
        if (left.is_v4() != right.is_v4()) return left.is_v4();
        return left.first() != right.first() ? left.first() < right.first() : left.bits() < right.bits();
    });

    std::vector<std::uint32_t> open;  // the networks around the place the sweep has reached, largest first
    const auto close_one = [&] {
        const auto after = next_address(networks[open.back()].last());
        open.pop_back();
        if (after) intervals_.append(*after, open.empty() ? 0 : open.back() + 1);
    };
    for (const auto index : order) {
        const auto& network = networks[index];
        while (!open.empty() && !networks[open.back()].contains(network)) close_one();
        around_[index] = open.empty() ? 0 : open.back() + 1;
        intervals_.append(network.first(), index + 1);
        open.push_back(index);
    }
    while (!open.empty()) close_one();
    intervals_.shrink();
}

std::optional<std::uint32_t> PrefixTable::find(const IpAddress& address) const { return index_of(intervals_.find(address)); }
std::optional<std::uint32_t> PrefixTable::around(std::uint32_t index) const { return index_of(around_[index]); }

}  // namespace portcullis::geo
