#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "wire/detection_json.h"
#include "wire/profile_codec.h"
#include "wire/signals_json.h"

/// What is read of profiles, shares, detections and snapshots is written back alike.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);

    if (const auto profile = wire::decode_profile(bytes)) {
        const auto again = wire::decode_profile(wire::encode_profile(*profile));
        PORTCULLIS_ASSERT(again.has_value());
    }
    if (const auto shares = wire::decode_shares(bytes)) PORTCULLIS_ASSERT(wire::encode_shares(*shares) == bytes);
    if (const auto detection = wire::decode_detection(bytes)) {
        PORTCULLIS_ASSERT(wire::decode_detection(wire::encode_detection(*detection)).has_value());
    }
    if (const auto document = json::parse_object(bytes)) (void)wire::signals_from_json(*document);
    return 0;
}
