#include "base/id.h"

#include <array>

#include "base/ascii.h"

namespace portcullis::uuid {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::string_view kShape  = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
/// Where the two digits of each byte stand.
constexpr std::array<std::uint8_t, 16> kAt = {0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};

}  // namespace

std::string to_string(Words words) {
    std::string text(kShape);
    for (std::size_t i = 0; i < kAt.size(); ++i) {
        const std::uint64_t word = i < 8 ? words.high : words.low;
        const auto byte          = static_cast<std::uint8_t>(word >> (56 - 8 * (i % 8)));
        text[kAt[i]]             = kDigits[byte >> 4];
        text[kAt[i] + 1u]        = kDigits[byte & 0xF];
    }
    return text;
}

std::optional<Words> parse(std::string_view text) {
    if (text.size() != kShape.size()) return std::nullopt;
    if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return std::nullopt;
    Words words;
    for (std::size_t i = 0; i < kAt.size(); ++i) {
        const int high = ascii::hex_value(text[kAt[i]]), low = ascii::hex_value(text[kAt[i] + 1u]);
        if (high < 0 || low < 0) return std::nullopt;
        auto& word = i < 8 ? words.high : words.low;
        word       = (word << 8) | static_cast<std::uint64_t>(high << 4 | low);
    }
    return words;
}

Words version7(std::uint64_t unix_ms, const std::array<std::uint8_t, 10>& random) {
    std::uint64_t tail = 0;
    for (std::size_t i = 2; i < random.size(); ++i) tail = (tail << 8) | random[i];
    const std::uint64_t rand_a = ((static_cast<std::uint64_t>(random[0]) << 8) | random[1]) & 0x0FFF;
    return {(unix_ms << 16) | 0x7000 | rand_a, (tail & 0x3FFFFFFFFFFFFFFFULL) | 0x8000000000000000ULL};
}

}  // namespace portcullis::uuid
