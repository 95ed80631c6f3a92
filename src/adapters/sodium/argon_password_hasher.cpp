#include "adapters/sodium/argon_password_hasher.h"

#include <sodium.h>

#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/assert.h"

namespace portcullis::sodium {
namespace {

constexpr std::size_t kPasswordBytesMax = 1024;         // 256 characters of four bytes (PROTO-805)
constexpr std::uint32_t kMemoryKibMax   = 1024 * 1024;  // what an imported hash may make us spend
constexpr std::uint32_t kPassesMax      = 16;
constexpr std::string_view kArgon2id    = "$argon2id$v=19$m=";
using Phc                               = std::array<char, crypto_pwhash_STRBYTES>;

Result<void> check(const Secret& password) {
    // PBKDF2 and scrypt pad with NUL, so `pw` and `pw\0` would be equal there: refused everywhere (PROTO-805).
    if (password.reveal().find('\0') != std::string_view::npos) {
        return Error{ErrorCode::invalidRequest, "password has a NUL character"};
    }
    if (password.size() > kPasswordBytesMax) return Error{ErrorCode::invalidRequest, "password is too long"};
    return {};
}

/// Reads a number and the text after it; nothing when either is not there.
std::optional<std::uint32_t> take_number(std::string_view& text, std::string_view then) {
    std::uint32_t number = 0;
    const auto read      = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    if (!text.starts_with(then)) return std::nullopt;
    text.remove_prefix(then.size());
    return number;
}

/// What a stored hash costs to check, or nothing when it is not an argon2id string we would check.
std::optional<PasswordCost> cost_of(std::string_view stored) {
    if (stored.size() >= Phc{}.size() || !stored.starts_with(kArgon2id)) return std::nullopt;
    if (stored.find('\0') != std::string_view::npos) return std::nullopt;
    auto rest             = stored.substr(kArgon2id.size());
    const auto memory_kib = take_number(rest, ",t=");
    if (!memory_kib || *memory_kib > kMemoryKibMax) return std::nullopt;
    const auto passes = take_number(rest, ",p=");
    if (!passes || *passes > kPassesMax) return std::nullopt;
    const auto lanes = take_number(rest, "$");
    if (lanes != 1u) return std::nullopt;
    return PasswordCost{.memory_kib = *memory_kib, .passes = *passes};
}

Error out_of_memory() { return {ErrorCode::unavailable, "no memory to hash a password"}; }

}  // namespace

ArgonPasswordHasher::ArgonPasswordHasher(PasswordCost cost, ArgonPool::Size size) : cost_(cost), pool_(size) {
    PORTCULLIS_ASSERT(sodium_init() >= 0);
    PORTCULLIS_ASSERT(cost_.memory_kib >= crypto_pwhash_MEMLIMIT_MIN / 1024 && cost_.memory_kib <= kMemoryKibMax);
    PORTCULLIS_ASSERT(cost_.passes >= crypto_pwhash_OPSLIMIT_MIN && cost_.passes <= kPassesMax);
}

Result<std::string> ArgonPasswordHasher::hash(const Secret& password) {
    TRY(check(password));
    const auto bytes = password.reveal();
    Phc phc{};
    int failed = 0;
    TRY(pool_.run([&] {
        failed = crypto_pwhash_str_alg(phc.data(), bytes.data(), bytes.size(), cost_.passes,
                                       std::size_t{cost_.memory_kib} * 1024, crypto_pwhash_ALG_ARGON2ID13);
    }));
    if (failed) return out_of_memory();
    return std::string(phc.data());
}

Result<app::Verified> ArgonPasswordHasher::verify(const Secret& password, std::string_view stored) {
    TRY(check(password));
    const auto cost = cost_of(stored);
    if (!cost) return Error{ErrorCode::invalidRequest, "stored password hash is not an argon2id string"};

    const auto bytes = password.reveal();
    Phc phc{};
    std::memcpy(phc.data(), stored.data(), stored.size());
    int failed = 0;
    TRY(pool_.run([&] { failed = crypto_pwhash_str_verify(phc.data(), bytes.data(), bytes.size()); }));
    if (failed) return app::Verified{};
    return app::Verified{.matches      = true,
                         .needs_rehash = cost->memory_kib < cost_.memory_kib || cost->passes < cost_.passes};
}

Result<void> ArgonPasswordHasher::verify_decoy(const Secret& password) {
    TRY(check(password));
    // Hashing costs what verifying costs: libsodium verifies by hashing again under the stored salt.
    static constexpr std::array<unsigned char, crypto_pwhash_SALTBYTES> kSalt{};
    const auto bytes = password.reveal();
    std::array<unsigned char, 32> ignored{};
    int failed = 0;
    TRY(pool_.run([&] {
        failed = crypto_pwhash(ignored.data(), ignored.size(), bytes.data(), bytes.size(), kSalt.data(), cost_.passes,
                               std::size_t{cost_.memory_kib} * 1024, crypto_pwhash_ALG_ARGON2ID13);
    }));
    wipe(ignored.data(), ignored.size());
    if (failed) return out_of_memory();
    return {};
}

}  // namespace portcullis::sodium
