#pragma once

#include <optional>
#include <span>

#include "base/id.h"
#include "core/risk/records.h"

namespace portcullis::risk {

/// What detections say. Source: id-protection.md §1.1, §1.8.
struct Risk {
    /// `riskLevelDuringSignIn`: the real-time detections of the sign-in, whatever became of them. INVARIANT: no event
    /// changes it, because a detection's level and timing never change.
    RiskLevel during_sign_in = RiskLevel::none;
    /// The same, of those still active: what policies ask about. Closed risk does not prompt again (conditional-access.md §6.2).
    RiskLevel sign_in_now = RiskLevel::none;
    /// `riskLevelAggregated`: all active detections of the sign-in, however late they came.
    RiskLevel sign_in_aggregated = RiskLevel::none;
    /// The highest active detection of the user (A1, A2).
    RiskLevel user = RiskLevel::none;
    /// The same without what this sign-in itself raised: the user risk as it was loaded at its start (§3.3 step 4, §7.1).
    RiskLevel user_apart = RiskLevel::none;
    RiskState user_state = RiskState::none;  // none, atRisk or confirmedCompromised: from active detections alone
};

/// `detections`: all active ones of the user, and every one of `sign_in`.
Risk assess(std::span<const RiskDetection> detections, std::optional<SignInId> sign_in);

}  // namespace portcullis::risk
