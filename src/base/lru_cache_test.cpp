#include "base/lru_cache.h"

#include <catch2/catch.hpp>

namespace portcullis {

TEST_CASE("the least recently used is forgotten first, and the cache is bounded in bytes") {
    using Cache = LruCache<std::string>;
    Cache cache(3 * Cache::bytes_of("a"));
    for (const auto* key : {"a", "b", "c"}) cache.insert(key, key);
    CHECK(cache.find("a") == "a");
    cache.insert("d", "d");
    CHECK(cache.size() == 3);
    CHECK_FALSE(cache.find("b"));
    CHECK(cache.find("a"));
    cache.insert("a", "not this");
    CHECK(cache.find("a") == "a");
    cache.insert(std::string(10'000, 'x'), "too large");
    CHECK(cache.size() == 0);
}

}  // namespace portcullis
