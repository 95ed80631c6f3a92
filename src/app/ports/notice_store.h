#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "core/terms/risk.h"

namespace portcullis::app {

/// A user whose risk rose and of whom administrators are still to be told. The store makes it in the act that raises the risk.
struct RiskAlert {
    UserId user;
    RiskLevel level = RiskLevel::none;  // the highest since administrators were told last
    Instant activity_at;                // the newest activity behind it
    Instant told_activity_at;           // the one behind the last mail; 1970: there was none
};

/// Which alerts: those of `least` and above that rose after `since`, and older ones whose user is still at such a risk.
struct RiskAlertQuery {
    RiskLevel least = RiskLevel::high;
    Instant since;
    int most = 100;
};

/// What came to a tenant in a span of time, and what is open at its end (id-protection.md §5.5, weekly digest).
struct RiskCounts {
    std::int64_t high = 0, medium = 0, low = 0;  // users with new risk, by the highest of it
    std::int64_t sign_ins = 0;                   // with risk in real time
    std::int64_t users_at_risk = 0;              // now
};

/// What administrators were told, and what they are still to be told. Read-only: it changes through Journal (NoticeMarked,
/// RiskAlertsTold). Errors of all: unavailable.
class NoticeStore {
public:
    virtual ~NoticeStore() = default;

    /// When administrators were told last of a kind of thing; nothing: never.
    virtual Result<std::optional<Instant>> told_at(TenantId tenant, std::string_view kind) const = 0;
    /// By the time of the activity, oldest first.
    virtual Result<std::vector<RiskAlert>> risk_alerts(TenantId tenant, const RiskAlertQuery& query) const = 0;
    /// What came from `since` on and before `until`.
    virtual Result<RiskCounts> risk_counts(TenantId tenant, Instant since, Instant until) const = 0;
};

}  // namespace portcullis::app
