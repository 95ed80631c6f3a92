#pragma once

#include <string_view>

#include "base/result.h"
#include "core/credentials/passkey_metadata.h"

namespace portcullis::wire {

/// A document of the FIDO Metadata Service, signature and all, has at most this many bytes.
inline constexpr std::size_t kMetadataBytesMax = std::size_t{16} << 20;
/// Entries of one document; the service has some hundreds.
inline constexpr std::size_t kMetadataEntriesMax = 9'000;

/// The payload of the service's document (MDS §3.1.6) and what of it is kept. Certifications whose day is still to come do not
/// count at `now`; compromises do. What is missing of a model is not there: it certifies nothing and vouches for nobody.
/// Errors: invalidRequest when the document is none, is too large, or names a model twice.
Result<credentials::PasskeyMetadata> parse_passkey_metadata(std::string_view payload, Instant now);

}  // namespace portcullis::wire
