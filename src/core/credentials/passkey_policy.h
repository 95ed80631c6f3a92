#pragma once

#include <optional>
#include <span>
#include <string>

#include "core/credentials/webauthn.h"
#include "core/identity/tenant.h"

/// Which passkeys a tenant's people may register and use (credentials.md §6.5; CRED-024–026, PROTO-502).
namespace portcullis::credentials {

/// What an attestation statement shows, as the verifier found.
enum class Attested {
    none,         // `none`, or a format nobody here reads: nothing is claimed
    invalid,      // it contradicts what it attests
    self,         // signed by the credential itself: proves nothing of the model
    unanchored,   // a valid chain that ends at nobody this tenant trusts, or that vouches for a model it does not take
    trusted,      // a root of this tenant vouches for it, or the FIDO metadata does
};
std::string_view to_string(Attested attested);

/// What of a passkey a profile looks at.
struct PasskeyTraits {
    std::string_view aaguid;
    bool is_backup_eligible = false;
    Attested attested       = Attested::none;
    /// Of one that is `unanchored`: what the FIDO metadata says against it. Nothing: nobody vouches.
    std::optional<PasskeyRefusal> against_model = {};
};

/// A passkey that may be registered, or the reason of the profile that came closest.
/// Exclusion beats every profile; then one profile of the person's groups must be met whole.
std::optional<PasskeyRefusal> may_register(const identity::PasskeySettings& settings, std::span<const GroupId> groups,
                                           const PasskeyTraits& traits);
/// The same for one that is registered already: attestation is a matter of registration only (CRED-024), the list of models
/// is looked at every time (CRED-025).
std::optional<PasskeyRefusal> may_use(const identity::PasskeySettings& settings, std::span<const GroupId> groups,
                                      const PasskeyTraits& traits);
/// Whether the person may have passkeys at all.
bool is_in_scope(const identity::PasskeySettings& settings, std::span<const GroupId> groups);

/// What to ask the browser for: a statement only when a profile of the person looks at it.
Attestation wanted_attestation(const identity::PasskeySettings& settings, std::span<const GroupId> groups);

}  // namespace portcullis::credentials
