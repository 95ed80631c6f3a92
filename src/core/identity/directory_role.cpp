#include "core/identity/directory_role.h"

#include <algorithm>
#include <array>
#include <string>

namespace portcullis::identity {
namespace {

using enum DirectoryRole;

// Source: Microsoft Graph, directoryRoleTemplate ids (graph-api.md).
// clang-format off
constexpr auto kRoles = std::to_array<DirectoryRoleEntry>({
    {globalAdministrator,               "62e90394-69f5-4237-9190-012177145e10", "Global Administrator"},
    {globalReader,                      "f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader"},
    {securityAdministrator,             "194ae4cb-b126-40b2-bd5b-6091b380977d", "Security Administrator"},
    {securityOperator,                  "5f2222b1-57c3-48ba-8ad5-d4759f1fde6f", "Security Operator"},
    {securityReader,                    "5d6b6bb7-de71-4623-b4af-96380a352509", "Security Reader"},
    {conditionalAccessAdministrator,    "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", "Conditional Access Administrator"},
    {userAdministrator,                 "fe930be7-5e62-47db-91af-98c3a49a38b1", "User Administrator"},
    {helpdeskAdministrator,             "729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator"},
    {authenticationAdministrator,       "c4e39bd9-1100-46d3-8c65-fb160da0071f", "Authentication Administrator"},
    {authenticationPolicyAdministrator, "0526716b-113d-4c15-b2c8-68e3c22b9f80", "Authentication Policy Administrator"},
    {reportsReader,                     "4a5d8f65-41da-4de4-8968-e035b65339cf", "Reports Reader"},
    {cloudDeviceAdministrator,          "7698a772-787b-4ac8-901f-60d6b08affd2", "Cloud Device Administrator"},
});
// clang-format on

std::string folded(std::string_view name) {
    std::string key;
    for (const char c : name) {
        if (c == ' ') continue;
        key += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return key;
}

}  // namespace

std::span<const DirectoryRoleEntry> directory_roles() { return kRoles; }

RoleId id_of(DirectoryRole role) {
    return parse_id<RoleId>(std::ranges::find(kRoles, role, &DirectoryRoleEntry::role)->template_id).value_or(RoleId{});
}

std::optional<DirectoryRole> directory_role(RoleId id) {
    const auto text = to_string(id);
    const auto row  = std::ranges::find(kRoles, std::string_view(text), &DirectoryRoleEntry::template_id);
    if (row == kRoles.end()) return std::nullopt;
    return row->role;
}

std::optional<DirectoryRole> directory_role_named(std::string_view name) {
    const auto wanted = folded(name);
    const auto row    = std::ranges::find_if(kRoles, [&](const auto& r) { return folded(r.display_name) == wanted; });
    if (row == kRoles.end()) return std::nullopt;
    return row->role;
}

}  // namespace portcullis::identity
