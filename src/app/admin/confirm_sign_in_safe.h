#pragma once

#include "app/admin/admin.h"

namespace portcullis::app {

/// Confirms a sign-in safe: its risk was a false positive, and what it looked like becomes familiar (E15).
class ConfirmSignInSafe {
public:
    explicit ConfirmSignInSafe(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden without the capability, and for one's own risk; notFound; conflict for a deleted user, and while the
    /// user is confirmed compromised; unavailable.
    Result<void> operator()(const Admin& admin, SignInId sign_in);

private:
    Result<void> attempt(const Admin& admin, SignInId sign_in);
    Result<Change> learned(const Admin& admin, const SignInRecord& record);
    Ports& ports_;
};

}  // namespace portcullis::app
