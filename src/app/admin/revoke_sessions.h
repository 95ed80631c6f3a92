#pragma once

#include "app/admin/admin.h"

namespace portcullis::app {

/// Voids every session and refresh token issued to a user until now (conditional-access.md §15.2). Limits damage, closes no
/// risk (E28).
class RevokeSessions {
public:
    explicit RevokeSessions(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden, also for somebody above; notFound; conflict for a deleted user; unavailable.
    Result<void> operator()(const Admin& admin, UserId user);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
