#pragma once

#include <string_view>

#include "app/ports/signer.h"

namespace portcullis::openssl {

/// Reads one X.509 certificate, PEM or DER: see app::JwtVerifier::parse_certificate.
Result<app::Certificate> certificate_of(std::string_view pem_or_der);

}  // namespace portcullis::openssl
