#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/fido2/keys.h"
#include "app/ports/passkey_verifier.h"
#include "base/cbor.h"

/// What attestation statements of several formats have in common; for this folder only.
namespace portcullis::fido2 {

/// `alg`, when it is one we verify.
std::optional<credentials::CoseAlgorithm> algorithm_of(const cbor::Item& statement);
/// `x5c`, leaf first; empty when there is none or one of them is no certificate.
std::vector<X509Ptr> chain_of(const cbor::Item& statement);
/// `sig`; empty when there is none.
std::string_view signature_of(const cbor::Item& statement);
/// Authenticator data and the hash of the client data: what is signed.
std::string signed_bytes(const app::AttestationClaim& claim);
/// A certificate that names a model names this one (id-fido-gen-ce-aaguid).
bool is_aaguid_as_certified(const X509* leaf, std::string_view aaguid);

}  // namespace portcullis::fido2
