#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <optional>
#include <string_view>
#include <vector>

#include "adapters/openssl/evp.h"
#include "core/credentials/authenticator_data.h"

/// Public keys and certificates of authenticators as OpenSSL has them; for this folder only.
namespace portcullis::fido2 {

using X509Ptr = openssl::Owned<X509, X509_free>;

/// The hash an algorithm signs; null for EdDSA, which signs the message.
const EVP_MD* digest_of(credentials::CoseAlgorithm algorithm);

/// Null when the key is not on its curve or is not one.
openssl::PkeyPtr pkey_of(const credentials::CosePublicKey& key);

/// Whether `signature` is the key's over `message`. Keys of another kind than the algorithm's verify nothing.
bool verifies(EVP_PKEY* key, credentials::CoseAlgorithm algorithm, std::string_view message, std::string_view signature);

/// One DER certificate, to its last byte; null otherwise.
X509Ptr certificate_of(std::string_view der);
/// Certificates of an `x5c` member, leaf first; empty when one is none, or there are none or more than 8.
std::vector<X509Ptr> certificates_of(const std::vector<std::string_view>& ders);

/// The value of a certificate's extension by its dotted name; nothing when it has none.
std::optional<std::string_view> extension_of(const X509* certificate, const char* oid);

/// Whether the chain, leaf first, leads to one of the roots at this time.
bool leads_to(const std::vector<X509Ptr>& chain, const std::vector<X509Ptr>& roots, std::int64_t unix_seconds);

}  // namespace portcullis::fido2
