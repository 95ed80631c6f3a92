#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace portcullis::app {

/// What comparing a password with a stored hash gave.
struct Verified {
    bool matches = false;
    /// Set only with `matches`: the stored hash is weaker than what we make today; hash again and store (PROTO-805).
    bool needs_rehash = false;
};

/// Argon2id, on threads of its own so that password checking cannot exhaust the machine. Every call blocks for one hash
/// (about 12 ms of CPU) and its turn in a bounded queue.
///
/// Passwords are compared as given: Unicode normalisation and length in characters are the caller's.
/// Errors of every call: invalidRequest for a password with U+0000 in it, or longer than 1024 bytes (256 characters of four);
/// unavailable at once when the queue is full (HTTP answers 503 with `Retry-After`).
class PasswordHasher {
public:
    virtual ~PasswordHasher() = default;

    /// A PHC string: `$argon2id$v=19$m=19456,t=2,p=1$…`, at most 127 characters.
    virtual Result<std::string> hash(const Secret& password) = 0;
    /// Errors beside those above: invalidRequest for a stored string that is not argon2id, or costs more than 1 GiB or
    /// 16 passes.
    virtual Result<Verified> verify(const Secret& password, std::string_view stored) = 0;
    /// Spends what `verify` spends on a hash made today, for a user who does not exist.
    virtual Result<void> verify_decoy(const Secret& password) = 0;
};

}  // namespace portcullis::app
