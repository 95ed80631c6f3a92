#pragma once

#include "app/admin/admin.h"

namespace portcullis::app {

/// Requires a user to register for MFA again (credentials.md §14): authenticator apps, phones and tokens are removed, passkeys
/// stay; the registration period starts anew with the next sign-in that asks; sessions end, because their MFA claims are void.
/// Closes no risk (E28).
class ResetMfa {
public:
    explicit ResetMfa(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden, also for somebody above; notFound; conflict for a deleted user; unavailable.
    Result<void> operator()(const Admin& admin, UserId user);

private:
    Result<void> attempt(const Admin& admin, UserId user);
    Ports& ports_;
};

}  // namespace portcullis::app
