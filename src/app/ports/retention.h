#pragma once

#include "base/id.h"
#include "base/result.h"

namespace portcullis::app {

/// What waits to be forgotten; it is forgotten through Journal (ExpiredForgotten). Ids sort by time.
class Retention {
public:
    virtual ~Retention() = default;

    /// A session or grant made before these is still stored. Errors: unavailable.
    virtual Result<bool> has_older(TenantId tenant, SessionId sessions_before, GrantId grants_before) const = 0;
};

}  // namespace portcullis::app
