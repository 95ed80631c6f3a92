#pragma once

#include "base/time.h"

namespace portcullis::app {

/// What time it is. Read once per request, at its edge, and passed on as an argument.
class Clock {
public:
    virtual ~Clock() = default;

    virtual Instant now() const = 0;
};

}  // namespace portcullis::app
