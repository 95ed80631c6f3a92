#pragma once

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace portcullis::app {

/// Records made before these may go (id-protection.md §5.10); ids sort by time. A sign-in whose risk is active, and an active
/// detection, stay whatever their age.
struct RecordLimits {
    SignInId sign_ins_before;
    SignInId risky_sign_ins_before;  // those that ever had risk
    ActId audit_before;
    Instant detections_closed_before;
    ActId risk_history_before;
    AlertId alerts_before;
    Instant devices_seen_before;  // enabled ones with nothing on them; a disabled one stays
};

/// What waits to be forgotten; it is forgotten through Journal (ExpiredForgotten, RecordsForgotten). Errors of all: unavailable.
class Retention {
public:
    virtual ~Retention() = default;

    /// A session or grant made before these is still stored.
    virtual Result<bool> has_older(TenantId tenant, SessionId sessions_before, GrantId grants_before) const = 0;
    /// A record that may go is still stored.
    virtual Result<bool> has_older(TenantId tenant, const RecordLimits& limits) const = 0;
};

}  // namespace portcullis::app
