#pragma once

#include <optional>
#include <vector>

#include "app/ports/directory.h"
#include "base/result.h"
#include "core/identity/device.h"
#include "core/identity/session.h"
#include "core/risk/records.h"

namespace portcullis::app {

/// What decides whether a grant still holds, read at one moment.
struct Standing {
    std::optional<Account> account;
    std::optional<identity::Session> session;        // whatever its state
    std::vector<risk::RiskDetection> active_detections;  // of the user
    std::vector<identity::Device> devices;  // the grant's own, and the one its session is on
};

/// Errors: unavailable.
class Standings {
public:
    virtual ~Standings() = default;
    virtual Result<Standing> of(TenantId tenant, const identity::Grant& grant) const = 0;
};

}  // namespace portcullis::app
