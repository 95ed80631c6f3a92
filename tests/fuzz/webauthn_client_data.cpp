#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "wire/webauthn_json.h"

/// Client data and answers of browsers: read or refused, never anything else. What is accepted keeps the rules.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto client = wire::parse_client_data(bytes);
    if (client) PORTCULLIS_ASSERT(!client->challenge.empty());
    const auto made = wire::parse_registration_answer(bytes);
    if (made) PORTCULLIS_ASSERT(!made->credential_id.empty() && made->transports.size() <= 6);
    const auto got = wire::parse_authentication_answer(bytes);
    if (got) PORTCULLIS_ASSERT(!got->signature.empty());
    return 0;
}
