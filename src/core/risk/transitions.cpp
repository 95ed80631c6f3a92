#include "core/risk/transitions.h"

#include <algorithm>
#include <array>

namespace portcullis::risk {
namespace {

using enum RiskEvent;
using enum RiskDetail;
using By    = ActorKind;
using To    = RiskState;
using Via   = RemediationMethod;
using State = RiskState;

constexpr EnumSet<State> kNew{State::none};
constexpr EnumSet<State> kAtRisk{State::atRisk};
constexpr EnumSet<State> kActive{State::atRisk, State::confirmedCompromised};
constexpr EnumSet<State> kCompromised{State::confirmedCompromised};
constexpr EnumSet<State> kClosed{State::none, State::remediated, State::dismissed, State::confirmedSafe};
constexpr EnumSet<State> kNotCompromised{State::none, State::atRisk, State::remediated, State::dismissed,
                                         State::confirmedSafe};
constexpr EnumSet<State> kNone{};

constexpr EnumSet<By> kSystem{By::system};
constexpr EnumSet<By> kUser{By::user};
constexpr EnumSet<By> kAdmin{By::admin, By::application};
constexpr EnumSet<By> kAnybody{By::user, By::admin, By::application, By::directory, By::connector, By::system};

constexpr auto kNow = Availability::now, kLater = Availability::later;
constexpr std::nullopt_t kNo = std::nullopt;

/// Only low risk ages, and only after six months without news (E22).
constexpr Duration kAge = std::chrono::days{180};

/// riskDetail is "the reason behind a specific state", so no detection changes state except by a row.
// clang-format off
constexpr auto kTransitions = std::to_array<Transition>({
    // event                     id      reason                                by                                        effect            reaches           from             to                        spares                   remediation              needs                     raised or moved by us
    {realtimeDetection,          "E01",  none,                                 kSystem,                                  Effect::raises,   Reach::signIn,    kNew,            To::atRisk,               Spares::nothing,         kNo,                     {},                       kNow,   "a real-time detection in a sign-in whose first factor was correct"},
    {offlineDetection,           "E02",  none,                                 {By::system, By::connector},              Effect::raises,   Reach::signIn,    kNew,            To::atRisk,               Spares::nothing,         kNo,                     {},                       kNow,   "a detection linked to a sign-in, made after it; the real-time level stays as it was"},
    {userDetection,              "E03",  none,                                 kAnybody,                                 Effect::raises,   Reach::user,      kNew,            To::atRisk,               Spares::nothing,         kNo,                     {},                       kNow,   "a detection on the user alone"},
    {policyMfaPassed,            "E04",  userPassedMFADrivenByRiskBasedPolicy, kUser,                                    Effect::moves,    Reach::signIn,    kAtRisk,         To::remediated,           Spares::notClosedByMfa,  Via::mfa,                {Need::freshMfa},         kNow,   "the user passes MFA that a sign-in risk policy demanded"},
    {otherMfaPassed,             "E05",  aiConfirmedSigninSafe,                {By::user, By::system},                   Effect::moves,    Reach::signIn,    kAtRisk,         To::dismissed,            Spares::notClosedByMfa,  Via::system,             {Need::freshMfa},         kNow,   "the user passes MFA in the risky sign-in for another reason; detections that arrive later for that sign-in too"},
    {policyMfaClaimed,           "E06",  userPassedMFADrivenByRiskBasedPolicy, kUser,                                    Effect::moves,    Reach::signIn,    kAtRisk,         To::remediated,           Spares::notClosedByMfa,  Via::mfa,                {},                       kNow,   "a sign-in risk policy demands MFA and the session already carries a valid MFA claim"},
    {policyPasswordChanged,      "E07",  userPerformedSecuredPasswordReset,    kUser,                                    Effect::moves,    Reach::user,      kActive,         To::remediated,           Spares::nothing,         Via::policySecureChange, {Need::freshMfa},         kNow,   "the secure password change of a user risk policy is completed"},
    {userPasswordChanged,        "E08",  userPerformedSecuredPasswordChange,   kUser,                                    Effect::moves,    Reach::user,      kActive,         To::remediated,           Spares::nothing,         Via::userSecureChange,   {Need::freshMfa},         kNow,   "the user, asked by an administrator, changes the password in a session with fresh MFA"},
    {passwordReset,              "E09",  userPerformedSecuredPasswordReset,    kUser,                                    Effect::moves,    Reach::user,      kActive,         To::remediated,           Spares::nothing,         Via::sspr,               {},                       kNow,   "a self-service password reset is completed"},
    {ordinaryPasswordChanged,    "E10",  none,                                 kUser,                                    Effect::nothing,  Reach::user,      kNone,           To::none,                 Spares::nothing,         kNo,                     {},                       kNow,   "password changed, risk unaffected"},
    {riskRemediated,             "E10b", microsoftRevokedSessions,             kUser,                                    Effect::moves,    Reach::user,      kActive,         To::remediated,           Spares::nothing,         Via::sessionRevoke,      {Need::secondSignIn},     kNow,   "adaptive remediation without a password: the second successful sign-in after sessions were revoked"},
    {temporaryPasswordIssued,    "E11",  adminGeneratedTemporaryPassword,      kAdmin,                                   Effect::moves,    Reach::user,      kActive,         To::remediated,           Spares::nothing,         Via::adminTempPassword,  {},                       kNow,   "an administrator issues a temporary password"},
    {onPremisesPasswordChanged,  "E12",  userChangedPasswordOnPremises,        {By::directory},                          Effect::moves,    Reach::user,      kActive,         To::remediated,           Spares::nothing,         Via::onPremChange,       {Need::optIn},            kLater, "a password change on premises is synchronised"},
    {userRiskDismissed,          "E13",  adminDismissedAllRiskForUser,         kAdmin,                                   Effect::moves,    Reach::user,      kActive,         To::dismissed,            Spares::nothing,         Via::admin,              {},                       kNow,   "an administrator dismisses the user's risk"},
    {signInRiskDismissed,        "E14",  adminDismissedRiskForSignIn,          kAdmin,                                   Effect::moves,    Reach::signIn,    kAtRisk,         To::dismissed,            Spares::nothing,         Via::admin,              {},                       kNow,   "an administrator dismisses one sign-in's risk"},
    {signInConfirmedSafe,        "E15",  adminConfirmedSigninSafe,             kAdmin,                                   Effect::moves,    Reach::signIn,    kActive,         To::confirmedSafe,        Spares::nothing,         Via::admin,              {},                       kNow,   "an administrator confirms a sign-in safe; a compromised one only when no confirmation of the user is outstanding"},
    {signInConfirmedCompromised, "E16",  adminConfirmedSigninCompromised,      kAdmin,                                   Effect::moves,    Reach::signIn,    kNotCompromised, To::confirmedCompromised, Spares::nothing,         kNo,                     {},                       kNow,   "an administrator confirms a sign-in compromised"},
    {userConfirmedCompromised,   "E17",  adminConfirmedUserCompromised,        kAdmin,                                   Effect::moves,    Reach::user,      kAtRisk,         To::confirmedCompromised, Spares::nothing,         kNo,                     {},                       kNow,   "an administrator confirms the user compromised; a detection `adminConfirmedUserCompromised` is added"},
    {userConfirmedSafe,          "E18",  adminConfirmedAccountSafe,            kAdmin,                                   Effect::moves,    Reach::user,      kActive,         To::confirmedSafe,        Spares::nothing,         Via::admin,              {},                       kNow,   "an administrator confirms the user safe; the user is learned anew"},
    {reassessedSafe,             "E19",  aiConfirmedSigninSafe,                kSystem,                                  Effect::moves,    Reach::detection, kAtRisk,         To::dismissed,            Spares::nothing,         Via::system,             {Need::newEvidence},      kLater, "the system finds it harmless on new evidence"},
    {familiarSignInAfterBlock,   "E20",  aiConfirmedSigninSafe,                kSystem,                                  Effect::moves,    Reach::signIn,    kAtRisk,         To::dismissed,            Spares::notClosedByMfa,  Via::system,             {Need::familiarSuccess},  kNow,   "after a block the user signs in free of risk from a familiar place or device; closes the blocked sign-in"},
    {detectionOnClosed,          "E21",  none,                                 {By::system, By::connector},              Effect::projects, Reach::user,      kClosed,         To::atRisk,               Spares::nothing,         kNo,                     {},                       kNow,   "a new detection on a user whose risk was closed; what was closed stays closed"},
    {agedOut,                    "E22",  none,                                 kSystem,                                  Effect::moves,    Reach::user,      kAtRisk,         To::none,                 Spares::notLow,          Via::system,             {},                       kLater, "low risk without news for six months; medium and high never age"},
    {compoundElevation,          "E23",  aiElevatedAccountRisk,                kSystem,                                  Effect::raises,   Reach::user,      kNew,            To::atRisk,               Spares::nothing,         kNo,                     {},                       kLater, "several lesser detections compound; `aiCompoundAccountRisk` is added, high"},
    {connectorDismissed,         "E24",  m365DAdminDismissedDetection,         {By::connector},                          Effect::moves,    Reach::detection, kAtRisk,         To::dismissed,            Spares::nothing,         Via::admin,              {Need::trustedConnector}, kLater, "a connected incident console dismisses the detection"},
    {userDeleted,                "E25",  none,                                 {By::admin, By::application, By::directory}, Effect::nothing, Reach::user,   kNone,           To::none,                 Spares::nothing,         kNo,                     {},                       kNow,   "the user is deleted: states are frozen, nothing is raised or moved any more"},
    {deletedUserPurged,          "E26",  none,                                 kAdmin,                                   Effect::nothing,  Reach::user,      kNone,           To::none,                 Spares::nothing,         kNo,                     {},                       kLater, "an operator purges a deleted user's risk; the audit stays"},
    {userDisabled,               "E27",  none,                                 kAdmin,                                   Effect::nothing,  Reach::user,      kNone,           To::none,                 Spares::nothing,         kNo,                     {},                       kNow,   "the user is disabled; sign-ins are still scored"},
    {mitigated,                  "E28",  none,                                 kAdmin,                                   Effect::nothing,  Reach::user,      kNone,           To::none,                 Spares::nothing,         kNo,                     {},                       kNow,   "sessions revoked, a device disabled or MFA registration required: limits damage, closes nothing"},
    {detectionOnCompromised,     "E29",  none,                                 {By::system, By::connector},              Effect::projects, Reach::user,      kCompromised,    To::confirmedCompromised, Spares::nothing,         kNo,                     {},                       kNow,   "a new detection on a confirmed compromised user; the user stays so"},
    {mfaFailed,                  "E30",  none,                                 kUser,                                    Effect::nothing,  Reach::signIn,    kNone,           To::none,                 Spares::nothing,         kNo,                     {},                       kNow,   "the user fails, denies or abandons the MFA prompt"},
    {suspiciousActivityReported, "E31",  none,                                 kUser,                                    Effect::raises,   Reach::user,      kNew,            To::atRisk,               Spares::nothing,         kNo,                     {},                       kNow,   "the user denies the MFA prompt and reports it; `userReportedSuspiciousActivity` is added, high"},
    {blockedByPolicy,            "E32",  none,                                 kSystem,                                  Effect::nothing,  Reach::signIn,    kNone,           To::none,                 Spares::nothing,         kNo,                     {},                       kNow,   "a risk policy blocks the sign-in"},
});
// clang-format on

/// One row for each event, in the order of the enumerators.
constexpr bool is_total() {
    if (kTransitions.size() != kRiskEventCount) return false;
    for (std::size_t i = 0; i < kTransitions.size(); ++i) {
        if (kTransitions[i].event != static_cast<RiskEvent>(i)) return false;
    }
    return true;
}
static_assert(is_total());

/// Every reason that concerns users is given by some row; those of service principals and agents by none.
constexpr bool reasons_are_covered() {
    for (std::size_t i = 1; i < static_cast<std::size_t>(adminConfirmedServicePrincipalCompromised); ++i) {
        const auto gives = [i](const Transition& row) { return row.reason == static_cast<RiskDetail>(i); };
        if (std::none_of(kTransitions.begin(), kTransitions.end(), gives)) return false;
    }
    return true;
}
static_assert(reasons_are_covered());

/// `confirmedCompromised` is left by E07, E08, E09, E10b, E11, E12, E13, E15 and E18 alone (§1.7); MFA never leaves it.
constexpr bool leaves_compromised(RiskEvent event) {
    constexpr std::array kExits{policyPasswordChanged,   userPasswordChanged,       passwordReset,
                                riskRemediated,          temporaryPasswordIssued,   onPremisesPasswordChanged,
                                userRiskDismissed,       signInConfirmedSafe,       userConfirmedSafe};
    return std::find(kExits.begin(), kExits.end(), event) != kExits.end();
}
constexpr bool exits_are_exact() {
    return std::all_of(kTransitions.begin(), kTransitions.end(), [](const Transition& row) {
        const bool leaves = row.effect == Effect::moves && row.from.contains(State::confirmedCompromised);
        return leaves == leaves_compromised(row.event);
    });
}
static_assert(exits_are_exact());

/// No row leads to where it starts from, so repeating an act moves nothing; only ageing returns to `none`.
constexpr bool moves_are_sane() {
    return std::all_of(kTransitions.begin(), kTransitions.end(), [](const Transition& row) {
        if (row.effect != Effect::moves) return true;
        return !row.from.empty() && !row.from.contains(row.to) && (row.to == State::none) == (row.event == agedOut);
    });
}
static_assert(moves_are_sane());

bool is_spared(const Transition& row, const RiskDetection& detection, Instant at) {
    switch (row.spares) {
        case Spares::nothing:        return false;
        case Spares::notClosedByMfa: return mfa_closes(detection.type) == MfaCloses::never;
        case Spares::notLow:         return detection.level != RiskLevel::low || at - detection.last_updated_at < kAge;
    }
    return true;
}

bool is_touched(Reach reach, const RiskDetection& detection, const Target& target) {
    switch (reach) {
        case Reach::detection: return detection.id == target.detection;
        case Reach::signIn:    return detection.sign_in && detection.sign_in == target.sign_in;
        case Reach::user:      return true;
    }
    return false;
}

/// E15 leaves `confirmedCompromised` only when no E17 is outstanding.
bool is_held_by_confirmed_user(const Transition& row, const RiskDetection& detection,
                               std::span<const RiskDetection> detections) {
    if (row.event != signInConfirmedSafe || detection.state != State::confirmedCompromised) return false;
    return std::ranges::any_of(detections, [&](const RiskDetection& other) {
        return other.user == detection.user && other.state == State::confirmedCompromised &&
               other.detail == adminConfirmedUserCompromised;
    });
}

Result<void> check(const Transition& row, const Happening& happening) {
    const auto& target = happening.target;
    if (!row.by.contains(happening.by))
        return Error{ErrorCode::forbidden, std::string(to_string(happening.by)) + " may not cause " + std::string(row.id)};
    if (row.effect == Effect::nothing) return {};
    if (target.life == UserLife::deleted)
        return Error{ErrorCode::conflict, "the risk of a deleted user is frozen"};
    if (row.reach == Reach::signIn && !target.sign_in)
        return Error{ErrorCode::invalidRequest, std::string(row.id) + " needs a sign-in"};
    if (row.reach == Reach::detection && !target.detection)
        return Error{ErrorCode::invalidRequest, std::string(row.id) + " needs a detection"};
    for (const auto need : {Need::freshMfa, Need::optIn, Need::familiarSuccess, Need::secondSignIn, Need::newEvidence,
                            Need::trustedConnector}) {
        if (row.needs.contains(need) && !happening.met.contains(need))
            return Error{ErrorCode::forbidden, std::string(row.id) + " lacks what it needs"};
    }
    return {};
}

}  // namespace

std::span<const Transition> transitions() { return kTransitions; }
const Transition& row_of(RiskEvent event) { return kTransitions[static_cast<std::size_t>(event)]; }

Result<std::vector<Moved>> transition(std::span<const RiskDetection> detections, const Happening& happening) {
    const auto& row = row_of(happening.event);
    TRY(check(row, happening));

    std::vector<Moved> moved;
    if (row.effect != Effect::moves) return moved;
    for (const auto& detection : detections) {
        if (detection.user != happening.target.user || !is_touched(row.reach, detection, happening.target)) continue;
        if (!row.from.contains(detection.state) || is_spared(row, detection, happening.at)) continue;
        // Race (§7.4): what happened after the event is not closed by it.
        if (detection.activity_at > happening.at) continue;
        if (is_held_by_confirmed_user(row, detection, detections)) continue;
        moved.push_back({detection.id, detection.state, row.to, row.reason, row.remediation});
    }
    return moved;
}

bool is_legal(RiskState from, RiskState to, RiskDetail because) {
    return std::ranges::any_of(kTransitions, [&](const Transition& row) {
        return row.effect == Effect::moves && row.from.contains(from) && row.to == to && row.reason == because;
    });
}

std::vector<RiskDetection> apply(std::span<const RiskDetection> detections, std::span<const Moved> moves, Instant at) {
    std::vector<RiskDetection> after(detections.begin(), detections.end());
    for (auto& detection : after) {
        const auto move = std::ranges::find(moves, detection.id, &Moved::detection);
        if (move == moves.end()) continue;
        detection.state           = move->to;
        detection.detail          = move->because;
        detection.remediation     = move->remediation;
        detection.last_updated_at = at;
    }
    return after;
}

std::string_view to_string(RiskEvent event) {
    static constexpr std::array<std::string_view, kRiskEventCount> kNames{
        "realtimeDetection",   "offlineDetection",  "userDetection",           "policyMfaPassed",
        "otherMfaPassed",      "policyMfaClaimed",  "policyPasswordChanged",   "userPasswordChanged",
        "passwordReset",       "ordinaryPasswordChanged", "riskRemediated",    "temporaryPasswordIssued",
        "onPremisesPasswordChanged", "userRiskDismissed", "signInRiskDismissed", "signInConfirmedSafe",
        "signInConfirmedCompromised", "userConfirmedCompromised", "userConfirmedSafe", "reassessedSafe",
        "familiarSignInAfterBlock", "detectionOnClosed", "agedOut",            "compoundElevation",
        "connectorDismissed",  "userDeleted",       "deletedUserPurged",       "userDisabled",
        "mitigated",           "detectionOnCompromised", "mfaFailed",          "suspiciousActivityReported",
        "blockedByPolicy"};
    return kNames[static_cast<std::size_t>(event)];
}

}  // namespace portcullis::risk
