#pragma once

#include <string_view>

#include "app/ports/passkey_models.h"

namespace portcullis::app {

/// What an import came to.
struct ImportedMetadata {
    std::int64_t number = 0;
    Instant next_update;
    std::size_t models = 0;
    int left_out       = 0;      // entries of other kinds of authenticators, or that could not be read
    bool is_new        = false;  // a higher number than what was held
    bool is_stale      = false;  // the next one is overdue
};

/// Takes the FIDO Metadata Service's document in the place of what is held (credentials.md §6.5, PROTO-502). Whatever goes wrong,
/// what was held stays. Errors: invalidRequest with what is wrong with the document; conflict when a newer one is held;
/// unavailable, also when nobody says whether a certificate of the document is revoked.
class ImportPasskeyMetadata {
public:
    ImportPasskeyMetadata(const MetadataVerifier& verifier, PasskeyMetadataStore& store) : verifier_(verifier), store_(store) {}

    Result<ImportedMetadata> operator()(std::string_view document, Instant now);

private:
    const MetadataVerifier& verifier_;
    PasskeyMetadataStore& store_;
};

}  // namespace portcullis::app
