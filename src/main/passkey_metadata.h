#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapters/fido2/revocation.h"
#include "app/import_passkey_metadata.h"
#include "core/notices/troubles.h"
#include "main/wire.h"

/// The FIDO metadata of an installation: read from a file, or fetched where the configuration says so.
namespace portcullis::program {

/// What a document is read with from files.
struct MetadataFiles {
    std::string document;
    std::vector<std::string> revocation_lists;  // DER or PEM
    fido2::UnknownRevocation unknown = fido2::UnknownRevocation::refuse;
};
/// Imports a document, as the configuration's root vouches for it. Errors: as app::ImportPasskeyMetadata; notFound; invalidRequest when a
/// file is too large, or a certificate of the document is revoked; unavailable when no list tells whether one is, and that is not accepted.
Result<app::ImportedMetadata> import_metadata_files(Installation& installation, const MetadataFiles& files);

/// Keeps what is held the newest there is. Safe from several threads.
class MetadataKeeper {
public:
    explicit MetadataKeeper(Installation& installation) : installation_(installation) {}

    /// One look, for the timetable: fetches the document when a URL is configured and the last one was seen a day ago, with the revocation
    /// lists of its certificates, and tells what is new or overdue; empty when there is nothing to tell. Errors: as import_metadata_files;
    /// unavailable when something cannot be fetched. What was held stays.
    Result<std::string> look(Instant now);
    /// Why the last look that was due brought nothing; nothing when it did, or none was due.
    [[nodiscard]] std::optional<notices::UntakenMetadata> untaken() const;

private:
    void note(const Result<app::ImportedMetadata>& got, const std::optional<app::HeldMetadata>& held, Instant now);

    Installation& installation_;
    mutable std::mutex mutex_;  // guards untaken_
    std::optional<notices::UntakenMetadata> untaken_;
};

}  // namespace portcullis::program
