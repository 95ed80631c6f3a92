#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

namespace portcullis::app {

/// Where a sealed value is stored. It is authenticated with the value, so a value moved to another place does not open.
struct SealContext {
    TenantId tenant;
    std::string_view table, row, column;
};

/// A tenant's data key as the store keeps it: encrypted under a master key that never is in the database (PROTO-830, 831).
struct WrappedDataKey {
    TenantId tenant;
    /// Counts from 1. New values are sealed with the highest; older ones stay while a value still names them.
    std::uint32_t version = 0;
    /// Which master key opens it: 16 hexadecimal characters.
    std::string master_key_id;
    std::string bytes;
    Instant created_at{};

    bool operator==(const WrappedDataKey&) const = default;
};

/// Envelope encryption of secrets at rest (PROTO-830): AES-256-GCM under the tenant's data key, with a random nonce.
class Sealer {
public:
    virtual ~Sealer() = default;

    /// Printable text: `v1.<key version>.<base64url of nonce, ciphertext and tag>`.
    /// Errors: unavailable when the tenant has no data key or no known master key opens it; invalidRequest above 1 MiB.
    virtual Result<std::string> seal(const Secret& plain, const SealContext& where) = 0;
    /// Errors: invalidRequest when `sealed` was changed, belongs elsewhere or is not a sealed value; unavailable as above.
    virtual Result<Secret> open(std::string_view sealed, const SealContext& where) = 0;
    /// The version that `seal` uses now for this tenant; a value of a lower version is due for `open` and `seal` again.
    virtual Result<std::uint32_t> key_version(TenantId tenant) = 0;
};

/// The key version a sealed value names; 0 when it is not a sealed value.
std::uint32_t sealed_key_version(std::string_view sealed);

}  // namespace portcullis::app
