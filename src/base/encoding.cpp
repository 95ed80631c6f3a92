#include "base/encoding.h"

#include <array>
#include <cstdint>
#include <cstring>

#include "base/ascii.h"

namespace portcullis {
namespace {

constexpr std::string_view kUrl   = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kHex    = "0123456789abcdef";

using Reverse = std::array<std::int8_t, 256>;

constexpr Reverse reverse_of(std::string_view alphabet) {
    Reverse table{};
    for (auto& entry : table) entry = -1;
    for (std::size_t i = 0; i < alphabet.size(); ++i) table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return table;
}

/// `Bits` bits a character (RFC 4648 §4, §6, §8), no padding.
template <unsigned Bits>
std::string encode_bits(std::string_view bytes, std::string_view alphabet) {
    constexpr std::uint32_t kMask = (1u << Bits) - 1;
    std::string text((bytes.size() * 8 + Bits - 1) / Bits, '\0');
    char* out            = text.data();
    std::uint32_t buffer = 0;
    unsigned held        = 0;
    for (const char c : bytes) {
        buffer = (buffer << 8) | static_cast<unsigned char>(c);
        for (held += 8; held >= Bits;) {
            held -= Bits;
            *out++ = alphabet[(buffer >> held) & kMask];
        }
    }
    if (held > 0) *out = alphabet[(buffer << (Bits - held)) & kMask];
    return text;
}

template <unsigned Bits>
std::optional<std::string> decode_bits(std::string_view text, const Reverse& reverse) {
    std::string bytes(text.size() * Bits / 8, '\0');
    char* out            = bytes.data();
    std::uint32_t buffer = 0;
    unsigned held        = 0;
    for (const char c : text) {
        const std::int8_t value = reverse[static_cast<unsigned char>(c)];
        if (value < 0) return std::nullopt;
        buffer = (buffer << Bits) | static_cast<std::uint32_t>(value);
        held += Bits;
        if (held >= 8) {
            held -= 8;
            *out++ = static_cast<char>((buffer >> held) & 0xFF);
        }
    }
    // What is left over must be padding bits: fewer than one character's worth, and all zero.
    if (held >= Bits || (buffer & ((1u << held) - 1)) != 0) return std::nullopt;
    return bytes;
}

/// How many bytes at the start are ASCII, in whole words of eight: nearly all of what we store and send.
std::size_t ascii_start(std::string_view text) {
    std::size_t i = 0;
    for (std::uint64_t word = 0; i + sizeof word <= text.size(); i += sizeof word) {
        std::memcpy(&word, text.data() + i, sizeof word);
        if ((word & 0x8080808080808080ULL) != 0) break;
    }
    return i;
}

bool is_unreserved(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string base64url(std::string_view bytes) { return encode_bits<6>(bytes, kUrl); }

std::optional<std::string> parse_base64url(std::string_view text) {
    static constexpr auto kReverse = reverse_of(kUrl);
    return decode_bits<6>(text, kReverse);
}

std::string base64(std::string_view bytes) {
    auto text = encode_bits<6>(bytes, kPlain);
    while (text.size() % 4 != 0) text += '=';
    return text;
}

std::optional<std::string> parse_base64(std::string_view text) {
    static constexpr auto kReverse = reverse_of(kPlain);
    if (text.size() % 4 != 0) return std::nullopt;
    for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
    return decode_bits<6>(text, kReverse);
}

std::string base32(std::string_view bytes) { return encode_bits<5>(bytes, kBase32); }

std::optional<std::string> parse_base32(std::string_view text) {
    static constexpr auto kReverse = reverse_of(kBase32);
    std::string clean;
    for (const char c : text) {
        if (c == ' ' || c == '=') continue;
        clean += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return decode_bits<5>(clean, kReverse);
}

std::string hex(std::string_view bytes) { return encode_bits<4>(bytes, kHex); }

std::optional<std::string> parse_hex(std::string_view text) {
    static constexpr auto kReverse = reverse_of(kHex);
    std::string lower;
    for (const char c : text) lower += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower.size() % 2 != 0) return std::nullopt;
    return decode_bits<4>(lower, kReverse);
}

std::string percent_encode(std::string_view text) {
    std::string encoded;
    encoded.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c)) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += "0123456789ABCDEF"[byte >> 4];
        encoded += "0123456789ABCDEF"[byte & 0xF];
    }
    return encoded;
}

std::optional<std::string> percent_decode(std::string_view text, Plus plus) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus == Plus::is_space) {
            decoded += ' ';
            continue;
        }
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = ascii::hex_value(text[i + 1]), low = ascii::hex_value(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        decoded += static_cast<char>(high << 4 | low);
        i += 2;
    }
    return decoded;
}

std::string html_escape(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out += c;
        }
    }
    return out;
}

bool is_utf8(std::string_view text) {
    for (std::size_t i = ascii_start(text); i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if (lead < 0x80) {
            ++i;
            continue;
        }
        const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (lead < 0xC2 || lead > 0xF4 || i + length > text.size()) return false;
        std::uint32_t point = lead & (0xFFu >> (length + 1));
        for (std::size_t k = 1; k < length; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            if ((next & 0xC0) != 0x80) return false;
            point = (point << 6) | (next & 0x3Fu);
        }
        constexpr std::array<std::uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
        if (point < kSmallest[length] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
        i += length;
    }
    return true;
}

}  // namespace portcullis
