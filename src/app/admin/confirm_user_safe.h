#pragma once

#include "app/admin/admin.h"

namespace portcullis::app {

/// Confirms that a user's risk was a false positive: all of it closes, and what is usual for them is learned anew (E18).
class ConfirmUserSafe {
public:
    explicit ConfirmUserSafe(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden without the capability, and for one's own risk; notFound; conflict for a deleted user; unavailable.
    Result<void> operator()(const Admin& admin, UserId user);

private:
    Result<void> attempt(const Admin& admin, UserId user);
    Ports& ports_;
};

}  // namespace portcullis::app
