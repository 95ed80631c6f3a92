#include "app/import_passkey_metadata.h"

#include <fmt/format.h>

#include "wire/passkey_metadata_json.h"

namespace portcullis::app {
namespace {

Error older(std::int64_t number, const std::string& than) {
    return {ErrorCode::conflict, fmt::format("the document is number {}, and {} is held already; what is held stays", number, than)};
}

}  // namespace

Result<ImportedMetadata> ImportPasskeyMetadata::operator()(std::string_view document, Instant now) {
    const auto payload  = TRY(verifier_.payload_of(document, now));
    const auto metadata = TRY(wire::parse_passkey_metadata(payload, now));
    const auto held     = TRY(store_.held());
    // An old document is signed as well as a new one, and does not know what became of a model since.
    if (held && metadata.number < held->number) return older(metadata.number, fmt::format("number {}", held->number));
    const auto stored = store_.replace(metadata, now);
    if (!stored && stored.error().code == ErrorCode::conflict) return older(metadata.number, "a newer one");
    TRY(stored);
    return ImportedMetadata{.number      = metadata.number,
                            .next_update = metadata.next_update,
                            .models      = metadata.models.size(),
                            .left_out    = metadata.left_out,
                            .is_new      = !held || metadata.number > held->number,
                            .is_stale    = credentials::is_stale(metadata.next_update, now)};
}

}  // namespace portcullis::app
