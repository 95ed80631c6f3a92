#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/id.h"

namespace portcullis::identity {

/// Built-in directory roles (id-protection.md §6), under the template ids that Graph uses for them.
enum class DirectoryRole {
    globalAdministrator,
    globalReader,
    securityAdministrator,
    securityOperator,
    securityReader,
    conditionalAccessAdministrator,
    userAdministrator,
    helpdeskAdministrator,
    authenticationAdministrator,
    authenticationPolicyAdministrator,
    reportsReader,
    cloudDeviceAdministrator,
};

struct DirectoryRoleEntry {
    DirectoryRole role;
    std::string_view template_id;
    std::string_view display_name;
};

std::span<const DirectoryRoleEntry> directory_roles();
RoleId id_of(DirectoryRole role);
/// The role of this template id, or nothing when it is not a built-in one.
std::optional<DirectoryRole> directory_role(RoleId id);
/// By display name, case-insensitive, spaces optional.
std::optional<DirectoryRole> directory_role_named(std::string_view name);

}  // namespace portcullis::identity
