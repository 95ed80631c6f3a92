#pragma once

#include "app/admin/admin.h"
#include "app/password_setter.h"
#include "app/verify_password.h"

namespace portcullis::app {

/// Gives a user a random temporary password, shown this once: it must be changed at the next sign-in and ends after the
/// tenant's `temporary_life`. Closes the user's risk, ends every session, lifts the lockout, tells the user (E11, credentials.md §14).
class IssueTemporaryPassword {
public:
    IssueTemporaryPassword(Ports& ports, PasswordSetter& passwords, VerifyPassword& verify_password)
        : ports_(ports), passwords_(passwords), verify_password_(verify_password) {}

    /// Errors: forbidden without the capability, for oneself, and for somebody above; notFound; conflict for a deleted user;
    /// unavailable.
    Result<Secret> operator()(const Admin& admin, UserId user);

private:
    Result<Secret> attempt(const Admin& admin, UserId user);
    Ports& ports_;
    PasswordSetter& passwords_;
    VerifyPassword& verify_password_;
};

}  // namespace portcullis::app
