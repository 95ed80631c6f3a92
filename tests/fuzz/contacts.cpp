// Mail addresses and telephone numbers as typed: what is taken is one plain address or number, and taking it again changes nothing.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "core/credentials/mail_address.h"
#include "core/credentials/phone_number.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis::credentials;
    const std::string_view typed(reinterpret_cast<const char*>(data), size);
    if (const auto address = parse_mail_address(typed)) {
        const auto text     = address->text();
        const auto is_plain = [](char c) { return c > ' ' && c < 0x7F && c != ',' && c != ';' && c != '<' && c != '>' && c != '"'; };
        PORTCULLIS_ASSERT(std::ranges::all_of(text, is_plain) && std::ranges::count(text, '@') == 1);
        PORTCULLIS_ASSERT(parse_mail_address(text) == address);
        PORTCULLIS_ASSERT(address->masked().find(address->domain()) != std::string::npos);
    }
    if (const auto number = parse_phone_number(typed)) PORTCULLIS_ASSERT(parse_phone_number(number->e164()) == number);
    return 0;
}
