#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "core/credentials/authenticator_data.h"
#include "core/credentials/passkey_policy.h"

namespace portcullis::app {

/// What an authenticator signed.
struct SignedByPasskey {
    std::string_view authenticator_data;  // as received
    std::string_view client_data_hash;    // SHA-256 of the client data as received
    std::string_view signature;
};

/// A registration as its attestation statement speaks of it.
struct AttestationClaim {
    const credentials::AttestationObject& object;
    const credentials::AuthenticatorData& data;  // of `object.authenticator_data`, with its credential
    std::string_view client_data_hash;
};

/// The mathematics of passkeys. No answer is an error: what cannot be verified is not verified.
class PasskeyVerifier {
public:
    virtual ~PasskeyVerifier() = default;

    /// Whether the key is one: of a known algorithm, on its curve.
    virtual bool is_sound(std::string_view cose_public_key) const = 0;
    /// Whether the signature is the key's, over authenticator data and client data.
    virtual bool is_signed(std::string_view cose_public_key, const SignedByPasskey& what) const = 0;
    /// What the statement shows: `none`, `packed`, `tpm`, `android-key`, `apple`, `fido-u2f`; of another format nothing.
    /// `roots`: X.509 certificates, DER in base64; those that are none vouch for nobody.
    virtual credentials::Attested attestation(const AttestationClaim& claim, std::span<const std::string> roots, Instant now) const = 0;
};

}  // namespace portcullis::app
