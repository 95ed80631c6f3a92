#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <unordered_map>

#include "base/ip.h"

namespace portcullis::http {

enum class Counted { byAddress, inTotalOnly };

/// How many connections are open, in all and per IPv4 address or IPv6 /64 (PROTO-807).
class ConnectionCaps {
public:
    ConnectionCaps(std::size_t total_max, std::size_t per_address_max)
        : total_max_(total_max), per_address_max_(per_address_max) {}

    /// Counts a connection in; false, and nothing counted, when it is one too many.
    [[nodiscard]] bool enter(const IpAddress& peer, Counted counted);
    /// Counts it out again; with the arguments it entered by.
    void leave(const IpAddress& peer, Counted counted);

    [[nodiscard]] std::size_t open() const;
    /// Waits until none is open; false when some still are after `patience`.
    [[nodiscard]] bool wait_until_none(std::chrono::milliseconds patience);

private:
    const std::size_t total_max_, per_address_max_;
    mutable std::mutex mutex_;
    std::condition_variable emptied_;
    std::size_t total_ = 0;
    std::unordered_map<IpAddress, std::size_t> by_network_;
};

}  // namespace portcullis::http
