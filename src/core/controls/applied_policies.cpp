#include "core/controls/applied_policies.h"

#include "core/controls/requirements.h"

namespace portcullis::controls {
namespace {

using policy::Decision;
using policy::is_set;
using policy::Policy;
using policy::PolicyResult;
using policy::PolicyState;

enum class Outcome { met, unmet, wouldAsk };

/// Whether a policy that applies is met. `standard`: of all enforced policies.
Outcome outcome(const Policy& policy, const SessionFacts& session, Standard standard) {
    if (policy.grant_controls && policy.grant_controls->controls.contains(GrantControl::block)) return Outcome::unmet;
    SessionLimits own;
    narrow(own, policy.session_controls);
    narrow(standard.limits, policy.session_controls);  // changes nothing for an enforced policy
    if (!unmet(policy, session, standard).empty()) return Outcome::wouldAsk;
    const bool is_signed_in = session.first_factor_at &&
                              is_fresh(*session.first_factor_at, own.first_factor_max_age, session);
    return is_signed_in ? Outcome::met : Outcome::unmet;
}

PolicyResult result(const Decision& decision, std::size_t at, const SessionFacts& session,
                    const Standard& standard) {
    const auto& policy = decision.policies()[at];
    const bool applies = is_set(decision.applies(), at);
    switch (policy.state) {
        case PolicyState::disabled: return PolicyResult::notEnabled;
        case PolicyState::enabled:
            if (!applies) return PolicyResult::notApplied;
            return outcome(policy, session, standard) == Outcome::met ? PolicyResult::success : PolicyResult::failure;
        case PolicyState::enabledForReportingButNotEnforced: break;
    }
    if (!applies) return PolicyResult::reportOnlyNotApplied;
    switch (outcome(policy, session, standard)) {
        case Outcome::met: return PolicyResult::reportOnlySuccess;
        case Outcome::unmet: return PolicyResult::reportOnlyFailure;
        case Outcome::wouldAsk: return PolicyResult::reportOnlyInterrupted;
    }
    return PolicyResult::reportOnlyFailure;
}

void name_controls(AppliedPolicy& entry, const Policy& policy) {
    const auto controls = policy.grant_controls.value_or(policy::GrantControls{}).controls;
    for (const auto control : {GrantControl::block, GrantControl::mfa, GrantControl::authenticationStrength, GrantControl::passwordChange,
                               GrantControl::riskRemediation}) {
        if (controls.contains(control)) entry.enforced_grant_controls.push_back(control);
    }
    if (policy.session_controls.sign_in_frequency) entry.enforced_session_controls.push_back("signInFrequency");
    if (policy.session_controls.persistent_browser) entry.enforced_session_controls.push_back("persistentBrowser");
}

}  // namespace

PolicyResult result_of(const Decision& decision, std::size_t policy, const SessionFacts& session) {
    return result(decision, policy, session, standard_of(decision));
}

std::vector<AppliedPolicy> applied_policies(const Decision& decision, const policy::SignInContext& sign_in,
                                            const SessionFacts& session) {
    const auto standard = standard_of(decision);
    std::size_t explained = 0;
    const auto in_words   = [&](const Policy& policy, bool applies) {
        if (policy.state == PolicyState::disabled) return policy::InWords::none;
        if (applies) return policy::InWords::all;
        return explained++ < kExplainedMax ? policy::InWords::unmatched : policy::InWords::none;
    };
    std::vector<AppliedPolicy> entries;
    entries.reserve(decision.policies().size());
    for (std::size_t at = 0; at < decision.policies().size(); ++at) {
        const auto& policy = decision.policies()[at];
        const bool applies = is_set(decision.applies(), at);
        auto& entry        = entries.emplace_back();
        entry.id           = policy.id;
        entry.display_name = policy.display_name;
        entry.result       = result(decision, at, session, standard);
        auto conditions    = explain(decision, at, sign_in, in_words(policy, applies));
        entry.conditions.assign(std::make_move_iterator(conditions.begin()), std::make_move_iterator(conditions.end()));
        if (applies && policy.state != PolicyState::disabled) name_controls(entry, policy);
    }
    return entries;
}

policy::ConditionalAccessStatus conditional_access_status(const Decision& decision, const SessionFacts& session) {
    using policy::ConditionalAccessStatus;
    const auto standard = standard_of(decision);
    auto status       = ConditionalAccessStatus::notApplied;
    for (std::size_t at = 0; at < decision.policies().size(); ++at) {
        if (decision.policies()[at].state != PolicyState::enabled) continue;
        if (result(decision, at, session, standard) == PolicyResult::failure) return ConditionalAccessStatus::failure;
        if (decision.matches_user_and_applications(at)) status = ConditionalAccessStatus::success;
    }
    return status;
}

}  // namespace portcullis::controls
