#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "core/detection/detector.h"
#include "core/signals/signals.h"
#include "core/terms/risk.h"
#include "core/terms/risk_event_type.h"

/// Risk as it is stored. Source: id-protection.md §1.6. Risk lives on detections; the rest is derived from them.
namespace portcullis::risk {

/// Who can move risk. `directory`: an on-premises directory; `connector`: a trusted outside system.
enum class ActorKind : std::uint8_t { user, admin, application, directory, connector, system };

/// One recorded indicator. `level`, `timing` and the times of activity and detection never change; the rest moves only
/// by `transition`.
struct RiskDetection {
    DetectionId id;
    UserId user;
    std::optional<SignInId> sign_in;  // nothing: about the user
    std::optional<SessionId> session;
    CorrelationId correlation;
    RiskEventType type = RiskEventType::unfamiliarFeatures;
    RiskLevel level    = RiskLevel::low;
    RiskState state    = RiskState::atRisk;
    RiskDetail detail  = RiskDetail::none;
    std::optional<RemediationMethod> remediation;
    DetectionTiming timing = DetectionTiming::realtime;
    std::string source     = "IdentityProtection";
    Instant activity_at{};  // when what is suspicious happened
    Instant detected_at{};
    Instant last_updated_at{};
    std::string ip_address;  // empty: none
    std::optional<signals::Place> place;
    std::string user_agent;
    double bits = 0;
    detection::Evidence evidence;

    bool operator==(const RiskDetection&) const = default;
};

/// Counts as high once an administrator confirmed it (E16, E17), whatever it was raised with.
constexpr RiskLevel effective_level(RiskLevel level, RiskState state) {
    return state == RiskState::confirmedCompromised ? RiskLevel::high : level;
}

/// A user's risk as reports show it; written in the same commit as what it follows from.
struct RiskyUser {
    UserId user;
    RiskLevel level   = RiskLevel::none;
    RiskState state   = RiskState::none;
    RiskDetail detail = RiskDetail::none;
    Instant last_updated_at{};
    bool is_deleted    = false;
    bool is_processing = false;

    bool operator==(const RiskyUser&) const = default;
};

/// One line of a user's risk history: how the user stood after it. The store gives it its id.
struct RiskHistoryItem {
    UserId user;
    RiskLevel level   = RiskLevel::none;
    RiskState state   = RiskState::none;
    RiskDetail detail = RiskDetail::none;
    Instant at{};
    ActorKind by = ActorKind::system;
    std::string initiated_by;  // id of the user, administrator or application; empty: the system
    std::vector<RiskEventType> event_types;  // of the detections that were raised or moved
    std::optional<RemediationMethod> remediation;
    std::string note;  // `password changed, risk unaffected`

    bool operator==(const RiskHistoryItem&) const = default;
};

/// A sign-in's risk beside the pinned real-time level.
struct SignInRisk {
    RiskLevel aggregated = RiskLevel::none;
    RiskState state      = RiskState::none;
    RiskDetail detail    = RiskDetail::none;

    bool operator==(const SignInRisk&) const = default;
};

std::string_view to_string(ActorKind kind);
std::optional<ActorKind> parse_actor_kind(std::string_view text);

}  // namespace portcullis::risk
