#pragma once

#include <string>

#include "adapters/fido2/revocation.h"
#include "app/ports/passkey_models.h"

namespace portcullis::fido2 {

/// Whose document it must be: "the leaf certificate's subject or alternative name must match mds.fidoalliance.org" (MDS §3.2).
inline constexpr const char* kMetadataHost = "mds.fidoalliance.org";

/// The signature of the FIDO Metadata Service by OpenSSL (MDS §3.2), with the revocation of its certificates. Safe to use from many threads
/// when `lists` is.
class MetadataDocumentVerifier : public app::MetadataVerifier {
public:
    /// `root_file`: one to eight certificates, PEM or one in DER, each of which may vouch for the service. It is read at every call.
    /// Without `revocation` nothing is known of any certificate, and no document is believed.
    explicit MetadataDocumentVerifier(std::string root_file, Revocation revocation = {}) : root_file_(std::move(root_file)), revocation_(std::move(revocation)) {}

    [[nodiscard]] Result<std::string> payload_of(std::string_view document, Instant now) const override;

private:
    const std::string root_file_;
    const Revocation revocation_;
};

}  // namespace portcullis::fido2
