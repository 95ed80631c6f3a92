#pragma once

#include "app/admin/admin.h"

namespace portcullis::app {

/// Confirms that somebody else signed in: the sign-in and its user count as high risk until the user is remediated, and every
/// session and grant ends (E16, conditional-access.md §15.3).
class ConfirmSignInCompromised {
public:
    explicit ConfirmSignInCompromised(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden; notFound; conflict for a deleted user; unavailable.
    Result<void> operator()(const Admin& admin, SignInId sign_in);

private:
    Result<void> attempt(const Admin& admin, SignInId sign_in);
    Ports& ports_;
};

}  // namespace portcullis::app
