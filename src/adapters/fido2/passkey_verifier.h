#pragma once

#include "app/ports/passkey_verifier.h"

namespace portcullis::fido2 {

/// Signatures and attestation statements by OpenSSL (docs/decisions/webauthn.md). Safe to use from many threads; keeps
/// nothing.
class PasskeyVerifier : public app::PasskeyVerifier {
public:
    bool is_sound(std::string_view cose_public_key) const override;
    bool is_signed(std::string_view cose_public_key, const app::SignedByPasskey& what) const override;
    credentials::Attested attestation(const app::AttestationClaim& claim, std::span<const std::string> roots, Instant now) const override;
};

}  // namespace portcullis::fido2
