// Whatever is posted: no crash, only UTF-8 without U+0000 comes out, and it reads the same when encoded again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/encoding.h"
#include "http/form.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto form = http::Form::parse(bytes, http::kAuthorizeLimits);
    if (!form) return 0;

    PORTCULLIS_ASSERT(form->size() <= http::kAuthorizeLimits.parameters_max);
    std::string encoded;
    for (std::size_t i = 0; i < form->size(); ++i) {
        const auto [name, value] = (*form)[i];
        PORTCULLIS_ASSERT(is_utf8(name) && is_utf8(value));
        PORTCULLIS_ASSERT(name.find('\0') == std::string_view::npos && value.find('\0') == std::string_view::npos);
        encoded += "&" + percent_encode(name) + "=" + percent_encode(value);
    }
    const auto again = http::Form::parse(encoded);
    PORTCULLIS_ASSERT(again && again->size() == form->size());
    for (std::size_t i = 0; i < form->size(); ++i) {
        PORTCULLIS_ASSERT((*again)[i].name == (*form)[i].name && (*again)[i].value == (*form)[i].value);
    }
    return 0;
}
