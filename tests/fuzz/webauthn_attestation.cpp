#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/fido2/passkey_verifier.h"
#include "base/assert.h"

/// Attestation objects, through to the statement's certificates and OpenSSL. Nobody's bytes make a trusted one
/// where no root is trusted.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto object = credentials::parse_attestation_object(bytes);
    if (!object) return 0;
    const auto read = credentials::parse_authenticator_data(object->authenticator_data);
    if (!read || !read->attested) return 0;
    const std::string hash(32, 'h');
    const auto shown = fido2::PasskeyVerifier().attestation({.object = *object, .data = *read, .client_data_hash = hash}, {},
                                                            from_unix_ms(1'800'000'000'000));
    PORTCULLIS_ASSERT(shown != credentials::Attested::trusted);
    return 0;
}
