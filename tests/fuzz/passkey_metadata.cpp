#include <cstdint>
#include <string_view>

#include "adapters/fido2/metadata_document.h"
#include "base/assert.h"
#include "wire/passkey_metadata_json.h"

/// Documents of the FIDO Metadata Service: as they arrive, where nobody's bytes are signed by the service; and the payload of one,
/// where what is kept is bounded.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto now = from_unix_ms(1'800'000'000'000);
    PORTCULLIS_ASSERT(!fido2::MetadataDocumentVerifier(PORTCULLIS_SOURCE_DIR "/tests/fuzz/corpus/passkey_metadata/root.pem").payload_of(bytes, now));
    const auto read = wire::parse_passkey_metadata(bytes, now);
    if (!read) return 0;
    PORTCULLIS_ASSERT(!read->models.empty() && read->models.size() <= wire::kMetadataEntriesMax && read->left_out >= 0);
    for (const auto& model : read->models) {
        PORTCULLIS_ASSERT(model.aaguid.size() == 36 && model.description.size() <= 200 && model.roots.size() <= 64);
        (void)credentials::against_model(model, identity::Certification::l1);
    }
    return 0;
}
