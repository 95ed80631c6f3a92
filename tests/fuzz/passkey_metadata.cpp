#include <openssl/pem.h>

#include <cstdint>
#include <cstdio>
#include <string_view>
#include <vector>

#include "adapters/fido2/chain.h"
#include "adapters/fido2/metadata_document.h"
#include "base/assert.h"
#include "wire/passkey_metadata_json.h"

namespace {

using namespace portcullis;

constexpr const char* kRoot = PORTCULLIS_SOURCE_DIR "/tests/fuzz/corpus/passkey_metadata/root.pem";

std::vector<fido2::X509Ptr> roots() {
    std::vector<fido2::X509Ptr> found;
    std::FILE* file = std::fopen(kRoot, "r");
    PORTCULLIS_ASSERT(file != nullptr);
    found.emplace_back(PEM_read_X509(file, nullptr, nullptr, nullptr));
    std::fclose(file);
    PORTCULLIS_ASSERT(found.front() != nullptr);
    return found;
}

}  // namespace

/// Documents of the FIDO Metadata Service: as they arrive, where nobody's bytes are signed by the service; the payload of one, where what is
/// kept is bounded; and revocation lists, of which none is signed by the root either.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto now = from_unix_ms(1'800'000'000'000);
    PORTCULLIS_ASSERT(!fido2::MetadataDocumentVerifier(kRoot).payload_of(bytes, now));
    static const auto trusted = roots();
    const auto unrevoked      = fido2::require_unrevoked({trusted, trusted, now}, {std::string(bytes)}, fido2::UnknownRevocation::refuse);
    PORTCULLIS_ASSERT(unrevoked || unrevoked.error().message.find("certificate revoked") == std::string::npos);
    const auto read = wire::parse_passkey_metadata(bytes, now);
    if (!read) return 0;
    PORTCULLIS_ASSERT(!read->models.empty() && read->models.size() <= wire::kMetadataEntriesMax && read->left_out >= 0);
    for (const auto& model : read->models) {
        PORTCULLIS_ASSERT(model.aaguid.size() == 36 && model.description.size() <= 200 && model.roots.size() <= 64);
        (void)credentials::against_model(model, identity::Certification::l1);
    }
    return 0;
}
