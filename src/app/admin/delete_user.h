#pragma once

#include "app/admin/admin.h"

namespace portcullis::app {

/// Deletes an account. Its risk stays listed as it is, marked deleted, and nobody can move it any more (E25). Sessions and
/// grants end, and the name is free for somebody else.
class DeleteUser {
public:
    explicit DeleteUser(Ports& ports) : ports_(ports) {}

    /// Nothing happens to one who is deleted already. Errors: forbidden, also for somebody above; notFound; unavailable.
    Result<void> operator()(const Admin& admin, UserId user);

private:
    Result<void> attempt(const Admin& admin, UserId user);
    Ports& ports_;
};

}  // namespace portcullis::app
