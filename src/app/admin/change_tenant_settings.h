#pragma once

#include <string>
#include <vector>

#include "app/admin/admin.h"

namespace portcullis::app {

/// Everything that is wrong with settings, in words; none: they may be used.
std::vector<std::string> settings_problems(const identity::TenantSettings& settings);

/// Replaces a tenant's settings.
class ChangeTenantSettings {
public:
    explicit ChangeTenantSettings(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden; invalidRequest with every problem; unavailable.
    Result<void> operator()(const Admin& admin, const identity::TenantSettings& settings);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
