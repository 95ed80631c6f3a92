#include "app/admin/capability.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace portcullis::app {
namespace {

using identity::DirectoryRole;
using enum DirectoryRole;

/// At most five roles beside the Global Administrator; what is left over repeats that one.
struct Row {
    Capability capability;
    std::string_view name;
    std::array<DirectoryRole, 5> roles;

    constexpr Row(Capability c, std::string_view n, std::initializer_list<DirectoryRole> allowed) : capability(c), name(n), roles{} {
        roles.fill(globalAdministrator);
        std::copy(allowed.begin(), allowed.end(), roles.begin());
    }
};

// clang-format off
constexpr std::array kRows{
    Row{Capability::viewRisk,           "view risk",             {globalReader, securityReader, securityOperator, securityAdministrator}},
    Row{Capability::viewLogs,           "view logs",             {globalReader, securityReader, securityOperator, securityAdministrator, reportsReader}},
    Row{Capability::viewPolicies,       "view policies",         {globalReader, securityReader, securityOperator, securityAdministrator, conditionalAccessAdministrator}},
    Row{Capability::actOnRisk,          "act on risk",           {securityOperator, securityAdministrator}},
    Row{Capability::resetPasswords,     "reset passwords",       {userAdministrator, helpdeskAdministrator, authenticationAdministrator}},
    Row{Capability::blockUsers,         "block users",           {userAdministrator}},
    Row{Capability::revokeSessions,     "revoke sessions",       {userAdministrator, helpdeskAdministrator}},
    Row{Capability::manageUsers,        "manage users",          {userAdministrator}},
    Row{Capability::resetMethods,       "reset sign-in methods", {authenticationAdministrator}},
    Row{Capability::manageDevices,      "manage devices",        {cloudDeviceAdministrator}},
    Row{Capability::editPolicies,       "edit policies",         {securityAdministrator, conditionalAccessAdministrator}},
    Row{Capability::manageApplications, "manage applications",   {}},
    Row{Capability::manageTenant,       "manage the tenant",     {}},
    Row{Capability::configureNotices,   "configure notices",     {securityAdministrator}},
    Row{Capability::assignRoles,        "assign roles",          {}},
};
// clang-format on

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        if (kRows[i].capability != static_cast<Capability>(i)) return false;
    }
    return kRows.size() == static_cast<std::size_t>(Capability::assignRoles) + 1;
}
static_assert(is_in_order());

const Row& row_of(Capability capability) { return kRows[static_cast<std::size_t>(capability)]; }

}  // namespace

std::string_view to_string(Capability capability) { return row_of(capability).name; }

bool is_allowed(std::span<const DirectoryRole> roles, Capability capability) {
    const auto& row = row_of(capability);
    return std::ranges::any_of(roles, [&row](DirectoryRole role) {
        return role == globalAdministrator || std::ranges::find(row.roles, role) != row.roles.end();
    });
}

}  // namespace portcullis::app
