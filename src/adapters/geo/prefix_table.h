#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "adapters/geo/interval_map.h"

namespace portcullis::geo {

/// Longest prefix match over networks that may nest. Networks are named by their index in the vector the table was built from.
class PrefixTable {
public:
    PrefixTable() = default;
    explicit PrefixTable(const std::vector<Cidr>& networks);

    /// The smallest network that contains `address`.
    [[nodiscard]] std::optional<std::uint32_t> find(const IpAddress& address) const;
    /// The next larger network that contains network `index`; of equal networks, the one that came before.
    [[nodiscard]] std::optional<std::uint32_t> around(std::uint32_t index) const;

private:
    IntervalMap<std::uint32_t> intervals_;  // index + 1; 0 is nothing
    std::vector<std::uint32_t> around_;     // likewise
};

}  // namespace portcullis::geo
