#pragma once

#include <span>

#include "app/admin/admin.h"

namespace portcullis::app {

/// Users one call may name (id-protection.md §5.4).
inline constexpr std::size_t kUsersPerCallMax = 60;

/// Dismisses the risk of users: their detections and sign-ins with it; passwords stay (E13). Cannot be undone. All or none;
/// a user without active risk stays as they are.
class DismissUserRisk {
public:
    explicit DismissUserRisk(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden without the capability, and for one's own risk; notFound; conflict for a deleted user; invalidRequest
    /// for none or too many; unavailable.
    Result<void> operator()(const Admin& admin, std::span<const UserId> users);

private:
    Result<void> attempt(const Admin& admin, std::span<const UserId> users);
    Ports& ports_;
};

}  // namespace portcullis::app
