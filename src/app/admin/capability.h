#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/identity/directory_role.h"

namespace portcullis::app {

/// What an administrator may be allowed to do. Source: id-protection.md §5.3, §6; credentials.md §14; graph-api.md §2.13.
enum class Capability : std::uint8_t {
    viewRisk,            // risky users, risky sign-ins, detections
    viewLogs,            // sign-ins and audit
    viewPolicies,
    actOnRisk,           // dismiss, confirm safe, confirm compromised
    resetPasswords,
    blockUsers,
    revokeSessions,
    manageUsers,         // create and delete users and groups
    resetMethods,        // require registration again, register on behalf
    manageDevices,       // disable and enable them
    editPolicies,        // policies and named locations
    manageApplications,
    manageTenant,
    configureNotices,    // which mails about risk go to whom
    assignRoles,
};
std::string_view to_string(Capability capability);

/// Whether one of `roles` allows it. Roles add up; a Global Administrator may do everything; no role allows nothing.
bool is_allowed(std::span<const identity::DirectoryRole> roles, Capability capability);

}  // namespace portcullis::app
