#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace portcullis::app {

/// What time it is where.
class TimeZones {
public:
    virtual ~TimeZones() = default;
    /// How far a zone (`Europe/Berlin`) is ahead of UTC at a moment; nothing when there is no such zone.
    virtual std::optional<Duration> offset(std::string_view zone, Instant at) const = 0;
};

}  // namespace portcullis::app
