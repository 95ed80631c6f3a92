#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/credentials/webauthn.h"
#include "core/identity/tenant.h"

/// What the FIDO Metadata Service says of models of authenticators (FIDO Metadata Service 3.0; credentials.md §6.5, PROTO-502).
namespace portcullis::credentials {

/// What is kept of one entry: enough to say whether a passkey of this model may be registered.
struct PasskeyModel {
    std::string aaguid;  // lower case, with hyphens
    std::string description;
    bool is_fido2      = false;
    bool verifies_user = false;
    bool keeps_passkeys = false;  // discoverable credentials
    bool is_hardware    = false;  // keys do not leave it; nothing here asks for that, `phrh` does
    identity::Certification certification = identity::Certification::none;
    std::string compromised;         // the status that says so, as `REVOKED`; empty: none does
    std::vector<std::string> roots;  // X.509 certificates, DER in base64
};

/// What is kept of a whole signed document.
struct PasskeyMetadata {
    std::int64_t number = 0;  // `no`: a newer one has a higher one
    Instant next_update;      // the day on which the next one is due at the latest
    std::vector<PasskeyModel> models;
    int left_out = 0;  // entries that are of no authenticator for passkeys, or that cannot be read
};

/// The day of the next update is over, and there was none.
bool is_stale(Instant next_update, Instant now);

/// A status that says a model, or the keys that vouch for it, is not to be trusted (MDS §3.1.4: `REVOKED`,
/// `USER_VERIFICATION_BYPASS`, `ATTESTATION_KEY_COMPROMISE`, `USER_KEY_REMOTE_COMPROMISE`, `USER_KEY_PHYSICAL_COMPROMISE`).
bool is_compromise(std::string_view status);
/// The level a status certifies; nothing for every status that certifies none, known or not.
std::optional<identity::Certification> certification_of(std::string_view status);
/// A way of `userVerificationDetails` that says who somebody is: a finger or a PIN does, a touch does not.
bool is_user_verification(std::string_view method);

/// What the metadata says against registering a passkey whose chain leads to the model's roots; nothing: it may be. No entry
/// is an objection, too.
std::optional<PasskeyRefusal> against_model(const std::optional<PasskeyModel>& model, identity::Certification least);

}  // namespace portcullis::credentials
