#include "core/identity/hardware_token.h"

#include <algorithm>

#include "base/ascii.h"

namespace portcullis::identity {

std::string_view to_string(HashFunction hash) {
    switch (hash) {
        case HashFunction::hmacsha1:   return "hmacsha1";
        case HashFunction::hmacsha256: return "hmacsha256";
        case HashFunction::hmacsha512: return "hmacsha512";
    }
    return {};
}

std::optional<HashFunction> parse_hash_function(std::string_view text) {
    for (const auto hash : {HashFunction::hmacsha1, HashFunction::hmacsha256, HashFunction::hmacsha512}) {
        if (to_string(hash) == text) return hash;
    }
    return std::nullopt;
}

std::string_view to_string(TokenStanding standing) {
    switch (standing) {
        case TokenStanding::available: return "available";
        case TokenStanding::assigned:  return "assigned";
        case TokenStanding::activated: return "activated";
    }
    return {};
}

TokenStanding standing_of(const HardwareToken& token) {
    if (!token.user) return TokenStanding::available;
    return token.method ? TokenStanding::activated : TokenStanding::assigned;
}

std::string serial_key(std::string_view serial_number) { return ascii::lower(serial_number); }

std::string name_of(const HardwareToken& token) {
    std::string name;
    for (const auto& part : {token.manufacturer, token.model, token.serial_number}) {
        if (!part.empty()) name += (name.empty() ? "" : " ") + part;
    }
    return name;
}

}  // namespace portcullis::identity
