#pragma once

#include <string>

#include "app/import_passkey_metadata.h"
#include "main/wire.h"

/// The FIDO metadata of an installation: read from a file, or fetched where the configuration says so.
namespace portcullis::program {

/// Imports a document, as the configuration's root vouches for it. Errors: as app::ImportPasskeyMetadata.
Result<app::ImportedMetadata> import_metadata(Installation& installation, std::string_view document);
/// The same of a file. Errors: also notFound, and invalidRequest when it is larger than 16 MiB.
Result<app::ImportedMetadata> import_metadata_file(Installation& installation, const std::string& path);

/// One look, for the timetable: fetches the document when a URL is configured and the last one was seen a day ago, and tells what is
/// new or overdue; empty when there is nothing to tell. Errors: as import_metadata; unavailable when it cannot be fetched. What was
/// held stays.
Result<std::string> keep_metadata(Installation& installation, Instant now);

}  // namespace portcullis::program
