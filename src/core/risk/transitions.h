#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/enum_set.h"
#include "base/id.h"
#include "base/result.h"
#include "core/risk/records.h"
#include "core/terms/risk.h"

/// The risk state machine: one table, and no risk changes state except by a row of it.
/// Source: id-protection.md §1.7; docs/risk-states.md is rendered from the table.
namespace portcullis::risk {

/// E01–E32 of id-protection.md §1.7, in that order.
enum class RiskEvent : std::uint8_t {
    realtimeDetection,           // E01
    offlineDetection,            // E02
    userDetection,               // E03
    policyMfaPassed,             // E04
    otherMfaPassed,              // E05
    policyMfaClaimed,            // E06
    policyPasswordChanged,       // E07
    userPasswordChanged,         // E08
    passwordReset,               // E09
    ordinaryPasswordChanged,     // E10
    riskRemediated,              // E10b
    temporaryPasswordIssued,     // E11
    onPremisesPasswordChanged,   // E12
    userRiskDismissed,           // E13
    signInRiskDismissed,         // E14
    signInConfirmedSafe,         // E15
    signInConfirmedCompromised,  // E16
    userConfirmedCompromised,    // E17
    userConfirmedSafe,           // E18
    reassessedSafe,              // E19
    familiarSignInAfterBlock,    // E20
    detectionOnClosed,           // E21
    agedOut,                     // E22
    compoundElevation,           // E23
    connectorDismissed,          // E24
    userDeleted,                 // E25
    deletedUserPurged,           // E26
    userDisabled,                // E27
    mitigated,                   // E28
    detectionOnCompromised,      // E29
    mfaFailed,                   // E30
    suspiciousActivityReported,  // E31
    blockedByPolicy,             // E32
};
inline constexpr std::size_t kRiskEventCount = 33;

/// What an event touches: one detection, the detections of one sign-in, or all of the user's.
enum class Reach : std::uint8_t { detection, signIn, user };

/// Which detections a row leaves alone though it reaches them.
enum class Spares : std::uint8_t {
    nothing,
    notClosedByMfa,  // the types that MFA never closes (§2.4)
    notLow,          // only low risk ages (E22)
};

/// What must be true, and be stated by the caller, before a row may move anything.
enum class Need : std::uint8_t {
    freshMfa,          // a second factor given in that sign-in; for E08 at most 10 minutes ago
    optIn,             // the tenant lets on-premises changes close risk
    familiarSuccess,   // a risk-free sign-in from a familiar place or device
    secondSignIn,      // the second successful sign-in after revocation
    newEvidence,       // other than an MFA claim
    trustedConnector,  // the tenant trusts the connector that says so
};
using Needs = EnumSet<Need>;

enum class UserLife : std::uint8_t { present, deleted };

/// What the event is about. `sign_in` and `detection` as its row's reach asks.
struct Target {
    UserId user;
    std::optional<SignInId> sign_in     = {};
    std::optional<DetectionId> detection = {};
    UserLife life                        = UserLife::present;
};

/// Something that happened, who did it, when, and what is known to hold.
struct Happening {
    RiskEvent event = RiskEvent::mitigated;
    ActorKind by    = ActorKind::system;
    Target target;
    Instant at{};
    Needs met = {};
};

/// One detection that changes state. The store refuses it as a conflict when the detection is no longer in `from`.
struct Moved {
    DetectionId detection;
    RiskState from     = RiskState::none;
    RiskState to       = RiskState::none;
    RiskDetail because = RiskDetail::none;
    std::optional<RemediationMethod> remediation;

    bool operator==(const Moved&) const = default;
};

/// Whether a row raises a detection, moves those there are, only tells how the user then stands, or changes nothing.
enum class Effect : std::uint8_t { raises, moves, projects, nothing };
enum class Availability : std::uint8_t { now, later };

/// One row of the table.
struct Transition {
    RiskEvent event;
    std::string_view id;  // `E04`
    RiskDetail reason;
    EnumSet<ActorKind> by;
    Effect effect;
    Reach reach;
    EnumSet<RiskState> from;
    RiskState to;
    Spares spares;
    std::optional<RemediationMethod> remediation;
    Needs needs;
    Availability availability;
    std::string_view when;  // in words
};

/// All rows, E01 first.
std::span<const Transition> transitions();
const Transition& row_of(RiskEvent event);

/// The detections that `happening` moves; none when it was done already, or when the event moves nothing. Detections whose
/// activity is later than `happening.at` stay as they are (§7.4).
/// Errors: forbidden when this actor may not cause the event, or a need of the row is not met; conflict when the user is
/// deleted (E25); invalidRequest when the row's reach names nothing.
Result<std::vector<Moved>> transition(std::span<const RiskDetection> detections, const Happening& happening);

/// Whether some row leads from `from` to `to` for this reason. The store refuses every other pair.
bool is_legal(RiskState from, RiskState to, RiskDetail because);

/// `detections` after `moves`.
std::vector<RiskDetection> apply(std::span<const RiskDetection> detections, std::span<const Moved> moves, Instant at);

/// What `detections`, as they stand after an event, make of the user. `before`: how the user stood; nothing: never at risk.
/// `reason`: why detections moved, when they did; it is shown once nothing is active any more.
struct Reason {
    RiskState state   = RiskState::none;
    RiskDetail detail = RiskDetail::none;
};
RiskyUser project_user(std::span<const RiskDetection> detections, const std::optional<RiskyUser>& before,
                       const std::optional<Reason>& reason, UserId user, Instant at);

/// The history line of an event that raised or moved `touched`.
RiskHistoryItem history_item(const RiskyUser& after, std::span<const RiskDetection> touched, const Happening& happening,
                             std::string initiated_by);

/// What a sign-in's detections make of its line in the log. `before`: as the line stands.
SignInRisk project_sign_in(std::span<const RiskDetection> detections, SignInId sign_in, const SignInRisk& before);

/// docs/risk-states.md.
std::string render_transitions();

std::string_view to_string(RiskEvent event);

}  // namespace portcullis::risk
