#pragma once

#include <string>
#include <vector>

#include "app/ports/all.h"
#include "app/ports/change.h"
#include "core/identity/tenant.h"

namespace portcullis::jobs {

/// The algorithms every tenant has keys for (PROTO-010).
inline constexpr std::string_view kSigningAlgs[] = {"RS256", "ES256"};

enum class Rotation {
    whenDue,    // only what the calendar asks for
    scheduled,  // a new key now, published a day before it signs (`keys rotate`)
    emergency,  // a new key that signs at once; every older one leaves the JWKS at once (PROTO-012)
};

/// What a rotation of one algorithm comes to.
struct RotationPlan {
    std::optional<app::StoredSigningKey> made;  // its times only; kid, JWK and private half are to be made
    std::vector<app::StoredSigningKey> moved;   // keys whose retirement moved
    std::vector<std::string> withdrawn;         // kids that leave
    [[nodiscard]] bool is_empty() const { return !made && moved.empty() && withdrawn.empty(); }
};

/// PROTO-012: a key is published `key_prepublish` before its first use, active for `signing_key`, and stays published for the
/// longest token plus a day after it retired. There is never a moment without an active key: when the job comes late, the old key
/// signs until the new one has been published long enough; when it has retired already, the new one signs at once.
RotationPlan plan_rotation(const std::vector<app::StoredSigningKey>& keys_of_alg, const identity::Lifetimes& lifetimes, Rotation rotation,
                           Instant now);

/// Carries the plan of every algorithm out in one act `RotateSigningKeys`; how many keys are new. Nothing is committed when nothing
/// is to be done. Errors: unavailable.
Result<int> rotate_signing_keys(app::Ports& ports, TenantId tenant, Rotation rotation, const app::Actor& by, Instant now);
/// The same, when due, for every tenant.
Result<int> rotate_due_keys(app::Ports& ports, Instant now);

/// Where the private half of a signing key is sealed.
app::SealContext signing_key_context(TenantId tenant, std::string_view kid);

/// A stored key with its private half opened. Errors: unavailable, invalidRequest.
Result<app::SigningKey> open_signing_key(app::Sealer& sealer, TenantId tenant, const app::StoredSigningKey& stored);

}  // namespace portcullis::jobs
