#pragma once

#include "app/live_session.h"
#include "app/request_facts.h"

namespace portcullis::app {

/// A person ends every session of theirs and all that was issued from them, the session at hand too (CRED-091).
class SignOutEverywhere {
public:
    explicit SignOutEverywhere(Ports& ports) : ports_(ports) {}

    /// Errors: unavailable, conflict when somebody revoked them at a later moment.
    Result<void> operator()(const TenantSnapshot& tenant, const LiveSession& live, const RequestFacts& facts);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
