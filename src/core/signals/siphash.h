#pragma once

#include <cstdint>
#include <string_view>

namespace portcullis::signals {

/// 128 secret bits, one key for each tenant: what a profile remembers cannot be guessed back without it.
struct HashKey {
    std::uint64_t k0 = 0, k1 = 0;
};

/// SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012).
std::uint64_t siphash24(const HashKey& key, std::string_view bytes);

/// The lower half of siphash24: how features are remembered (risk-science.md §2.1).
inline std::uint32_t hash32(const HashKey& key, std::string_view bytes) {
    return static_cast<std::uint32_t>(siphash24(key, bytes));
}

}  // namespace portcullis::signals
