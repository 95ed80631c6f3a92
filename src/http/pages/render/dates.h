#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>

#include "base/time.h"

namespace portcullis::pages {

/// Dates as people read them, in a language and a time zone. Safe from several threads.
class Dates {
public:
    Dates();
    ~Dates();

    /// `4 December`; with the year when it is not the year of `now`.
    std::string day(const std::string& icu_locale, const std::string& zone, Instant when, Instant now) const;
    /// `20 November 2026, 12:41 UTC`.
    std::string moment(const std::string& icu_locale, const std::string& zone, Instant when) const;
    /// Midnights in `zone` between the two; 0 on the same day, never negative.
    static int days_between(const std::string& zone, Instant from, Instant to);

private:
    struct Formatter;
    std::string format(const std::string& icu_locale, const std::string& zone, const char* skeleton, Instant when) const;

    using Key = std::tuple<std::string, std::string, std::string>;
    mutable std::mutex mutex_;
    mutable std::map<Key, std::unique_ptr<Formatter>> formatters_;  // bounded: kFormattersMax
};

}  // namespace portcullis::pages
