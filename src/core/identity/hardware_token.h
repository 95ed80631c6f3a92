#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/time.h"

namespace portcullis::identity {

/// How a token makes its codes; spelled as Graph's `hashFunction`.
enum class HashFunction : std::uint8_t { hmacsha1, hmacsha256, hmacsha512 };
std::string_view to_string(HashFunction hash);
std::optional<HashFunction> parse_hash_function(std::string_view text);

/// Where a token is in its life (credentials.md §6.2): in the drawer, somebody's, or proven by them.
enum class TokenStanding : std::uint8_t { available, assigned, activated };
std::string_view to_string(TokenStanding standing);

/// A hardware OATH token of the tenant's inventory. It is one person's at most; what it is not, its secret says to nobody.
struct HardwareToken {
    HardwareTokenId id;
    std::string serial_number;  // as written; one of its kind in the tenant, by `serial_key`
    std::string manufacturer;
    std::string model;
    std::string sealed_secret;  // see app/ports/sealer.h
    HashFunction hash = HashFunction::hmacsha1;
    Duration interval = std::chrono::seconds{30};  // or 60 s
    int drift         = 0;                         // steps its clock is ahead of ours, as last learned: -2 to 2
    std::int64_t last_used_step = -1;              // steps up to this one are spent, whosever it was then (PROTO-520)
    std::optional<UserId> user     = {};           // absent: available
    std::optional<MethodId> method = {};           // absent: not activated
    Instant created_at   = {};
    Instant assigned_at  = {};  // of those that are
    Instant activated_at = {};
};

TokenStanding standing_of(const HardwareToken& token);
/// Serial numbers are compared without regard to ASCII case: they are read from a label and typed.
std::string serial_key(std::string_view serial_number);
/// What its owner and administrators call it: `Feitian c200 2308374827`.
std::string name_of(const HardwareToken& token);

}  // namespace portcullis::identity
