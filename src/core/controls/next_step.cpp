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

/// One strength that is demanded and not met.
struct StrengthDemand {
    const Policy* policy = nullptr;  // one of those that name it; of several the strictest about how old a proof may be
    const policy::AuthenticationStrength* strength = nullptr;  // null: there is no such strength, so nobody meets it
    Demand demand;
};

/// All that is demanded and not met, and all that is demanded and met; one demand a control, so one prompt serves every
/// policy (§3.4, C4).
struct Demands {
    Demand mfa, password_change, remediation;
    std::vector<StrengthDemand> strengths;
    Demand mfa_met, strength_met, password_change_met, remediation_met;
    std::vector<PolicyId> first_factor_too_old;

    /// MFA in whatever form, and why.
    [[nodiscard]] Demand any_mfa() const {
        auto all = mfa;
        for (const auto& each : strengths) all.add(each.demand);
        return all;
    }
    /// What is done to the account after MFA.
    [[nodiscard]] Demand change() const {
        auto all = password_change;
        all.add(remediation);
        return all;
    }
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

bool is_first_factor_old(const Policy& policy, const SessionFacts& session) {
    SessionLimits own;
    narrow(own, policy.session_controls);
    return !is_fresh(*session.first_factor_at, own.first_factor_max_age, session);
}

bool is_of_the_account(const Policy& policy) {
    const auto& controls = policy.grant_controls->controls;
    return controls.contains(GrantControl::passwordChange) || controls.contains(GrantControl::riskRemediation);
}

void demand_strength(const Policy& policy, const Standard& standard, Demands& demands) {
    const auto* strength = standard.compiled->strength(policy.grant_controls->strength.value_or(StrengthId{}));
    const auto same      = std::ranges::find(demands.strengths, strength, &StrengthDemand::strength);
    auto& each           = same == demands.strengths.end() ? demands.strengths.emplace_back(&policy, strength, Demand{}) : *same;
    if (is_of_the_account(policy)) each.policy = &policy;
    each.demand.add(policy);
}

void sort_control(GrantControl control, const Policy& policy, EnumSet<GrantControl> missing, Demands& demands) {
    const bool is_missing = missing.contains(control);
    switch (control) {
        case GrantControl::mfa: (is_missing ? demands.mfa : demands.mfa_met).add(policy); return;
        case GrantControl::passwordChange: (is_missing ? demands.password_change : demands.password_change_met).add(policy); return;
        case GrantControl::riskRemediation: (is_missing ? demands.remediation : demands.remediation_met).add(policy); return;
        case GrantControl::authenticationStrength:
            if (!is_missing) demands.strength_met.add(policy);  // what is missing, demand_strength sorts by strength
            return;
        case GrantControl::block: return;
    }
}

/// Enforced policies that demand remediation and lack something of what they demand.
bool is_remediation_pending(const Decision& decision, const SessionFacts& session, const Standard& standard) {
    bool is_pending = false;
    for_each_enforced(decision, [&](std::size_t at) {
        if (!is_set(decision.compiled().trait(Trait::requiresRiskRemediation), at)) return;
        is_pending |= !unmet(decision.policies()[at], session, standard).empty();
    });
    return is_pending;
}

Demands gather(const Decision& decision, const SessionFacts& session, const Standard& standard) {
    Demands demands;
    const bool only_remediation = is_remediation_pending(decision, session, standard);
    for_each_enforced(decision, [&](std::size_t at) {
        const auto& policy = decision.policies()[at];
        if (is_first_factor_old(policy, session)) demands.first_factor_too_old.push_back(policy.id);
        if (!policy.grant_controls) return;
        // The remediation cannot be deadlocked by what other policies ask (§6.4): they are asked again once it is done.
        if (only_remediation && !is_set(decision.compiled().trait(Trait::requiresRiskRemediation), at)) return;
        const auto missing = unmet(policy, session, standard);
        for (const auto control : {GrantControl::mfa, GrantControl::authenticationStrength, GrantControl::passwordChange, GrantControl::riskRemediation}) {
            if (policy.grant_controls->controls.contains(control)) sort_control(control, policy, missing, demands);
        }
        if (missing.contains(GrantControl::authenticationStrength)) demand_strength(policy, standard, demands);
    });
    // Only reachable after MFA in the same transaction (§3.5), also when an older one would do.
    if (const auto change = demands.change(); change.is_needed() && !has_recent_mfa(session)) demands.mfa.add(change);
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

/// Whether a second factor given now would meet the strength, beside what is proven already.
bool would_meet(const StrengthDemand& wanted, const Offered& offered, const SessionFacts& session, const Standard& standard) {
    if (wanted.strength == nullptr) return false;
    policy::Proven proof{offered.kind, session.now, offered.aaguid};
    const bool is_to_be_made = offered.method.is_nil() && !wanted.strength->aaguids.empty();
    if (is_to_be_made) proof.aaguid = wanted.strength->aaguids.front();
    return meets_strength(*wanted.policy, session, standard, {&proof, 1});
}

/// Whether the password, which was not given, is all that keeps their methods from meeting it.
bool lacks_only_password(const StrengthDemand& wanted, const SessionFacts& session, const Standard& standard, const Capabilities& user) {
    if (wanted.strength == nullptr || !user.can_change_password) return false;
    return std::ranges::any_of(user.methods, [&](const Offered& offered) {
        const std::array proofs{policy::Proven{AuthMethod::password, session.now, {}}, policy::Proven{offered.kind, session.now, offered.aaguid}};
        return meets_strength(*wanted.policy, session, standard, proofs);
    });
}

/// How the strengths that are not met can be: by which of the person's methods, or which they may register.
struct Ways {
    Demand demand;                 // of the strengths that these methods meet
    std::vector<MethodId> methods;
    bool needs_password = false;  // start again, with the password
    std::vector<AuthMethod> registrable;
    std::vector<std::string> aaguids;
};

Ways ways_of(std::span<const StrengthDemand> wanted, const SessionFacts& session, const Standard& standard, const Capabilities& user) {
    Ways ways;
    for (const auto& each : wanted) ways.demand.add(each.demand);
    const auto meets_all = [&](const Offered& offered) {
        return std::ranges::all_of(wanted, [&](const StrengthDemand& each) { return would_meet(each, offered, session, standard); });
    };
    for (const auto& offered : user.methods) {
        if (meets_all(offered)) ways.methods.push_back(offered.method);
    }
    if (!ways.methods.empty()) return ways;
    ways.needs_password = std::ranges::all_of(wanted, [&](const StrengthDemand& each) { return lacks_only_password(each, session, standard, user); });
    if (ways.needs_password) return ways;
    for (const auto& offered : user.registrable) {
        if (meets_all(offered)) ways.registrable.push_back(offered.kind);
    }
    for (const auto& each : wanted) {
        if (each.strength && !each.strength->aaguids.empty()) ways.aaguids = each.strength->aaguids;
    }
    return ways;
}

/// "Prefer a single method in the intersection, otherwise prompt sequentially" (§3.4).
Ways ways_to_meet(const Demands& demands, const SessionFacts& session, const Standard& standard, const Capabilities& user) {
    auto ways = ways_of(demands.strengths, session, standard, user);
    if (demands.strengths.size() < 2 || !ways.methods.empty()) return ways;
    return ways_of(std::span(demands.strengths).first(1), session, standard, user);
}

/// Whatever else is demanded beside the strengths counts: nothing is registered in a sign-in whose risk demands MFA.
std::optional<Refuse> unmeetable(const Decision& decision, const Ways& ways, const Demand& mfa, Capabilities user) {
    if (!ways.methods.empty() || ways.needs_password) return std::nullopt;
    user.can_register = !ways.registrable.empty();
    if (const auto because = no_registration(decision, mfa, user)) return Refuse{*because, mfa.policies};
    return std::nullopt;
}

/// Refusals that no prompt could avert, so that nobody is asked for nothing.
std::optional<Refuse> impossible(const Decision& decision, const Demands& demands, const SessionFacts& session, const Capabilities& user) {
    const auto mfa    = demands.any_mfa();
    const auto change = demands.change();
    if (!can_be_asked(decision.client_app())) {
        Demand all = mfa;
        all.add(change);
        if (!all.is_needed() && demands.first_factor_too_old.empty()) return std::nullopt;
        return Refuse{Refusal::clientCannotAnswer, all.is_needed() ? all.policies : demands.first_factor_too_old};
    }
    if (demands.mfa.is_needed() && demands.strengths.empty() && !user.can_mfa) {
        if (const auto because = no_registration(decision, mfa, user)) return Refuse{*because, mfa.policies};
    }
    const bool needs_password = demands.password_change.is_needed() ||
                                (demands.remediation.is_needed() && session.remediation == RemediationBranch::secureChange);
    if (needs_password && !user.can_change_password) return Refuse{Refusal::passwordChangeImpossible, change.policies};
    return std::nullopt;
}

/// The prompt for a method that meets the strengths; or, of what is not registered yet, for that (§3.5). Who has another second
/// factor proves it first: nobody adds a method by their password alone.
Step ask_for_strength(Ways ways, const Demands& demands, const SessionFacts& session, const Capabilities& user) {
    if (ways.needs_password) return Reauthenticate{std::move(ways.demand.policies)};
    if (!ways.methods.empty()) {
        auto demand = std::move(ways.demand);
        demand.add(demands.mfa);
        return Interrupt{GrantControl::authenticationStrength, demand.driven_by(), std::move(demand.policies), session.mfa_at.has_value(),
                         std::move(ways.methods)};
    }
    if (user.can_mfa && !has_recent_mfa(session))
        return Interrupt{GrantControl::mfa, RiskDriver::none, std::move(ways.demand.policies), session.mfa_at.has_value()};
    return Register{RegistrationDue::forced, std::move(ways.demand.policies), std::move(ways.registrable), std::move(ways.aaguids)};
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
    add(GrantControl::authenticationStrength, demands.strength_met);
    add(GrantControl::passwordChange, demands.password_change_met);
    add(GrantControl::riskRemediation, demands.remediation_met);
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

    const auto standard = standard_of(decision);
    auto demands        = gather(decision, session, standard);
    if (auto refuse = impossible(decision, demands, session, user)) return std::move(*refuse);
    auto ways = ways_to_meet(demands, session, standard, user);
    if (!demands.strengths.empty() && can_be_asked(decision.client_app())) {
        if (auto refuse = unmeetable(decision, ways, demands.any_mfa(), user)) return std::move(*refuse);
    }
    if (!demands.first_factor_too_old.empty()) return Reauthenticate{std::move(demands.first_factor_too_old)};
    if (!demands.strengths.empty()) return ask_for_strength(std::move(ways), demands, session, user);

    auto& mfa = demands.mfa;
    if (mfa.is_needed() && !user.can_mfa) return Register{RegistrationDue::forced, std::move(mfa.policies)};
    if (mfa.is_needed())
        return Interrupt{GrantControl::mfa, mfa.driven_by(), std::move(mfa.policies), session.mfa_at.has_value()};
    if (auto& change = demands.remediation; change.is_needed())
        return Interrupt{GrantControl::riskRemediation, change.driven_by(), std::move(change.policies), false, {}, session.remediation};
    if (auto& change = demands.password_change; change.is_needed())
        return Interrupt{GrantControl::passwordChange, change.driven_by(), std::move(change.policies), false};

    if (auto step = registration(decision, user)) return std::move(*step);
    return grant(demands, standard.limits);
}

std::vector<PolicyId> remediated_by(const Decision& decision, const SessionFacts& session) {
    const auto standard = standard_of(decision);
    if (!standard.has_remediation || decision.is_emergency() || blocked(decision)) return {};
    if (is_remediation_pending(decision, session, standard)) return {};
    std::vector<PolicyId> policies;
    for_each_enforced(decision, [&](std::size_t at) {
        if (is_set(decision.compiled().trait(Trait::requiresRiskRemediation), at)) policies.push_back(decision.policies()[at].id);
    });
    return policies;
}

namespace {

StsError code_of(const Interrupt& interrupt, Interaction interaction) {
    using enum StsError;
    switch (interrupt.control) {
        case GrantControl::block: return BlockedByConditionalAccess;
        case GrantControl::mfa:
        case GrantControl::authenticationStrength:
            if (interrupt.has_expired) return UserStrongAuthExpired;
            return interaction == Interaction::interactive ? UserStrongAuthClientAuthNRequiredInterrupt
                                                           : UserStrongAuthClientAuthNRequired;
        case GrantControl::passwordChange:
            return looks_at_user_risk(interrupt.driven_by) ? PasswordChangeCompromisedPassword
                                                           : PasswordChangeRequiredConditionalAccess;
        case GrantControl::riskRemediation:
            return interrupt.remediation == RemediationBranch::secureChange ? PasswordChangeCompromisedPassword : FreshTokenNeeded;
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
