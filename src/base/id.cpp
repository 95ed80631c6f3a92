#include "base/id.h"

namespace portcullis::uuid {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::string_view kShape  = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::string to_string(Words words) {
    std::string text(kShape);
    int nibble = 0;
    for (auto& c : text) {
        if (c == '-') continue;
        const std::uint64_t word = nibble < 16 ? words.high : words.low;
        c = kDigits[(word >> (60 - 4 * (nibble % 16))) & 0xF];
        ++nibble;
    }
    return text;
}

std::optional<Words> parse(std::string_view text) {
    if (text.size() != kShape.size()) return std::nullopt;
    Words words;
    int nibble = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (kShape[i] == '-') {
            if (text[i] != '-') return std::nullopt;
            continue;
        }
        const int value = digit_value(text[i]);
        if (value < 0) return std::nullopt;
        auto& word = nibble < 16 ? words.high : words.low;
        word       = (word << 4) | static_cast<std::uint64_t>(value);
        ++nibble;
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
