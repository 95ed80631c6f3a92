#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace portcullis {

/// A moment: UTC, milliseconds.
using Instant  = std::chrono::sys_time<std::chrono::milliseconds>;
using Duration = std::chrono::milliseconds;

/// RFC 3339 with `Z`; the fraction is left out when it is zero: `2026-11-20T12:41:07Z`, `…07.250Z`.
std::string to_rfc3339(Instant when);
/// RFC 3339 with `Z` or a numeric offset, at most nine fraction digits (cut to milliseconds), years 1970–9999.
std::optional<Instant> parse_rfc3339(std::string_view text);

/// ISO 8601 duration of weeks, days, hours, minutes and seconds (`P14D`, `PT36H`, `P1DT2H30M`); no years or months,
/// no sign, no fraction; at most 100 years.
std::optional<Duration> parse_duration(std::string_view text);

/// Seconds since 1970 (a JWT NumericDate, RFC 7519 §2), rounded down.
std::int64_t unix_seconds(Instant when);
Instant from_unix_seconds(std::int64_t seconds);
/// Milliseconds since 1970.
inline std::int64_t unix_ms(Instant when) { return when.time_since_epoch().count(); }
inline Instant from_unix_ms(std::int64_t ms) { return Instant{Duration{ms}}; }

}  // namespace portcullis
