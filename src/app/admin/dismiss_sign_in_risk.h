#pragma once

#include "app/admin/admin.h"

namespace portcullis::app {

/// Dismisses the risk of one sign-in; similar ones go on being scored (E14).
class DismissSignInRisk {
public:
    explicit DismissSignInRisk(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden without the capability, and for one's own risk; notFound; conflict for a deleted user, and for a
    /// sign-in that is confirmed compromised; unavailable.
    Result<void> operator()(const Admin& admin, SignInId sign_in);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
