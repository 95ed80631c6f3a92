#pragma once

#include "app/admin/admin.h"

namespace portcullis::app {

/// An authenticator app's seed, registered on behalf of its owner: hardware that was handed out, or people of a demo.
struct TotpSeed {
    Secret bytes;
    std::string display_name = "Authenticator app";
};

/// Registers a TOTP seed for a user.
class RegisterTotp {
public:
    explicit RegisterTotp(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden, also for oneself and for somebody above; invalidRequest for a seed under 128 bits; notFound; conflict
    /// for a deleted user; unavailable.
    Result<MethodId> operator()(const Admin& admin, UserId user, const TotpSeed& seed);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
