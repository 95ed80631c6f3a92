// Whatever stands where a request target, a Host or a query should: no crash, and what is taken is a path or an authority we can
// say again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "http/form.h"
#include "http/server/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis;
    using namespace portcullis::http;
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    for (const auto method : {Method::GET, Method::POST, Method::OPTIONS}) {
        const auto target = parse_target(text, method);
        if (!target) continue;
        PORTCULLIS_ASSERT(target->path.starts_with('/') || (target->path == "*" && method == Method::OPTIONS));
        PORTCULLIS_ASSERT(target->path.find('?') == std::string_view::npos);
        PORTCULLIS_ASSERT(target->authority.empty() || canonical_authority(target->authority));
        static_cast<void>(Form::parse(target->query).has_value());
    }
    if (const auto authority = canonical_authority(text)) {
        PORTCULLIS_ASSERT(canonical_authority(*authority) == authority);
        PORTCULLIS_ASSERT(authority->find_first_of("@/?#\\ \r\n") == std::string::npos);
        static const std::string ours[] = {"login.example.org", "localhost:*"};
        static const auto authorities   = Authorities::of(ours).value();
        const bool is_ours = *authority == "login.example.org" || *authority == "localhost" || authority->starts_with("localhost:");
        PORTCULLIS_ASSERT(authorities.contains(*authority) == is_ours);
    }
    return 0;
}
