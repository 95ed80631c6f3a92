#include "core/controls/requirements.h"

#include <algorithm>
#include <array>

namespace portcullis::controls {
namespace {

using policy::FrequencyAuthentication;
using policy::FrequencyInterval;
using policy::FrequencyUnit;
using policy::PersistentBrowserMode;

/// §3.5, as far as the controls exist.
constexpr auto kOrder = std::to_array<GrantControl>({GrantControl::mfa, GrantControl::passwordChange});

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

bool is_met(GrantControl control, const SessionFacts& session, const SessionLimits& limits) {
    switch (control) {
        case GrantControl::block: return false;
        case GrantControl::mfa: return session.mfa_at && is_fresh(*session.mfa_at, limits.mfa_max_age, session);
        case GrantControl::passwordChange:
            // Only reachable after MFA in the same transaction (§3.5): a change before it proves nothing.
            return session.mfa_at && session.password_changed_at && is_of_this_transaction(*session.mfa_at, session) &&
                   *session.password_changed_at >= *session.mfa_at;
    }
    return false;
}

EnumSet<GrantControl> unmet(const policy::Policy& policy, const SessionFacts& session, const SessionLimits& limits) {
    EnumSet<GrantControl> missing;
    if (!policy.grant_controls) return missing;
    for (const auto control : kOrder) {
        if (!policy.grant_controls->controls.contains(control)) continue;
        const bool is_alternative = policy.grant_controls->op == policy::GrantOperator::OR;
        const bool met            = is_met(control, session, limits);
        if (is_alternative && met) return {};
        if (!met && (!is_alternative || missing.empty())) missing.insert(control);
    }
    return missing;
}

}  // namespace portcullis::controls
