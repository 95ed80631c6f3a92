#pragma once

#include "app/ports/time_zones.h"

namespace portcullis::unicode {

/// Time zones by their IANA names, through ICU.
class IcuTimeZones : public app::TimeZones {
public:
    std::optional<Duration> offset(std::string_view zone, Instant at) const override;
};

}  // namespace portcullis::unicode
