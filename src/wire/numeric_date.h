#pragma once

#include <optional>
#include <string_view>

#include "base/json.h"
#include "base/time.h"

namespace portcullis::wire {

/// A NumericDate (RFC 7519 §2): seconds since 1970, fractions to the millisecond, up to the year 9999. Nothing when the
/// member is absent or anything else.
std::optional<Instant> numeric_date_at(const json::object& claims, std::string_view name);

}  // namespace portcullis::wire
