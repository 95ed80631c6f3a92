#pragma once

#include <string_view>

#include "app/admin/admin.h"

namespace portcullis::app {

/// Makes a group.
class CreateGroup {
public:
    explicit CreateGroup(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden; invalidRequest for a name that is empty or too long; unavailable.
    Result<identity::Group> operator()(const Admin& admin, std::string_view display_name);

private:
    Ports& ports_;
};

/// Puts a user into a group.
class AddGroupMember {
public:
    explicit AddGroupMember(Ports& ports) : ports_(ports) {}

    /// Nothing happens to one who is in it. Errors: forbidden; notFound; conflict for a deleted user; unavailable.
    Result<void> operator()(const Admin& admin, GroupId group, UserId user);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
