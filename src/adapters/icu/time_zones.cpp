#include "adapters/icu/time_zones.h"

#include <unicode/timezone.h>
#include <unicode/ucal.h>
#include <unicode/unistr.h>

#include <memory>

namespace portcullis::unicode {

std::optional<Duration> IcuTimeZones::offset(std::string_view zone, Instant at) const {
    const auto name = icu::UnicodeString::fromUTF8(icu::StringPiece(zone.data(), static_cast<int32_t>(zone.size())));
    const std::unique_ptr<icu::TimeZone> found(icu::TimeZone::createTimeZone(name));
    icu::UnicodeString known;
    if (!found || found->getID(known) == icu::UnicodeString(UCAL_UNKNOWN_ZONE_ID)) return std::nullopt;
    UErrorCode status = U_ZERO_ERROR;
    int32_t raw = 0, summer = 0;
    found->getOffset(static_cast<UDate>(unix_ms(at)), 0, raw, summer, status);
    if (U_FAILURE(status)) return std::nullopt;
    return Duration{std::int64_t{raw} + summer};
}

}  // namespace portcullis::unicode
