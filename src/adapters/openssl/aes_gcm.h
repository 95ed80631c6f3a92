#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/ports/random.h"
#include "base/secret.h"

namespace portcullis::openssl {

inline constexpr std::size_t kAesKeyBytes = 32;

/// AES-256-GCM under a fresh random 96-bit nonce: nonce, ciphertext, 128-bit tag. `key` has 32 bytes.
/// One key takes at most 2^32 messages (NIST SP 800-38D §8.3); a tenant's data key stays far below.
std::string gcm_encrypt(const Secret& key, std::string_view plain, std::string_view associated, app::Random& random);

/// The plain text; nothing when anything was changed.
std::optional<Secret> gcm_decrypt(const Secret& key, std::string_view sealed, std::string_view associated);

}  // namespace portcullis::openssl
