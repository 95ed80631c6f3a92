#include "http/pages/render/dates.h"

#include <algorithm>

#include <unicode/dtptngen.h>
#include <unicode/smpdtfmt.h>
#include <unicode/timezone.h>

namespace portcullis::pages {

struct Dates::Formatter {
    std::unique_ptr<icu::SimpleDateFormat> format;
};

namespace {

/// One per language, zone and form; a tenant has one zone. Past this the cache starts anew.
constexpr std::size_t kFormattersMax = 256;

double icu_date(Instant when) { return static_cast<double>(unix_ms(when)); }

/// The zone of that name, UTC when there is none.
std::unique_ptr<icu::TimeZone> zone_of(const std::string& name) {
    std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(name)));
    if (*zone == icu::TimeZone::getUnknown()) zone.reset(icu::TimeZone::createTimeZone("UTC"));
    return zone;
}

std::int64_t local_day(const icu::TimeZone& zone, Instant when) {
    constexpr std::int64_t kDayMs = 24 * 3600 * 1000;
    std::int32_t raw = 0, saving = 0;
    UErrorCode status = U_ZERO_ERROR;
    zone.getOffset(icu_date(when), false, raw, saving, status);
    const auto local = unix_ms(when) + raw + saving;
    return local / kDayMs - (local % kDayMs < 0 ? 1 : 0);
}

std::unique_ptr<icu::SimpleDateFormat> make(const std::string& icu_locale, const std::string& zone,
                                            const char* skeleton) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Locale locale(icu_locale.c_str());
    const std::unique_ptr<icu::DateTimePatternGenerator> generator(
        icu::DateTimePatternGenerator::createInstance(locale, status));
    if (U_FAILURE(status)) return nullptr;
    const auto pattern = generator->getBestPattern(icu::UnicodeString(skeleton), status);
    auto format        = std::make_unique<icu::SimpleDateFormat>(pattern, locale, status);
    if (U_FAILURE(status)) return nullptr;
    format->adoptTimeZone(zone_of(zone).release());
    return format;
}

}  // namespace

Dates::Dates()  = default;
Dates::~Dates() = default;

std::string Dates::day(const std::string& icu_locale, const std::string& zone, Instant when, Instant now) const {
    const bool this_year = format("en_GB", zone, "y", when) == format("en_GB", zone, "y", now);
    return format(icu_locale, zone, this_year ? "dMMMM" : "dMMMMy", when);
}

std::string Dates::moment(const std::string& icu_locale, const std::string& zone, Instant when) const {
    return format(icu_locale, zone, "dMMMMyHmz", when);
}

int Dates::days_between(const std::string& zone, Instant from, Instant to) {
    const auto where = zone_of(zone);
    return static_cast<int>(std::max<std::int64_t>(0, local_day(*where, to) - local_day(*where, from)));
}

std::string Dates::format(const std::string& icu_locale, const std::string& zone, const char* skeleton,
                          Instant when) const {
    const std::lock_guard lock(mutex_);
    const Key key{icu_locale, zone, skeleton};
    auto it = formatters_.find(key);
    if (it == formatters_.end()) {
        if (formatters_.size() >= kFormattersMax) formatters_.clear();
        it = formatters_.emplace(key, std::make_unique<Formatter>(Formatter{make(icu_locale, zone, skeleton)})).first;
    }
    if (!it->second->format) return to_rfc3339(when);  // ICU without data for the language

    icu::UnicodeString text;
    it->second->format->format(icu_date(when), text);
    std::string out;
    text.toUTF8String(out);
    return out;
}

}  // namespace portcullis::pages
