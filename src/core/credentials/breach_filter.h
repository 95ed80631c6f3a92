#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

/// The passwords of breaches as a set that can only be asked (credentials.md §11.1, CRED-059): no password can be read back from
/// it, and one in 256 that is not in it is said to be. Pure: whoever maps or writes the file is elsewhere.
///
/// Each of up to 256 shards is a binary fuse filter with three probes and 8-bit fingerprints (Graf and Lemire, "Binary Fuse
/// Filters: Fast and Smaller Than Xor Filters", 2022): about 9 bits an entry, three bytes read a question.
namespace portcullis::credentials {

/// The first 64 bits of a password's SHA-1, most significant first: what lists of breached passwords hold.
using BreachKey = std::uint64_t;
/// Of the raw bytes of a SHA-1. Nothing when there are fewer than 8.
std::optional<BreachKey> breach_key(std::string_view sha1);

/// How a shard's fingerprints are laid out.
struct BreachShardShape {
    std::uint64_t seed                 = 0;
    std::uint32_t entries              = 0;
    std::uint32_t segment_length       = 0;  ///< a power of two
    std::uint32_t segment_count_length = 0;  ///< segments that a first probe can fall into, times their length
    [[nodiscard]] std::uint64_t bytes() const { return segment_count_length == 0 ? 0 : std::uint64_t{segment_count_length} + 2 * std::uint64_t{segment_length}; }
};

struct BreachShard {
    BreachShardShape shape;
    std::vector<std::uint8_t> fingerprints;
};

/// The shard of these keys, each of them once. The same keys make the same shard. Errors: unavailable when no arrangement is found,
/// which only keys made for it can bring about.
Result<BreachShard> build_breach_shard(std::span<const BreachKey> keys);

/// Bits of a key that choose its shard: 0 to 8, so that a shard has at most some millions of entries.
int breach_shard_bits(std::uint64_t entries);
std::size_t breach_shard_of(BreachKey key, int shard_bits);

/// The file: a header, a table of shards, then their fingerprints. Numbers are little-endian.
inline constexpr std::size_t kBreachHeaderBytes = 64;
inline constexpr std::size_t kBreachShardBytes  = 32;
/// Header and table for these shards, in their order; what follows has the checksum `sha256` (32 bytes).
std::string breach_file_head(std::span<const BreachShardShape> shards, std::string_view sha256);

/// A filter over the bytes of a file, which must outlive it.
class BreachFilter {
public:
    /// Refuses whatever would make a probe leave the file. Errors: invalidRequest, saying what is wrong.
    static Result<BreachFilter> over(std::string_view file);

    [[nodiscard]] bool may_contain(BreachKey key) const;
    [[nodiscard]] std::uint64_t entries() const { return entries_; }
    /// What the fingerprints must hash to, and the fingerprints: reading all of them is for those who have the time.
    [[nodiscard]] std::string_view sha256() const { return sha256_; }
    [[nodiscard]] std::string_view body() const { return body_; }

private:
    struct Shard {
        BreachShardShape shape;
        const char* fingerprints = nullptr;
    };
    std::vector<Shard> shards_;
    int shard_bits_        = 0;
    std::uint64_t entries_ = 0;
    std::string_view sha256_, body_;
};

}  // namespace portcullis::credentials
