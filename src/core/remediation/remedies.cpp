#include "core/remediation/remedies.h"

#include <algorithm>
#include <array>

#include "core/risk/raise.h"

namespace portcullis::remediation {
namespace {

using risk::RiskEvent;

std::optional<RiskEvent> earned_by_mfa(const Completed& completed, SignInState sign_in) {
    if (sign_in == SignInState::riskFree) return std::nullopt;
    if (looks_at_sign_in_risk(completed.driven_by))
        return completed.met == Met::now ? RiskEvent::policyMfaPassed : RiskEvent::policyMfaClaimed;
    if (completed.driven_by != controls::RiskDriver::none || completed.met == Met::byClaim) return std::nullopt;
    return RiskEvent::otherMfaPassed;
}

}  // namespace

std::optional<risk::RiskEvent> earned_by(const Completed& completed, SignInState sign_in) {
    using enum controls::GrantControl;
    switch (completed.control) {
        case mfa:
        case authenticationStrength: return earned_by_mfa(completed, sign_in);
        case passwordChange:
            if (!looks_at_user_risk(completed.driven_by)) return std::nullopt;
            return RiskEvent::policyPasswordChanged;
        case riskRemediation: return RiskEvent::riskRemediated;
        case block: return std::nullopt;
    }
    return std::nullopt;
}

namespace {

constexpr std::array kPasswordClass{RiskEventType::leakedCredentials, RiskEventType::passwordSpray, RiskEventType::attackerinTheMiddle,
                                    RiskEventType::userReportedSuspiciousActivity, RiskEventType::adminConfirmedUserCompromised};

/// Somebody else may know the password: it leaked, was guessed, or was typed into another's page; or a person says that the
/// account is in other hands, and nobody knows by which way.
bool is_of_password_class(const risk::RiskDetection& detection) {
    if (detection.state == RiskState::confirmedCompromised) return true;
    return std::ranges::find(kPasswordClass, detection.type) != kPasswordClass.end();
}

}  // namespace

controls::RemediationBranch branch_of(std::span<const risk::RiskDetection> detections, HasPassword password) {
    using enum controls::RemediationBranch;
    if (password == HasPassword::no) return signInAgain;
    const bool is_needed = std::ranges::any_of(detections, [](const auto& d) { return is_active(d.state) && is_of_password_class(d); });
    return is_needed ? secureChange : signInAgain;
}

std::vector<MethodId> attacker_added(std::span<const risk::RiskDetection> detections) {
    std::vector<MethodId> methods;
    for (const auto& detection : detections) {
        if (detection.type != RiskEventType::investigationsThreatIntelligence || !is_active(detection.state)) continue;
        for (const auto& fact : detection.evidence) {
            if (fact.name != risk::kAttackerAddedMethod) continue;
            if (const auto id = parse_id<MethodId>(fact.observed)) methods.push_back(*id);
        }
    }
    return methods;
}

}  // namespace portcullis::remediation
