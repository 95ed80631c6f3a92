#include "app/admin/assign_role.h"

#include <algorithm>

namespace portcullis::app {

Result<void> AssignRole::operator()(const Admin& admin, UserId user, identity::DirectoryRole role) {
    TRY(require(admin, Capability::assignRoles));
    const auto account = TRY(present_account(ports_, admin, user));
    const auto id      = identity::id_of(role);
    if (std::ranges::find(account.roles, id) != account.roles.end()) return {};
    return commit_act(ports_, admin, "AssignRole", {RoleAssigned{user, id}});
}

Result<void> UnassignRole::operator()(const Admin& admin, UserId user, identity::DirectoryRole role) {
    TRY(require(admin, Capability::assignRoles));
    const auto account = TRY(present_account(ports_, admin, user));
    const auto id      = identity::id_of(role);
    if (std::ranges::find(account.roles, id) == account.roles.end()) return {};
    return commit_act(ports_, admin, "UnassignRole", {RoleUnassigned{user, id}});
}

}  // namespace portcullis::app
