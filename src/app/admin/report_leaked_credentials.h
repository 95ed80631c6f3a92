#pragma once

#include "app/admin/admin.h"
#include "core/risk/raise.h"

namespace portcullis::app {

/// Reports that a user's current credentials were found in a leak (E03, DET-19).
class ReportLeakedCredentials {
public:
    explicit ReportLeakedCredentials(Ports& ports) : ports_(ports) {}

    /// The detection that it made. `level`: high unless the finder is less sure. Errors: forbidden; notFound; conflict for a
    /// deleted user; invalidRequest for the level `none`; unavailable.
    Result<risk::RiskDetection> operator()(const Admin& admin, UserId user, const risk::Leak& leak,
                                           RiskLevel level = RiskLevel::high);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
