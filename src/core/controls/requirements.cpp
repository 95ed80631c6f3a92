#include "core/controls/requirements.h"

#include <algorithm>
#include <array>

namespace portcullis::controls {
namespace {

using policy::FrequencyAuthentication;
using policy::FrequencyInterval;
using policy::FrequencyUnit;
using policy::PersistentBrowserMode;
using Trait = policy::CompiledPolicies::Trait;

/// §3.5, as far as the controls exist.
constexpr auto kOrder = std::to_array<GrantControl>({GrantControl::mfa, GrantControl::authenticationStrength,
                                                     GrantControl::passwordChange, GrantControl::riskRemediation});

Duration max_age(const policy::SignInFrequency& frequency) {
    if (frequency.interval == FrequencyInterval::everyTime) return kEveryTimeTolerance;
    const auto hours = frequency.unit == FrequencyUnit::days ? 24 : 1;
    return std::chrono::hours{frequency.value} * hours;
}

void shorten(std::optional<Duration>& limit, Duration age) { limit = limit ? std::min(*limit, age) : age; }

bool is_of_this_transaction(Instant at, const SessionFacts& session) { return at >= session.transaction_began; }

}  // namespace

void narrow(SessionLimits& limits, const policy::SessionControls& controls) {
    if (const auto& frequency = controls.sign_in_frequency) {
        shorten(limits.mfa_max_age, max_age(*frequency));
        if (frequency->authentication == FrequencyAuthentication::primaryAndSecondaryAuthentication)
            shorten(limits.first_factor_max_age, max_age(*frequency));
        limits.is_every_time |= frequency->interval == FrequencyInterval::everyTime;
    }
    if (controls.persistent_browser && limits.persistent_browser != PersistentBrowserMode::never)
        limits.persistent_browser = controls.persistent_browser;
}

bool is_fresh(Instant at, std::optional<Duration> max_age, const SessionFacts& session) {
    if (at > session.now + kEveryTimeTolerance) return false;  // no clock of ours wrote this
    if (is_of_this_transaction(at, session)) return true;
    if (!max_age || session.frequency_check == FrequencyCheck::deferred) return true;
    return session.now - at <= *max_age;
}

bool has_recent_mfa(const SessionFacts& session) {
    return session.mfa_at && is_of_this_transaction(*session.mfa_at, session) && session.now - *session.mfa_at <= kEveryTimeTolerance;
}

Standard standard_of(const policy::Decision& decision) {
    Standard standard{.limits = session_limits(decision), .compiled = &decision.compiled()};
    for_each_enforced(decision, [&](std::size_t at) {
        standard.has_remediation |= policy::is_set(decision.compiled().trait(Trait::requiresRiskRemediation), at);
    });
    return standard;
}

bool meets_strength(const policy::Policy& policy, const SessionFacts& session, const Standard& standard,
                    std::span<const policy::Proven> more) {
    const auto* strength = policy.grant_controls->strength ? standard.compiled->strength(*policy.grant_controls->strength) : nullptr;
    if (strength == nullptr) return false;
    const auto& controls = policy.grant_controls->controls;
    const bool is_now    = controls.contains(GrantControl::passwordChange) || controls.contains(GrantControl::riskRemediation);
    std::vector<policy::Proven> proofs(more.begin(), more.end());
    for (const auto& proof : session.factors) {
        const bool counts = proof.method == AuthMethod::password  // how old the first factor may be, is_first_factor_old says
                                ? is_fresh(proof.at, std::nullopt, session)
                                : is_fresh(proof.at, standard.limits.mfa_max_age, session);
        if (counts && (!is_now || is_of_this_transaction(proof.at, session) || proof.method == AuthMethod::password)) proofs.push_back(proof);
    }
    return is_met_by(*strength, proofs);
}

namespace {

/// Whether it is MFA, beside a password at the latest.
bool is_mfa(const policy::Proven& proof) {
    const std::array proofs{policy::Proven{AuthMethod::password, proof.at, {}}, proof};
    return proof.method != AuthMethod::password && is_met_by(policy::built_in_strengths().front(), proofs);
}

/// Only reachable after MFA in the same transaction (§3.5): a change before it, or long after it, proves nothing. MFA that another
/// policy asks for after the change takes nothing back from it: then the proof that came before is among the factors.
bool is_password_changed(const SessionFacts& session) {
    if (!session.password_changed_at) return false;
    const auto precedes = [&](Instant at) {
        const auto waited = *session.password_changed_at - at;
        return is_of_this_transaction(at, session) && waited >= Duration{0} && waited <= kEveryTimeTolerance;
    };
    if (!session.mfa_at || !is_of_this_transaction(*session.mfa_at, session)) return false;
    return precedes(*session.mfa_at) || std::ranges::any_of(session.factors, [&](const policy::Proven& proof) {
               return is_mfa(proof) && precedes(proof.at);
           });
}

/// A password class risk is ended by a new password; another by a second sign-in after every session was ended (§6.4).
bool is_remediated(const SessionFacts& session) {
    if (is_password_changed(session)) return true;
    if (session.remediation != RemediationBranch::signInAgain || session.again != SignedIn::again) return false;
    return session.first_factor_at && is_of_this_transaction(*session.first_factor_at, session) && session.mfa_at &&
           is_of_this_transaction(*session.mfa_at, session);
}

}  // namespace

bool is_met(GrantControl control, const policy::Policy& policy, const SessionFacts& session, const Standard& standard) {
    switch (control) {
        case GrantControl::block: return false;
        case GrantControl::mfa: return session.mfa_at && is_fresh(*session.mfa_at, standard.limits.mfa_max_age, session);
        case GrantControl::authenticationStrength: return meets_strength(policy, session, standard);
        case GrantControl::passwordChange: return standard.has_remediation ? is_remediated(session) : is_password_changed(session);
        case GrantControl::riskRemediation: return is_remediated(session);
    }
    return false;
}

EnumSet<GrantControl> unmet(const policy::Policy& policy, const SessionFacts& session, const Standard& standard) {
    EnumSet<GrantControl> missing;
    if (!policy.grant_controls) return missing;
    for (const auto control : kOrder) {
        if (!policy.grant_controls->controls.contains(control)) continue;
        const bool is_alternative = policy.grant_controls->op == policy::GrantOperator::OR;
        const bool met            = is_met(control, policy, session, standard);
        if (is_alternative && met) return {};
        if (!met && (!is_alternative || missing.empty())) missing.insert(control);
    }
    return missing;
}

}  // namespace portcullis::controls
