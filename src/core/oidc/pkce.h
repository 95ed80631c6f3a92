#pragma once

#include <string_view>

namespace portcullis::oidc {

/// 43 base64url characters: an S256 challenge (RFC 7636 §4.2, PROTO-104).
bool is_code_challenge(std::string_view text);

/// 43 to 128 unreserved characters (RFC 7636 §4.1, PROTO-121).
bool is_code_verifier(std::string_view text);

/// Whether base64url(SHA-256(verifier)), computed by the caller, is the stored challenge; constant time.
bool verifier_matches(std::string_view challenge, std::string_view s256_of_verifier);

}  // namespace portcullis::oidc
