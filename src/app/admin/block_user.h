#pragma once

#include "app/admin/admin.h"

namespace portcullis::app {

/// Blocks an account: nobody signs in with it, and every session and grant ends (E27, credentials.md §14). Risk stays.
class BlockUser {
public:
    explicit BlockUser(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden, also for somebody above; notFound; conflict for a deleted user; unavailable.
    Result<void> operator()(const Admin& admin, UserId user);

private:
    Ports& ports_;
};

/// Lets the account sign in again. Sessions that ended stay so. The same errors.
class UnblockUser {
public:
    explicit UnblockUser(Ports& ports) : ports_(ports) {}

    Result<void> operator()(const Admin& admin, UserId user);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
