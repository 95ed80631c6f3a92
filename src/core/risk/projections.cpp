#include <algorithm>

#include "core/risk/assess.h"
#include "core/risk/transitions.h"

namespace portcullis::risk {
namespace {

bool has_active(std::span<const RiskDetection> detections, RiskEventType type) {
    return std::ranges::any_of(detections, [&](const auto& d) { return d.type == type && is_active(d.state); });
}

/// Why active detections stand as they do; the word about the user outweighs the word about a sign-in.
RiskDetail active_detail(std::span<const RiskDetection> detections, RiskState state) {
    if (state == RiskState::confirmedCompromised) {
        const bool is_user = std::ranges::any_of(detections, [](const auto& d) {
            return d.state == RiskState::confirmedCompromised && d.detail == RiskDetail::adminConfirmedUserCompromised;
        });
        return is_user ? RiskDetail::adminConfirmedUserCompromised : RiskDetail::adminConfirmedSigninCompromised;
    }
    return has_active(detections, RiskEventType::aiCompoundAccountRisk) ? RiskDetail::aiElevatedAccountRisk
                                                                        : RiskDetail::none;
}

bool stands_alike(const RiskyUser& a, const RiskyUser& b) {
    return a.level == b.level && a.state == b.state && a.detail == b.detail;
}

}  // namespace

RiskyUser project_user(std::span<const RiskDetection> detections, const std::optional<RiskyUser>& before,
                       const std::optional<Reason>& reason, UserId user, Instant at) {
    RiskyUser after = before.value_or(RiskyUser{});
    after.user      = user;

    const auto risk = assess(detections, std::nullopt);
    after.level     = risk.user;
    if (is_active(risk.user_state)) {
        after.state  = risk.user_state;
        after.detail = active_detail(detections, risk.user_state);
    } else if (reason) {
        after.state  = reason->state;
        after.detail = reason->detail;
    } else if (is_active(after.state)) {
        after.state  = RiskState::none;
        after.detail = RiskDetail::none;
    }
    if (!before || reason || !stands_alike(*before, after)) after.last_updated_at = at;
    return after;
}

RiskHistoryItem history_item(const RiskyUser& after, std::span<const RiskDetection> touched, const Happening& happening,
                             std::string initiated_by) {
    const auto& row = row_of(happening.event);
    RiskHistoryItem item;
    item.user         = after.user;
    item.level        = after.level;
    item.state        = after.state;
    item.detail       = after.detail;
    item.at           = happening.at;
    item.by           = happening.by;
    item.initiated_by = std::move(initiated_by);
    item.remediation  = row.remediation;
    item.note         = std::string(row.when);
    for (const auto& detection : touched) {
        if (std::ranges::find(item.event_types, detection.type) == item.event_types.end())
            item.event_types.push_back(detection.type);
    }
    return item;
}

SignInRisk project_sign_in(std::span<const RiskDetection> detections, SignInId sign_in, const SignInRisk& before) {
    SignInRisk after;
    const RiskDetection* latest = nullptr;  // active ones first, then by time
    const auto rank             = [](const RiskDetection& d) {
        return d.state == RiskState::confirmedCompromised ? 2 : d.state == RiskState::atRisk ? 1 : 0;
    };
    for (const auto& detection : detections) {
        if (detection.sign_in != sign_in) continue;
        if (is_active(detection.state))
            after.aggregated = std::max(after.aggregated, effective_level(detection.level, detection.state));
        if (!latest || rank(detection) > rank(*latest) ||
            (rank(detection) == rank(*latest) && detection.last_updated_at >= latest->last_updated_at))
            latest = &detection;
    }
    if (!latest) return before;
    after.state  = latest->state;
    after.detail = latest->detail;
    return after;
}

}  // namespace portcullis::risk
