#pragma once

#include <string_view>

#include "app/ports/signer.h"

namespace portcullis::openssl {

/// Reads one X.509 certificate, PEM or DER: see app::JwtVerifier::parse_certificate.
Result<app::Certificate> certificate_of(std::string_view pem_or_der);

/// When a server's certificate ends: the first of a PEM chain, whatever its key. Errors: invalidRequest.
Result<Instant> certificate_end(std::string_view pem_chain);

}  // namespace portcullis::openssl
