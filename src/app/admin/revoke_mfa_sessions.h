#pragma once

#include "app/admin/admin.h"

namespace portcullis::app {

/// Voids the MFA that a user's sessions claim: the next policy that wants MFA asks for it (credentials.md §14, CRED-069). What rests on
/// MFA ends: grants made with it, and sessions that prove nothing else. Closes no risk.
class RevokeMfaSessions {
public:
    explicit RevokeMfaSessions(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden, also for somebody above; notFound; conflict for a deleted user; unavailable.
    Result<void> operator()(const Admin& admin, UserId user);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
