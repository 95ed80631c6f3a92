#pragma once

#include <string>
#include <vector>

#include "adapters/fido2/keys.h"
#include "adapters/fido2/revocation.h"
#include "base/time.h"

/// Chains of certificates as OpenSSL judges them; for this folder only.
namespace portcullis::fido2 {

/// Certificates, leaf first, what they must lead to, and when.
struct Chain {
    const std::vector<X509Ptr>& certificates;
    const std::vector<X509Ptr>& roots;
    Instant now;
};

/// The certificates between leaf and root, the leaf with them, when the chain leads to a root. Errors: invalidRequest with OpenSSL's reason.
Result<std::vector<Watched>> watched_in(const Chain& chain);

/// Whether lists say that no certificate of the chain is revoked. They count when they are signed by the issuer of the certificate, are not
/// over and say when they will be. Errors: invalidRequest when one is revoked, and for a list that is none, is too large or is signed by
/// somebody else; unavailable where a list is missing or over, unless that is accepted.
Result<void> require_unrevoked(const Chain& chain, const std::vector<std::string>& lists, UnknownRevocation unknown);

}  // namespace portcullis::fido2
