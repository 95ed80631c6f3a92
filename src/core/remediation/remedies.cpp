#include "core/remediation/remedies.h"

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
        case mfa: return earned_by_mfa(completed, sign_in);
        case passwordChange:
            if (!looks_at_user_risk(completed.driven_by)) return std::nullopt;
            return RiskEvent::policyPasswordChanged;
        case block: return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace portcullis::remediation
