#pragma once

#include "app/admin/admin.h"

namespace portcullis::app {

/// Gives a user a directory role.
class AssignRole {
public:
    explicit AssignRole(Ports& ports) : ports_(ports) {}

    /// Nothing happens to one who holds it. Errors: forbidden; notFound; conflict for a deleted user; unavailable.
    Result<void> operator()(const Admin& admin, UserId user, identity::DirectoryRole role);

private:
    Ports& ports_;
};

/// Takes it away. The same errors.
class UnassignRole {
public:
    explicit UnassignRole(Ports& ports) : ports_(ports) {}

    Result<void> operator()(const Admin& admin, UserId user, identity::DirectoryRole role);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
