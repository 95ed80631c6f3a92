#pragma once

#include <string>
#include <string_view>

#include "adapters/openssl/evp.h"
#include "base/json.h"
#include "base/result.h"

/// Keys as JSON Web Keys (RFC 7517, RFC 7518 §6) and as OpenSSL keeps them. RSA of 2048 to 8192 bits and P-256 only.
namespace portcullis::openssl {

/// The public key a JWK describes, checked. Errors: invalidRequest.
Result<PkeyPtr> pkey_of(const json::object& jwk);

/// The public members of `key`: `kty`, `n`, `e` or `kty`, `crv`, `x`, `y`. Only for keys of the kinds above.
json::object public_jwk(const EVP_PKEY* key);

/// RFC 7638 §3 with SHA-256, base64url. Errors: invalidRequest when a required member is missing or not base64url.
Result<std::string> thumbprint_of(const json::object& jwk);

/// ECDSA signatures: the DER that OpenSSL speaks, and the raw r||s of JOSE (RFC 7518 §3.4). Empty when malformed.
std::string raw_of_der(std::string_view der);
std::string der_of_raw(std::string_view raw);

}  // namespace portcullis::openssl
