#pragma once

#include <vector>

#include "adapters/fido2/keys.h"
#include "app/ports/passkey_verifier.h"

/// Attestation statements, one function a format (W3C Web Authentication Level 3, §8).
namespace portcullis::fido2 {

/// What a statement proves before anybody asks who issued its certificates.
struct Statement {
    credentials::Attested shows = credentials::Attested::invalid;  // `unanchored`: a chain that is still to be followed
    std::vector<X509Ptr> chain;                                    // leaf first
};

Statement packed(const app::AttestationClaim& claim);       // §8.2
Statement tpm(const app::AttestationClaim& claim);          // §8.3
Statement android_key(const app::AttestationClaim& claim);  // §8.4
Statement apple(const app::AttestationClaim& claim);        // §8.8
Statement fido_u2f(const app::AttestationClaim& claim);     // §8.6

}  // namespace portcullis::fido2
