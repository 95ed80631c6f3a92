#include "adapters/user_agent/lru_cache.h"

namespace portcullis::user_agent {

std::optional<app::ClientFacts> LruCache::find(std::string_view key) {
    const std::lock_guard lock(mutex_);
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return std::nullopt;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->facts;
}

void LruCache::insert(std::string key, app::ClientFacts facts) {
    const std::lock_guard lock(mutex_);
    if (by_key_.contains(key)) return;
    entries_.push_front({std::move(key), std::move(facts)});
    by_key_.emplace(entries_.front().key, entries_.begin());
    bytes_ += bytes_of(entries_.front());
    while (bytes_ > bytes_max_) {
        bytes_ -= bytes_of(entries_.back());
        by_key_.erase(entries_.back().key);
        entries_.pop_back();
    }
}

std::size_t LruCache::size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
}

/// The key, the entry, and about 128 bytes of list and map nodes.
std::size_t LruCache::bytes_of(const Entry& entry) { return entry.key.size() + sizeof(Entry) + 128; }

}  // namespace portcullis::user_agent
