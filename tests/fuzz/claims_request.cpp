// Whatever arrives as the `claims` parameter: no crash, bounded results, and challenges of our own always read back.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "wire/claims_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto claims = wire::parse_claims_request(text);
    PORTCULLIS_ASSERT(!claims || size <= wire::kClaimsLimits.bytes_max);
    if (!claims) return 0;

    PORTCULLIS_ASSERT(oidc::capabilities(*claims).size() <= 16);
    const auto demand = oidc::authentication_demand(text, *claims);
    if (!demand) return 0;
    for (const auto& context : demand->contexts) {
        PORTCULLIS_ASSERT(oidc::is_authentication_context(context));
        PORTCULLIS_ASSERT(wire::parse_claims_request(wire::claims_for_context(context)));
    }
    if (demand->newer_than) {
        const auto again = wire::parse_claims_request(wire::claims_for_newer_than(*demand->newer_than));
        PORTCULLIS_ASSERT(again && oidc::authentication_demand("", *again)->newer_than == demand->newer_than);
    }
    return 0;
}
