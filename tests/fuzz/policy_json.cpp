#include <cstdlib>
#include <string_view>

#include "wire/named_location_json.h"
#include "wire/policy_json.h"
#include "wire/strength_json.h"

/// Policy, named location and authentication strength documents: whatever is accepted is written and read back as the same value.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis;
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    if (const auto parsed = wire::parse_policy(text); parsed.policy) {
        const auto again = wire::parse_policy(json::to_text(wire::to_json(*parsed.policy)));
        if (again.policy != parsed.policy || again.findings != parsed.findings) std::abort();
    } else if (!policy::is_rejected(parsed.findings)) {
        std::abort();
    }
    if (const auto parsed = wire::parse_named_location(text); parsed.location) {
        const auto again = wire::parse_named_location(json::to_text(wire::to_json(*parsed.location)));
        if (again.location != parsed.location) std::abort();
        const policy::NamedLocations locations({*parsed.location});
        (void)locations.match(IpAddress::v4(0x0A000001), "FR");
    }
    if (const auto parsed = wire::parse_strength(text); parsed.strength) {
        const auto again = wire::parse_strength(json::to_text(wire::to_json(*parsed.strength)));
        if (again.strength != parsed.strength) std::abort();
        (void)policy::is_met_by(*parsed.strength, {});
    } else if (!policy::is_rejected(parsed.findings)) {
        std::abort();
    }
    return 0;
}
