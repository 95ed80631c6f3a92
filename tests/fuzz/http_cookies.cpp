// Whatever a browser is made to send: no crash, no value with a character a cookie cannot have, and what we accept we
// could have set ourselves.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "http/cookies.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis::http;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::array fields{bytes.substr(0, size / 2), bytes.substr(size / 2)};
    const auto cookies = Cookies::parse(fields);
    PORTCULLIS_ASSERT(cookies.size() <= kCookiePairsMax);
    if (const auto value = cookies.get("a")) {
        PORTCULLIS_ASSERT(value->size() <= kCookieBytesMax);
        PORTCULLIS_ASSERT(render({.name = "a", .value = std::string(*value)}));
    }
    static_cast<void>(render({.name = std::string(fields[0]), .value = std::string(fields[1])}).has_value());
    return 0;
}
