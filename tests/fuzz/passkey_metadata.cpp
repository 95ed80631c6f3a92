#include <openssl/pem.h>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/fido2/chain.h"
#include "adapters/fido2/metadata_document.h"
#include "base/assert.h"
#include "base/encoding.h"
#include "base/json.h"
#include "wire/passkey_metadata_json.h"

namespace {

using namespace portcullis;

constexpr const char* kRoot     = PORTCULLIS_SOURCE_DIR "/tests/fuzz/corpus/passkey_metadata/root.pem";
constexpr const char* kDocument = PORTCULLIS_SOURCE_DIR "/tests/fuzz/corpus/passkey_metadata/document";

/// The signer of the seed document, who leads to that root.
std::vector<fido2::X509Ptr> signer() {
    std::ifstream file(kDocument);
    const std::string document((std::istreambuf_iterator<char>(file)), {});
    const auto text   = parse_base64url(document.substr(0, document.find('.')));
    const auto header = json::parse_object(text.value());
    const auto der    = parse_base64(json::array_at(header.value(), "x5c")->front().as_string());
    return fido2::certificates_of({*der});
}

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
    static const auto trusted = roots(), signers = signer();
    auto chain = fido2::WatchedChain::of(signers, trusted, now);
    (void)chain.value().take(bytes);
    const auto unrevoked = chain->require_unrevoked(fido2::UnknownRevocation::refuse);
    PORTCULLIS_ASSERT(!unrevoked && unrevoked.error().code == ErrorCode::unavailable && chain->require_unrevoked(fido2::UnknownRevocation::accept));
    const auto read = wire::parse_passkey_metadata(bytes, now);
    if (!read) return 0;
    PORTCULLIS_ASSERT(!read->models.empty() && read->models.size() <= wire::kMetadataEntriesMax && read->left_out >= 0);
    for (const auto& model : read->models) {
        PORTCULLIS_ASSERT(model.aaguid.size() == 36 && model.description.size() <= 200 && model.roots.size() <= 64);
        (void)credentials::against_model(model, identity::Certification::l1);
    }
    return 0;
}
