#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/admin/admin.h"

namespace portcullis::app {

/// How one person stands towards MFA.
struct RegistrationLine {
    UserId user;
    std::string user_principal_name;
    bool is_registered = false;  // has a method that can do MFA; an access pass is none (CRED-013)
    bool is_capable    = false;  // and the tenant lets them use one now
    bool is_excluded   = false;  // from the registration policy
    std::optional<int> days_left;  // of the registration period, begun days whole; absent: it has not begun, or there is nothing to do
};

struct RegistrationReport {
    int users = 0, registered = 0, capable = 0;
    std::vector<RegistrationLine> lines;  // by name
};

/// Who has registered for MFA, who can use it, and how long the others have (credentials.md §4, "Reporting"). Accounts that are deleted
/// or blocked are left out. Errors: forbidden, unavailable.
Result<RegistrationReport> registration_report(Ports& ports, const Admin& admin);

}  // namespace portcullis::app
