#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "core/credentials/authenticator_data.h"

/// Authenticator data and the COSE key in it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis::credentials;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto read = parse_authenticator_data(bytes);
    if (read && read->attested) {
        PORTCULLIS_ASSERT(read->attested->credential_id.size() >= 16 && read->attested->credential_id.size() <= 1023);
        PORTCULLIS_ASSERT(aaguid_text(read->attested->aaguid).size() == 36);
        (void)parse_cose_public_key(read->attested->public_key);
    }
    (void)parse_cose_public_key(bytes);
    return 0;
}
