#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace portcullis {

/// What was worked out for texts of strangers, the least recently used forgotten first. Bounded in bytes: the keys' and the
/// values' own, without what values hold elsewhere. Keys are kept whole, so that nobody can make one text read as another
/// by a colliding hash. Safe to call from many threads.
template <class Value>
class LruCache {
public:
    explicit LruCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    std::optional<Value> find(std::string_view key) {
        const std::lock_guard lock(mutex_);
        const auto found = by_key_.find(key);
        if (found == by_key_.end()) return std::nullopt;
        entries_.splice(entries_.begin(), entries_, found->second);
        return found->second->value;
    }

    void insert(std::string key, Value value) {
        const std::lock_guard lock(mutex_);
        if (by_key_.contains(key)) return;
        entries_.push_front({std::move(key), std::move(value)});
        by_key_.emplace(entries_.front().key, entries_.begin());
        bytes_ += bytes_of(entries_.front());
        while (bytes_ > bytes_max_) forget_last();
    }

    [[nodiscard]] std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return entries_.size();
    }

    /// What one entry counts for: the key, the entry, and about 128 bytes of list and map nodes.
    static std::size_t bytes_of(std::string_view key) { return key.size() + sizeof(Entry) + 128; }

private:
    struct Entry {
        std::string key;
        Value value;
    };
    static std::size_t bytes_of(const Entry& entry) { return bytes_of(std::string_view(entry.key)); }

    void forget_last() {
        bytes_ -= bytes_of(entries_.back());
        by_key_.erase(entries_.back().key);
        entries_.pop_back();
    }

    const std::size_t bytes_max_;
    mutable std::mutex mutex_;
    std::size_t bytes_ = 0;
    std::list<Entry> entries_;  // most recently used first
    std::unordered_map<std::string_view, typename std::list<Entry>::iterator> by_key_;
};

}  // namespace portcullis
