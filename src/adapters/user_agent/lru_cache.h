#pragma once

#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "app/ports/user_agents.h"

namespace portcullis::user_agent {

/// What strings were parsed to, the least recently used forgotten first. Bounded in bytes, because what is cached comes from
/// strangers. Keys are kept whole, so that nobody can make one client read as another by a colliding hash.
class LruCache {
public:
    explicit LruCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    std::optional<app::ClientFacts> find(std::string_view key);
    void insert(std::string key, app::ClientFacts facts);

    [[nodiscard]] std::size_t size() const;

private:
    struct Entry {
        std::string key;
        app::ClientFacts facts;
    };
    static std::size_t bytes_of(const Entry& entry);

    const std::size_t bytes_max_;
    mutable std::mutex mutex_;
    std::size_t bytes_ = 0;
    std::list<Entry> entries_;  // most recently used first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key_;
};

}  // namespace portcullis::user_agent
