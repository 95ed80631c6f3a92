#include "core/controls/next_step.h"

#include <algorithm>
#include <array>

#include "base/overloaded.h"
#include "core/controls/requirements.h"

namespace portcullis::controls {
namespace {

using policy::ClientAppType;
using policy::Decision;
using policy::is_set;
using policy::Policy;
using Trait = policy::CompiledPolicies::Trait;

/// Which policies demand one control, and what they look at.
struct Demand {
    std::vector<PolicyId> policies;
    bool sign_in_risk = false;
    bool user_risk    = false;
    bool user_action  = false;

    [[nodiscard]] bool is_needed() const { return !policies.empty(); }
    [[nodiscard]] bool looks_at_risk() const { return sign_in_risk || user_risk; }
    [[nodiscard]] RiskDriver driven_by() const {
        if (sign_in_risk && user_risk) return RiskDriver::both;
        if (sign_in_risk) return RiskDriver::signInRisk;
        return user_risk ? RiskDriver::userRisk : RiskDriver::none;
    }
    void add(const Policy& policy) {
        policies.push_back(policy.id);
        sign_in_risk |= !policy.conditions.sign_in_risk_levels.empty();
        user_risk |= !policy.conditions.user_risk_levels.empty();
        user_action |= !policy.conditions.applications.user_actions.empty();
    }
    void add(const Demand& other) {
        for (const auto& id : other.policies) {
            if (std::ranges::find(policies, id) == policies.end()) policies.push_back(id);
        }
        sign_in_risk |= other.sign_in_risk;
        user_risk |= other.user_risk;
        user_action |= other.user_action;
    }
};

/// All that is demanded and not met, and all that is demanded and met; one demand a control, so one prompt serves every
/// policy (§3.4, C4).
struct Demands {
    Demand mfa, password_change;
    Demand mfa_met, password_change_met;
    std::vector<PolicyId> first_factor_too_old;
};

std::optional<Refuse> blocked(const Decision& decision) {
    Refuse refuse{Refusal::registrationBlockedByPolicy, {}};
    for_each_enforced(decision, [&](std::size_t at) {
        if (!is_set(decision.compiled().trait(Trait::blocks), at)) return;
        refuse.policies.push_back(decision.policies()[at].id);
        if (!is_set(decision.compiled().trait(Trait::targetsUserAction), at)) refuse.because = Refusal::blockedByPolicy;
    });
    if (refuse.policies.empty()) return std::nullopt;
    return refuse;
}

void sort_control(GrantControl control, const Policy& policy, EnumSet<GrantControl> missing, Demands& demands) {
    if (!policy.grant_controls || !policy.grant_controls->controls.contains(control)) return;
    const bool is_missing = missing.contains(control);
    switch (control) {
        case GrantControl::mfa: (is_missing ? demands.mfa : demands.mfa_met).add(policy); return;
        case GrantControl::passwordChange:
            (is_missing ? demands.password_change : demands.password_change_met).add(policy);
            return;
        case GrantControl::block: return;
    }
}

bool is_first_factor_old(const Policy& policy, const SessionFacts& session) {
    SessionLimits own;
    narrow(own, policy.session_controls);
    return !is_fresh(*session.first_factor_at, own.first_factor_max_age, session);
}

Demands gather(const Decision& decision, const SessionFacts& session, const SessionLimits& limits) {
    Demands demands;
    for_each_enforced(decision, [&](std::size_t at) {
        const auto& policy = decision.policies()[at];
        const auto missing = unmet(policy, session, limits);
        sort_control(GrantControl::mfa, policy, missing, demands);
        sort_control(GrantControl::passwordChange, policy, missing, demands);
        if (is_first_factor_old(policy, session)) demands.first_factor_too_old.push_back(policy.id);
    });
    // Password change is only reachable after MFA in the same transaction (§3.5), also when an older one would do.
    const bool mfa_is_of_this_transaction = session.mfa_at && *session.mfa_at >= session.transaction_began;
    if (demands.password_change.is_needed() && !mfa_is_of_this_transaction) demands.mfa.add(demands.password_change);
    return demands;
}

/// Medium and above: nobody registers or changes security info then (PROTO-207, IDP 3.6).
bool is_at_risk(const Decision& decision) {
    return decision.sign_in_risk() >= RiskLevel::medium || decision.user_risk() >= RiskLevel::medium;
}

/// Known not to be at risk: what is unknown is not safe.
bool is_known_safe(const Decision& decision) {
    return decision.sign_in_risk() && decision.user_risk() && !is_at_risk(decision);
}

/// MFA is needed and the user has no method: why registering one is out of the question here, if it is (§3.5).
std::optional<Refusal> no_registration(const Decision& decision, const Demand& mfa, const Capabilities& user) {
    if (mfa.looks_at_risk() || !is_known_safe(decision)) return Refusal::registrationRefusedDueToRisk;
    if (mfa.user_action) return Refusal::registrationBlockedByPolicy;
    if (!user.can_register) return Refusal::registrationImpossible;
    return std::nullopt;
}

bool can_be_asked(ClientAppType type) {
    switch (type) {
        case ClientAppType::browser:
        case ClientAppType::mobileAppsAndDesktopClients: return true;
        case ClientAppType::exchangeActiveSync:
        case ClientAppType::other: return false;
    }
    return false;
}

/// Refusals that no prompt could avert, so that nobody is asked for nothing.
std::optional<Refuse> impossible(const Decision& decision, const Demands& demands, const Capabilities& user) {
    const auto& mfa = demands.mfa;
    if (!can_be_asked(decision.client_app())) {
        Demand all = mfa;
        all.add(demands.password_change);
        if (!all.is_needed() && demands.first_factor_too_old.empty()) return std::nullopt;
        return Refuse{Refusal::clientCannotAnswer, all.is_needed() ? all.policies : demands.first_factor_too_old};
    }
    if (mfa.is_needed() && !user.can_mfa) {
        if (const auto because = no_registration(decision, mfa, user)) return Refuse{*because, mfa.policies};
    }
    if (demands.password_change.is_needed() && !user.can_change_password)
        return Refuse{Refusal::passwordChangeImpossible, demands.password_change.policies};
    return std::nullopt;
}

/// The registration policy, after all that was demanded is met (id-protection.md §3.8).
std::optional<Step> registration(const Decision& decision, const Capabilities& user) {
    const bool is_registered = user.can_mfa && !user.only_by_pass;
    if (is_registered || user.registration == RegistrationDue::notDue || !can_be_asked(decision.client_app()))
        return std::nullopt;
    if (is_at_risk(decision)) return Refuse{Refusal::registrationRefusedDueToRisk, {}};
    if (!is_known_safe(decision)) {
        // What can wait is not offered now; what cannot is refused.
        if (user.registration == RegistrationDue::skippable) return std::nullopt;
        return Refuse{Refusal::registrationRefusedDueToRisk, {}};
    }
    if (!user.can_register) return Refuse{Refusal::registrationImpossible, {}};
    return Register{user.registration, {}};
}

Grant grant(const Demands& demands, const SessionLimits& limits) {
    Grant grant{{}, limits};
    const auto add = [&](GrantControl control, const Demand& met) {
        if (met.is_needed()) grant.satisfied.push_back({control, met.driven_by()});
    };
    add(GrantControl::mfa, demands.mfa_met);
    add(GrantControl::passwordChange, demands.password_change_met);
    return grant;
}

}  // namespace

SessionLimits session_limits(const Decision& decision) {
    SessionLimits limits;
    for_each_enforced(decision, [&](std::size_t at) { narrow(limits, decision.policies()[at].session_controls); });
    return limits;
}

Step next_step(const Decision& decision, const SessionFacts& session, const Capabilities& user) {
    // "A user at risk cannot add or change security info, not even from the manage page" (§3.5): not a policy's doing.
    if (decision.user_action() == policy::UserAction::registerSecurityInfo && !is_known_safe(decision))
        return Refuse{Refusal::registrationRefusedDueToRisk, {}};
    // "A single block ends evaluation before any prompt" (E2).
    if (auto refuse = blocked(decision)) return std::move(*refuse);
    if (!session.first_factor_at) return Reauthenticate{};
    if (decision.is_emergency()) return Grant{};

    const auto limits = session_limits(decision);
    auto demands      = gather(decision, session, limits);
    if (auto refuse = impossible(decision, demands, user)) return std::move(*refuse);
    if (!demands.first_factor_too_old.empty()) return Reauthenticate{std::move(demands.first_factor_too_old)};

    auto& mfa = demands.mfa;
    if (mfa.is_needed() && !user.can_mfa) return Register{RegistrationDue::forced, std::move(mfa.policies)};
    if (mfa.is_needed())
        return Interrupt{GrantControl::mfa, mfa.driven_by(), std::move(mfa.policies), session.mfa_at.has_value()};
    if (auto& change = demands.password_change; change.is_needed())
        return Interrupt{GrantControl::passwordChange, change.driven_by(), std::move(change.policies), false};

    if (auto step = registration(decision, user)) return std::move(*step);
    return grant(demands, limits);
}

namespace {

StsError code_of(const Interrupt& interrupt, Interaction interaction) {
    using enum StsError;
    switch (interrupt.control) {
        case GrantControl::block: return BlockedByConditionalAccess;
        case GrantControl::mfa:
            if (interrupt.has_expired) return UserStrongAuthExpired;
            return interaction == Interaction::interactive ? UserStrongAuthClientAuthNRequiredInterrupt
                                                           : UserStrongAuthClientAuthNRequired;
        case GrantControl::passwordChange:
            return looks_at_user_risk(interrupt.driven_by) ? PasswordChangeCompromisedPassword
                                                           : PasswordChangeRequiredConditionalAccess;
    }
    return BlockedByConditionalAccess;
}

StsError code_of(Refusal because) {
    using enum StsError;
    switch (because) {
        case Refusal::blockedByPolicy: return BlockedByConditionalAccess;
        case Refusal::registrationBlockedByPolicy: return ProofUpBlockedDueToSecurityInfoAcr;
        case Refusal::registrationRefusedDueToRisk: return ProofUpBlockedDueToRisk;
        case Refusal::registrationImpossible:
        case Refusal::passwordChangeImpossible: return AccessPolicyDoesNotAllowTokenIssuance;
        case Refusal::clientCannotAnswer: return UserStrongAuthClientAuthNRequired;
    }
    return BlockedByConditionalAccess;
}

}  // namespace

StsError error_code(const Step& step, Interaction interaction) {
    using enum StsError;
    const bool is_interactive = interaction == Interaction::interactive;
    return std::visit(
        overloaded{
            [](const Grant&) { return Success; },
            [&](const Interrupt& interrupt) { return code_of(interrupt, interaction); },
            [&](const Reauthenticate&) {
                return is_interactive ? SessionExpiredBySignInFrequency : BadTokenDueToSignInFrequency;
            },
            [&](const Register&) {
                return is_interactive ? UserStrongAuthEnrollmentRequiredInterrupt : UserStrongAuthEnrollmentRequired;
            },
            [](const Refuse& refuse) { return code_of(refuse.because); },
        },
        step);
}

std::string_view to_string(Refusal because) {
    switch (because) {
        case Refusal::blockedByPolicy: return "a policy blocks";
        case Refusal::registrationBlockedByPolicy: return "a policy does not allow registering security info here";
        case Refusal::registrationRefusedDueToRisk: return "security info cannot be registered while risk is present";
        case Refusal::registrationImpossible: return "MFA is required and the user can neither do nor register it";
        case Refusal::passwordChangeImpossible: return "a password change is required and the user has none to change here";
        case Refusal::clientCannotAnswer: return "the client cannot show what the policies ask for";
    }
    return {};
}

}  // namespace portcullis::controls
