#include "http/server/connection_caps.h"

#include "base/assert.h"

namespace portcullis::http {
namespace {

/// One subscriber has a whole /64 of IPv6 to come from.
constexpr PrefixLengths kOneSubscriber{32, 64};

IpAddress network_of(const IpAddress& peer) { return prefix_of(peer, kOneSubscriber).first(); }

}  // namespace

bool ConnectionCaps::enter(const IpAddress& peer, Counted counted) {
    const std::lock_guard lock(mutex_);
    if (total_ >= total_max_) return false;
    if (counted == Counted::byAddress) {
        auto& count = by_network_[network_of(peer)];
        if (count >= per_address_max_) return false;
        ++count;
    }
    ++total_;
    return true;
}

void ConnectionCaps::leave(const IpAddress& peer, Counted counted) {
    const std::lock_guard lock(mutex_);
    PORTCULLIS_ASSERT(total_ > 0);
    --total_;
    if (counted == Counted::byAddress) {
        const auto found = by_network_.find(network_of(peer));
        PORTCULLIS_ASSERT(found != by_network_.end());
        if (--found->second == 0) by_network_.erase(found);
    }
    if (total_ == 0) emptied_.notify_all();
}

std::size_t ConnectionCaps::open() const {
    const std::lock_guard lock(mutex_);
    return total_;
}

bool ConnectionCaps::wait_until_none(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return emptied_.wait_for(lock, patience, [this] { return total_ == 0; });
}

}  // namespace portcullis::http
