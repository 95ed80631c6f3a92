#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/ip.h"

namespace portcullis::geo {

/// Address → value, as the sorted starts of intervals: each value holds up to the next start. The value `{}` is nothing. IPv4
/// starts take 4 bytes, IPv6 starts 8, those inside a /64 16: 660 000 ranges of tor-geoipdb take 5 MB. A look-up is one or two
/// binary searches.
template <class Value>
class IntervalMap {
public:
    /// From `first` on the value is `value`. Starts must ascend within each family; a start given again replaces.
    void append(const IpAddress& first, Value value) {
        if (first.is_v4()) v4_.append(first.v4_number(), value);
        else if (first.low() == 0) v6_.append(first.high(), value);
        else v6_fine_.append({first.high(), first.low()}, value);
    }

    [[nodiscard]] Value find(const IpAddress& address) const {
        if (address.is_v4()) return v4_.find(address.v4_number());
        // The greatest start not above the address, among both tables.
        const auto coarse = v6_.at_or_before(address.high());
        const auto fine   = v6_fine_.at_or_before({address.high(), address.low()});
        if (fine == kNowhere) return v6_.value(coarse);
        if (coarse == kNowhere || Pair{v6_.starts[coarse], 0} < v6_fine_.starts[fine]) return v6_fine_.value(fine);
        return v6_.value(coarse);
    }

    [[nodiscard]] std::size_t size() const { return v4_.starts.size() + v6_.starts.size() + v6_fine_.starts.size(); }

    /// Gives back what growing took in advance.
    void shrink() {
        v4_.shrink();
        v6_.shrink();
        v6_fine_.shrink();
    }

private:
    using Pair                            = std::pair<std::uint64_t, std::uint64_t>;
    static constexpr std::size_t kNowhere = SIZE_MAX;

    template <class Start>
    struct Table {
        std::vector<Start> starts;
        std::vector<Value> values;

        void append(Start start, Value value) {
            PORTCULLIS_ASSERT(starts.empty() || starts.back() <= start);
            if (!starts.empty() && starts.back() == start) {
                values.back() = value;
                return;
            }
            starts.push_back(start);
            values.push_back(value);
        }
        [[nodiscard]] std::size_t at_or_before(const Start& at) const {
            const auto above = std::upper_bound(starts.begin(), starts.end(), at);
            return above == starts.begin() ? kNowhere : static_cast<std::size_t>(above - starts.begin()) - 1;
        }
        [[nodiscard]] Value value(std::size_t index) const { return index == kNowhere ? Value{} : values[index]; }
        [[nodiscard]] Value find(const Start& at) const { return value(at_or_before(at)); }
        void shrink() {
            starts.shrink_to_fit();
            values.shrink_to_fit();
        }
    };

    Table<std::uint32_t> v4_;
    Table<std::uint64_t> v6_;
    Table<Pair> v6_fine_;
};

/// The address after `address` in its own family; nothing after the last one.
std::optional<IpAddress> next_address(const IpAddress& address);

}  // namespace portcullis::geo
