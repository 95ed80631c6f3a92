#include "core/oidc/assignment.h"

#include <algorithm>

namespace portcullis::oidc {

std::optional<Refusal> assignment_refusal(const identity::Application& application, UserId user,
                                          std::span<const GroupId> groups) {
    if (!application.assignment_required) return std::nullopt;
    const auto& users = application.assigned_users;
    if (std::ranges::find(users, user) != users.end()) return std::nullopt;
    if (std::ranges::find_first_of(groups, application.assigned_groups) != groups.end()) return std::nullopt;
    return refuse_at_authorize(StsError::EntitlementGrantsNotFound);
}

}  // namespace portcullis::oidc
