#pragma once

#include "adapters/sodium/argon_pool.h"
#include "app/ports/password_hasher.h"

namespace portcullis::sodium {

/// What one hash costs. The default is the floor of PROTO-805 (OWASP: 19 MiB, two passes); p is always 1.
struct PasswordCost {
    std::uint32_t memory_kib = 19456;
    std::uint32_t passes     = 2;

    /// The least that argon2id allows. For tests and `demo --fast-hash` only.
    static constexpr PasswordCost cheapest() { return {.memory_kib = 8, .passes = 1}; }
};

/// Argon2id by libsodium, on an ArgonPool of its own, then HMAC-SHA-256 under a key that is not in the database: whoever has only
/// the database cannot even begin to guess (credentials.md §12; NIST SP 800-63B §3.1.1.2). Stored as a PHC string whose `keyid`
/// says so. Strings without one, as other systems write them, verify too and ask to be hashed again.
class ArgonPasswordHasher : public app::PasswordHasher {
public:
    explicit ArgonPasswordHasher(const Secret& pepper, PasswordCost cost = {}, ArgonPool::Size size = {});

    Result<std::string> hash(const Secret& password) override;
    Result<app::Verified> verify(const Secret& password, std::string_view stored) override;
    Result<void> verify_decoy(const Secret& password) override;

    [[nodiscard]] ArgonPool::Counters counters() const { return pool_.counters(); }

private:
    struct Stored;
    /// The keyed hash of 32 bytes. Errors: unavailable.
    Result<Secret> keyed(const Secret& password, const std::string& salt, PasswordCost cost);
    Result<bool> matches(const Secret& password, const Stored& stored);

    Secret key_;
    PasswordCost cost_;
    ArgonPool pool_;
};

}  // namespace portcullis::sodium
