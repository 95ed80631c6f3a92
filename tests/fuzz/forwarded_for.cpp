// Whatever comes as X-Forwarded-For: an untrusted peer is itself, and nobody is whom no hop named.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "http/server/proxies.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis;
    using namespace portcullis::http;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    static const std::array<std::string, 2> configured{"10.0.0.0/8", "2001:db8::/32"};
    static const auto trusted = TrustedProxies::of(configured).value();

    std::vector<std::string_view> fields;
    while (!text.empty() && fields.size() < 8) {
        const auto end = std::min(text.find('\n'), text.size());
        fields.push_back(text.substr(0, end));
        text.remove_prefix(std::min(text.size(), end + 1));
    }
    const auto stranger = *parse_ip("203.0.113.9"), proxy = *parse_ip("10.1.2.3");
    PORTCULLIS_ASSERT(client_address(stranger, fields, trusted) == stranger);
    const auto client = client_address(proxy, fields, trusted);
    if (client != proxy) {
        // The address was written by somebody: a digit or a colon of it stands in a field.
        PORTCULLIS_ASSERT(std::ranges::any_of(fields, [](std::string_view f) { return f.find_first_of("0123456789:") != std::string_view::npos; }));
    }
    // What an untrusted client wrote to the left of the hop that our proxy added is never believed.
    std::vector<std::string> prefixed;
    for (const auto field : fields) prefixed.emplace_back(field);
    prefixed.emplace_back("198.51.100.7");
    std::vector<std::string_view> views(prefixed.begin(), prefixed.end());
    PORTCULLIS_ASSERT(client_address(proxy, views, trusted) == *parse_ip("198.51.100.7"));
    return 0;
}
