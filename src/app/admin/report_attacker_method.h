#pragma once

#include "app/admin/admin.h"
#include "core/risk/raise.h"

namespace portcullis::app {

/// Reports that somebody else added a method to a user's account (`investigationsThreatIntelligence`, high; conditional-access.md
/// §6.4, third branch). The method goes and every session ends at once, not only when the risk is remediated: every other door,
/// such as a reset, would take it until then.
class ReportAttackerMethod {
public:
    explicit ReportAttackerMethod(Ports& ports) : ports_(ports) {}

    /// The detection that it made. Errors: forbidden, also to whoever may not remove the user's methods; notFound: no such user, or no such method of theirs; conflict for a deleted
    /// user; unavailable.
    Result<risk::RiskDetection> operator()(const Admin& admin, UserId user, MethodId method);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
