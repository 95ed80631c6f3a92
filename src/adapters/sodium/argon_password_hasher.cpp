#include "adapters/sodium/argon_password_hasher.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/assert.h"
#include "base/encoding.h"

namespace portcullis::sodium {
namespace {

constexpr std::size_t kPasswordBytesMax = 1024;         // 256 characters of four bytes (PROTO-805)
constexpr std::uint32_t kMemoryKibMax   = 1024 * 1024;  // what an imported hash may make us spend
constexpr std::uint32_t kPassesMax      = 16;
constexpr std::string_view kArgon2id    = "$argon2id$v=19$m=";
constexpr std::string_view kKeyId       = ",keyid=MQ$";  // the first key; PHC string format, "Argon2 Encoding"
constexpr std::string_view kKeyUse      = "portcullis password hashes 1";
constexpr std::size_t kSaltBytes        = crypto_pwhash_SALTBYTES;
constexpr std::size_t kHashBytes        = 32;
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

/// Base64 without padding, as PHC strings have it.
std::string text_of(std::string_view bytes) {
    auto text = base64(bytes);
    text.erase(text.find_last_not_of('=') + 1);
    return text;
}

/// Nothing unless the text is base64 without padding of so many bytes.
std::string bytes_of(std::string_view text, std::size_t size) {
    auto bytes = parse_base64(std::string(text) + std::string((4 - text.size() % 4) % 4, '='));
    return bytes && bytes->size() == size ? std::move(*bytes) : "";
}

Secret authenticated(std::string_view key, std::string_view message) {
    std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.data()), key.size());
    crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(message.data()), message.size());
    crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(mac.data()));
    wipe(&state, sizeof state);
    return Secret(std::move(mac));
}

Error out_of_memory() { return {ErrorCode::unavailable, "no memory to hash a password"}; }

}  // namespace

/// A stored string, read. `salt` and `hash` are bytes when it is keyed; else libsodium reads the text itself.
struct ArgonPasswordHasher::Stored {
    std::string_view text;
    PasswordCost cost;
    bool is_keyed = false;
    std::string salt, hash;

    /// Nothing when it is not an argon2id string we would check.
    static std::optional<Stored> read(std::string_view text) {
        if (text.size() >= Phc{}.size() || !text.starts_with(kArgon2id) || text.find('\0') != std::string_view::npos) return std::nullopt;
        auto rest             = text.substr(kArgon2id.size());
        const auto memory_kib = take_number(rest, ",t=");
        if (!memory_kib || *memory_kib > kMemoryKibMax) return std::nullopt;
        const auto passes = take_number(rest, ",p=");
        if (!passes || *passes > kPassesMax) return std::nullopt;
        const auto lanes = take_number(rest, "");
        if (lanes != 1u) return std::nullopt;
        Stored stored{.text = text, .cost = {.memory_kib = *memory_kib, .passes = *passes}, .is_keyed = rest.starts_with(kKeyId), .salt = {}, .hash = {}};
        if (!stored.is_keyed) return rest.starts_with("$") ? std::optional(std::move(stored)) : std::nullopt;
        rest.remove_prefix(kKeyId.size());
        const auto middle = rest.find('$');
        stored.salt       = bytes_of(rest.substr(0, middle), kSaltBytes);
        stored.hash       = middle == std::string_view::npos ? "" : bytes_of(rest.substr(middle + 1), kHashBytes);
        if (stored.salt.empty() || stored.hash.empty()) return std::nullopt;
        return stored;
    }
};

ArgonPasswordHasher::ArgonPasswordHasher(const Secret& pepper, PasswordCost cost, ArgonPool::Size size) : cost_(cost), pool_(size) {
    PORTCULLIS_ASSERT(sodium_init() >= 0);
    PORTCULLIS_ASSERT(cost_.memory_kib >= crypto_pwhash_MEMLIMIT_MIN / 1024 && cost_.memory_kib <= kMemoryKibMax);
    PORTCULLIS_ASSERT(cost_.passes >= crypto_pwhash_OPSLIMIT_MIN && cost_.passes <= kPassesMax);
    key_ = authenticated(pepper.reveal(), kKeyUse);
}

Result<Secret> ArgonPasswordHasher::keyed(const Secret& password, const std::string& salt, PasswordCost cost) {
    const auto bytes = password.reveal();
    std::array<unsigned char, kHashBytes> raw{};
    int failed = 0;
    TRY(pool_.run([&] {
        failed = crypto_pwhash(raw.data(), raw.size(), bytes.data(), bytes.size(), reinterpret_cast<const unsigned char*>(salt.data()), cost.passes,
                               std::size_t{cost.memory_kib} * 1024, crypto_pwhash_ALG_ARGON2ID13);
    }));
    if (failed) return out_of_memory();
    auto hash = authenticated(key_.reveal(), {reinterpret_cast<const char*>(raw.data()), raw.size()});
    wipe(raw.data(), raw.size());
    return hash;
}

Result<std::string> ArgonPasswordHasher::hash(const Secret& password) {
    TRY(check(password));
    std::string salt(kSaltBytes, '\0');
    randombytes_buf(salt.data(), salt.size());
    const auto hash = TRY(keyed(password, salt, cost_));
    return fmt::format("{}{},t={},p=1{}{}${}", kArgon2id, cost_.memory_kib, cost_.passes, kKeyId, text_of(salt), text_of(hash.reveal()));
}

Result<bool> ArgonPasswordHasher::matches(const Secret& password, const Stored& stored) {
    if (stored.is_keyed) {
        const auto hash = TRY(keyed(password, stored.salt, stored.cost));
        return sodium_memcmp(hash.reveal().data(), stored.hash.data(), kHashBytes) == 0;
    }
    const auto bytes = password.reveal();
    Phc phc{};
    std::memcpy(phc.data(), stored.text.data(), stored.text.size());
    int failed = 0;
    TRY(pool_.run([&] { failed = crypto_pwhash_str_verify(phc.data(), bytes.data(), bytes.size()); }));
    return failed == 0;
}

Result<app::Verified> ArgonPasswordHasher::verify(const Secret& password, std::string_view text) {
    TRY(check(password));
    const auto stored = Stored::read(text);
    if (!stored) return Error{ErrorCode::invalidRequest, "stored password hash is not an argon2id string"};
    if (!TRY(matches(password, *stored))) return app::Verified{};
    const bool is_cheaper = stored->cost.memory_kib < cost_.memory_kib || stored->cost.passes < cost_.passes;
    return app::Verified{.matches = true, .needs_rehash = is_cheaper || !stored->is_keyed};
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
