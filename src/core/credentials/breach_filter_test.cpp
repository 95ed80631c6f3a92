#include "core/credentials/breach_filter.h"

#include <algorithm>
#include <catch2/catch.hpp>

namespace portcullis::credentials {
namespace {

/// Keys that look like the first bytes of digests; the same every time.
std::vector<BreachKey> some_keys(std::size_t count, std::uint64_t start) {
    std::vector<BreachKey> keys;
    auto state = start;
    for (std::size_t i = 0; i < count; ++i) {
        state += 0x9e3779b97f4a7c15ULL;
        auto x = state;
        x      = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
        x      = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
        keys.push_back(x ^ (x >> 31));
    }
    std::ranges::sort(keys);
    keys.erase(std::ranges::unique(keys).begin(), keys.end());
    return keys;
}

/// A whole file of these keys, the way a builder writes it.
std::string file_of(const std::vector<BreachKey>& keys, int shard_bits) {
    std::vector<BreachShardShape> shapes;
    std::string body;
    for (std::size_t shard = 0; shard < std::size_t{1} << shard_bits; ++shard) {
        std::vector<BreachKey> own;
        std::ranges::copy_if(keys, std::back_inserter(own), [&](BreachKey key) { return breach_shard_of(key, shard_bits) == shard; });
        const auto built = build_breach_shard(own);
        REQUIRE(built);
        shapes.push_back(built->shape);
        body.append(built->fingerprints.begin(), built->fingerprints.end());
    }
    return breach_file_head(shapes, std::string(32, 'x')) + body;
}

}  // namespace

TEST_CASE("CRED-059 every key of a breach list is found, one in 256 others is too", "[breach]") {
    for (const std::size_t count : {0UL, 1UL, 2UL, 3UL, 10UL, 100UL, 5000UL, 200'000UL}) {
        const auto keys   = some_keys(count, 1);
        const auto file   = file_of(keys, count > 1000 ? 2 : 0);
        const auto filter = BreachFilter::over(file);
        REQUIRE(filter);
        CAPTURE(count);
        CHECK(filter->entries() == count);
        CHECK(std::ranges::all_of(keys, [&](BreachKey key) { return filter->may_contain(key); }));
        if (count < 1000) continue;
        const auto others = some_keys(100'000, 77);
        const auto wrong  = std::ranges::count_if(others, [&](BreachKey key) { return filter->may_contain(key); });
        CHECK(wrong > 200);
        CHECK(wrong < 700);  // 390 are to be expected
    }
}

TEST_CASE("CRED-059 a large breach list takes at most ten bits an entry", "[breach]") {
    const auto keys = some_keys(500'000, 5);
    const auto file = file_of(keys, breach_shard_bits(keys.size()));
    CHECK(static_cast<double>(file.size()) * 8 / static_cast<double>(keys.size()) <= 10);
}

TEST_CASE("an empty breach list contains nothing", "[breach]") {
    const auto file   = file_of({}, 0);
    const auto filter = BreachFilter::over(file);
    REQUIRE(filter);
    CHECK_FALSE(filter->may_contain(0));
    CHECK_FALSE(filter->may_contain(~BreachKey{0}));
}

TEST_CASE("shards of a breach list follow its size and cover every key", "[breach]") {
    CHECK(breach_shard_bits(0) == 0);
    CHECK(breach_shard_bits(2'000'000) == 0);
    CHECK(breach_shard_bits(2'000'001) == 1);
    CHECK(breach_shard_bits(10'000'000) == 3);
    CHECK(breach_shard_bits(1'000'000'000'000) == 8);
    CHECK(breach_shard_of(~BreachKey{0}, 8) == 255);
    CHECK(breach_shard_of(~BreachKey{0}, 0) == 0);
}

TEST_CASE("a breach list that is cut, longer or damaged is refused, not misread", "[breach]") {
    const auto whole = file_of(some_keys(300, 9), 1);
    REQUIRE(BreachFilter::over(whole));
    const auto is_refused = [](const std::string& file) { return !BreachFilter::over(file); };
    for (std::size_t length = 0; length < whole.size(); ++length) CHECK(is_refused(whole.substr(0, length)));
    CHECK(is_refused(whole + "x"));
    const auto with = [&](std::size_t at, char byte) {
        auto damaged = whole;
        damaged[at]  = byte;
        return damaged;
    };
    CHECK(is_refused(with(0, 'x')));                          // what it is
    CHECK(is_refused(with(8, 9)));                            // version
    CHECK(is_refused(with(12, 9)));                           // number of shards
    CHECK(is_refused(with(16, 'x')));                         // entries in all
    CHECK(is_refused(with(kBreachHeaderBytes + 8, 'x')));     // where a shard begins
    CHECK(is_refused(with(kBreachHeaderBytes + 20, 3)));      // segment length: no power of two
    CHECK(is_refused(with(kBreachHeaderBytes + 27, '\x7f'))); // more segments than bytes
}

TEST_CASE("a breach key is the head of the digest", "[breach]") {
    CHECK(breach_key(std::string_view("\x01\x02\x03\x04\x05\x06\x07\x08tail", 12)) == 0x0102030405060708ULL);
    CHECK_FALSE(breach_key("short"));
}

}  // namespace portcullis::credentials
