#pragma once

#include "app/admin/admin.h"

namespace portcullis::app {

/// Confirms that somebody else controls an account: high risk until it is remediated, and every session and grant ends
/// (E17, conditional-access.md §15.3).
class ConfirmUserCompromised {
public:
    explicit ConfirmUserCompromised(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden; notFound; conflict for a deleted user; unavailable.
    Result<void> operator()(const Admin& admin, UserId user);

private:
    Result<void> attempt(const Admin& admin, UserId user);
    Ports& ports_;
};

}  // namespace portcullis::app
