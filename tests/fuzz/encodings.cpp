// Every small text that arrives from outside: times, durations, ids, addresses, encodings. What is taken is written back alike.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/encoding.h"
#include "base/id.h"
#include "base/time.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis;
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    if (const auto at = parse_rfc3339(text)) PORTCULLIS_ASSERT(parse_rfc3339(to_rfc3339(*at)) == at);
    static_cast<void>(parse_duration(text).has_value());
    if (const auto id = parse_id<UserId>(text)) PORTCULLIS_ASSERT(parse_id<UserId>(to_string(*id)) == id);
    if (const auto bytes = parse_base64url(text)) PORTCULLIS_ASSERT(base64url(*bytes) == text);
    if (const auto bytes = parse_hex(text)) PORTCULLIS_ASSERT(parse_hex(hex(*bytes)) == bytes);
    if (const auto bytes = parse_base32(text)) PORTCULLIS_ASSERT(parse_base32(base32(*bytes)) == bytes);
    if (const auto bytes = parse_base64(text)) PORTCULLIS_ASSERT(bytes->size() <= size);
    for (const auto plus : {Plus::is_plus, Plus::is_space}) {
        if (const auto decoded = percent_decode(text, plus)) PORTCULLIS_ASSERT(percent_decode(percent_encode(*decoded), plus) == decoded);
    }
    return 0;
}
