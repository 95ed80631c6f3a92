#include "wire/numeric_date.h"

namespace portcullis::wire {

std::optional<Instant> numeric_date_at(const json::object& claims, std::string_view name) {
    constexpr double kYear10000 = 253402300800.0;
    const auto seconds          = json::number_at(claims, name);
    if (!seconds || !(*seconds >= 0 && *seconds < kYear10000)) return std::nullopt;
    return from_unix_ms(static_cast<std::int64_t>(*seconds * 1000.0));
}

}  // namespace portcullis::wire
