#include "core/credentials/breach_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "base/assert.h"

namespace portcullis::credentials {
namespace {

constexpr std::string_view kMagic        = "PORTBRCH";
constexpr std::uint32_t kVersion         = 1;
constexpr std::uint64_t kShardEntries    = 2'000'000;  // of one shard, as a rule
constexpr std::uint64_t kShardEntriesMax = 500'000'000;
constexpr std::uint32_t kSegmentMax      = 1U << 18;
constexpr int kShardBitsMax              = 8;
constexpr int kAttemptsMax               = 100;

using Probes = std::array<std::uint32_t, 3>;

/// MurmurHash3's finaliser: every bit of the key moves every bit of the answer.
std::uint64_t mixed(std::uint64_t x) {
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdULL;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53ULL;
    return x ^ (x >> 33);
}

std::uint8_t fingerprint_of(std::uint64_t hash) { return static_cast<std::uint8_t>(hash ^ (hash >> 32)); }

/// Three neighbouring segments, one slot in each.
Probes probes_of(std::uint64_t hash, const BreachShardShape& shape) {
    __extension__ using Wide = unsigned __int128;
    const auto first = static_cast<std::uint32_t>((Wide{hash} * shape.segment_count_length) >> 64);
    const auto mask  = shape.segment_length - 1;
    return {first, (first + shape.segment_length) ^ (static_cast<std::uint32_t>(hash >> 18) & mask),
            (first + 2 * shape.segment_length) ^ (static_cast<std::uint32_t>(hash) & mask)};
}

/// Segment length and room as the paper measured them for three probes.
BreachShardShape shape_for(std::size_t entries) {
    BreachShardShape shape{.seed = 0, .entries = static_cast<std::uint32_t>(entries), .segment_length = 4, .segment_count_length = 0};
    if (entries == 0) return shape;
    const double n    = std::max(2.0, static_cast<double>(entries));
    const auto length = 1U << static_cast<unsigned>(std::floor(std::log(n) / std::log(3.33) + 2.25));
    const double room = entries < 2 ? 4 : n * std::max(1.125, 0.875 + 0.25 * std::log(1e6) / std::log(n));
    shape.segment_length = std::min(length, kSegmentMax);
    const auto segments  = (static_cast<std::uint64_t>(std::round(room)) + shape.segment_length - 1) / shape.segment_length;
    shape.segment_count_length = static_cast<std::uint32_t>(std::max<std::uint64_t>(segments, 3) - 2) * shape.segment_length;
    return shape;
}

/// What of a slot is not yet decided: how many keys probe it, and the xor of their hashes.
struct Slot {
    std::uint64_t hashes = 0;
    std::uint32_t keys   = 0;
};
struct Peeled {
    std::uint64_t hash;
    std::uint32_t slot;
};

/// The keys in an order in which each has a slot of its own among those that come before; nothing when there is none.
std::optional<std::vector<Peeled>> peel(std::span<const BreachKey> keys, const BreachShardShape& shape) {
    std::vector<Slot> slots(shape.bytes());
    for (const auto key : keys) {
        const auto hash = mixed(key + shape.seed);
        for (const auto at : probes_of(hash, shape)) {
            slots[at].hashes ^= hash;
            ++slots[at].keys;
        }
    }
    std::vector<std::uint32_t> alone;
    for (std::uint32_t at = 0; at < slots.size(); ++at) {
        if (slots[at].keys == 1) alone.push_back(at);
    }
    std::vector<Peeled> order;
    order.reserve(keys.size());
    while (!alone.empty()) {
        const auto slot = alone.back();
        alone.pop_back();
        if (slots[slot].keys != 1) continue;
        const auto hash = slots[slot].hashes;
        order.push_back({hash, slot});
        for (const auto at : probes_of(hash, shape)) {
            slots[at].hashes ^= hash;
            if (--slots[at].keys == 1) alone.push_back(at);
        }
    }
    if (order.size() != keys.size()) return std::nullopt;
    return order;
}

void put(std::string& into, std::uint64_t number, int bytes) {
    for (int i = 0; i < bytes; ++i) into.push_back(static_cast<char>(number >> (8 * i)));
}

std::uint64_t number_at(std::string_view text, std::size_t at, int bytes) {
    std::uint64_t number = 0;
    for (int i = bytes - 1; i >= 0; --i) number = (number << 8) | static_cast<unsigned char>(text[at + static_cast<std::size_t>(i)]);
    return number;
}

Error damaged(std::string_view what) { return {ErrorCode::invalidRequest, fmt::format("not a list of breached passwords: {}", what)}; }

}  // namespace

std::optional<BreachKey> breach_key(std::string_view sha1) {
    if (sha1.size() < 8) return std::nullopt;
    BreachKey key = 0;
    for (const char c : sha1.substr(0, 8)) key = (key << 8) | static_cast<unsigned char>(c);
    return key;
}

Result<BreachShard> build_breach_shard(std::span<const BreachKey> keys) {
    BreachShard shard{.shape = shape_for(keys.size()), .fingerprints = {}};
    if (keys.empty()) return shard;
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
        shard.shape.seed = mixed(static_cast<std::uint64_t>(attempt) + 1);
        const auto order = peel(keys, shard.shape);
        if (!order) continue;
        shard.fingerprints.assign(shard.shape.bytes(), 0);
        for (auto it = order->rbegin(); it != order->rend(); ++it) {
            auto value = fingerprint_of(it->hash);
            for (const auto at : probes_of(it->hash, shard.shape)) value ^= shard.fingerprints[at];
            shard.fingerprints[it->slot] = static_cast<std::uint8_t>(value ^ shard.fingerprints[it->slot]);
        }
        return shard;
    }
    return Error{ErrorCode::unavailable, "these keys cannot be arranged"};
}

int breach_shard_bits(std::uint64_t entries) {
    const auto shards = std::max<std::uint64_t>(1, (entries + kShardEntries - 1) / kShardEntries);
    return std::min(kShardBitsMax, static_cast<int>(std::bit_width(shards - 1)));
}

std::size_t breach_shard_of(BreachKey key, int shard_bits) { return shard_bits == 0 ? 0 : static_cast<std::size_t>(key >> (64 - shard_bits)); }

std::string breach_file_head(std::span<const BreachShardShape> shards, std::string_view sha256) {
    PORTCULLIS_ASSERT(std::has_single_bit(shards.size()) && shards.size() <= (1U << kShardBitsMax) && sha256.size() == 32);
    std::string head(kMagic);
    put(head, kVersion, 4);
    put(head, static_cast<std::uint64_t>(std::countr_zero(shards.size())), 4);
    std::uint64_t entries = 0;
    for (const auto& shape : shards) entries += shape.entries;
    put(head, entries, 8);
    head += sha256;
    head.resize(kBreachHeaderBytes, '\0');
    std::uint64_t offset = kBreachHeaderBytes + shards.size() * kBreachShardBytes;
    for (const auto& shape : shards) {
        put(head, shape.seed, 8);
        put(head, offset, 8);
        put(head, shape.entries, 4);
        put(head, shape.segment_length, 4);
        put(head, shape.segment_count_length, 4);
        put(head, 0, 4);
        offset += shape.bytes();
    }
    return head;
}

Result<BreachFilter> BreachFilter::over(std::string_view file) {
    if (file.size() < kBreachHeaderBytes || file.substr(0, kMagic.size()) != kMagic) return damaged("its first bytes are not those of one");
    if (number_at(file, 8, 4) != kVersion) return damaged("its version is not one this program reads");
    const auto bits = number_at(file, 12, 4);
    if (bits > kShardBitsMax) return damaged("it has more parts than there can be");
    const std::size_t shards = std::size_t{1} << bits;
    const auto body_at       = kBreachHeaderBytes + shards * kBreachShardBytes;
    if (file.size() < body_at) return damaged("its table is cut off");

    BreachFilter filter;
    filter.shard_bits_     = static_cast<int>(bits);
    filter.sha256_         = file.substr(24, 32);
    filter.body_           = file.substr(body_at);
    std::uint64_t expected = body_at;
    for (std::size_t i = 0; i < shards; ++i) {
        const auto at = kBreachHeaderBytes + i * kBreachShardBytes;
        const BreachShardShape shape{.seed                 = number_at(file, at, 8),
                                     .entries              = static_cast<std::uint32_t>(number_at(file, at + 16, 4)),
                                     .segment_length       = static_cast<std::uint32_t>(number_at(file, at + 20, 4)),
                                     .segment_count_length = static_cast<std::uint32_t>(number_at(file, at + 24, 4))};
        if (number_at(file, at + 8, 8) != expected) return damaged("its parts do not follow each other");
        if (shape.entries > kShardEntriesMax || (shape.entries == 0) != (shape.segment_count_length == 0)) return damaged("a part has no room for its entries");
        if (!std::has_single_bit(shape.segment_length) || shape.segment_length > kSegmentMax || shape.segment_count_length % shape.segment_length != 0) {
            return damaged("a part has no shape");
        }
        if (shape.bytes() > file.size() - expected) return damaged("it is cut off");
        filter.shards_.push_back({shape, file.data() + expected});
        filter.entries_ += shape.entries;
        expected += shape.bytes();
    }
    if (expected != file.size()) return damaged("something follows its end");
    if (filter.entries_ != number_at(file, 16, 8)) return damaged("its parts have another number of entries than it says");
    return filter;
}

bool BreachFilter::may_contain(BreachKey key) const {
    const auto& shard = shards_[breach_shard_of(key, shard_bits_)];
    if (shard.shape.entries == 0) return false;
    const auto hash = mixed(key + shard.shape.seed);
    auto value      = fingerprint_of(hash);
    for (const auto at : probes_of(hash, shard.shape)) value = static_cast<std::uint8_t>(value ^ static_cast<unsigned char>(shard.fingerprints[at]));
    return value == 0;
}

}  // namespace portcullis::credentials
