#pragma once

#include <bit>
#include <vector>

#include "core/controls/next_step.h"

/// What the enforced policies that apply still require. Shared by next_step and the sign-in record, so that both say
/// the same.
namespace portcullis::controls {

/// Calls `visit(policy index)` for each policy that is enabled and applies.
template <class Visit>
void for_each_enforced(const policy::Decision& decision, Visit visit) {
    const auto applies = decision.applies();
    const auto enabled = decision.compiled().trait(policy::CompiledPolicies::Trait::enabled);
    for (std::size_t word = 0; word < applies.size(); ++word) {
        for (auto bits = applies[word] & enabled[word]; bits != 0; bits &= bits - 1) {
            visit(word * 64 + static_cast<std::size_t>(std::countr_zero(bits)));
        }
    }
}

/// What all enforced policies together make of each one.
struct Standard {
    SessionLimits limits;
    const policy::CompiledPolicies* compiled = nullptr;  // knows the strengths
    /// One of them demands risk remediation, which overrides password change: completing the one satisfies the other (§3.7).
    bool has_remediation = false;
};
Standard standard_of(const policy::Decision& decision);

/// Narrows `limits` by what one policy asks: the shortest frequency wins, `never` beats `always` (§3.6).
void narrow(SessionLimits& limits, const policy::SessionControls& controls);

/// Whether something proven at `at` still counts under `max_age`.
bool is_fresh(Instant at, std::optional<Duration> max_age, const SessionFacts& session);

/// Whether the proofs that count for this policy, with `more` beside them, meet the strength it names. Who is about to change
/// the password or to end a risk proves it in this very transaction: an older proof may be somebody else's.
bool meets_strength(const policy::Policy& policy, const SessionFacts& session, const Standard& standard,
                    std::span<const policy::Proven> more = {});

/// Whether the session has met `control` of `policy`.
bool is_met(GrantControl control, const policy::Policy& policy, const SessionFacts& session, const Standard& standard);

/// Whether MFA was passed in this transaction, at most kEveryTimeTolerance ago: what a password change or a remediation may
/// follow (§3.5).
bool has_recent_mfa(const SessionFacts& session);

/// What is missing of one policy's controls. AND: each unmet one. OR: none when one is met, else the first in the order
/// of enforcement (§3.4, §3.5).
EnumSet<GrantControl> unmet(const policy::Policy& policy, const SessionFacts& session, const Standard& standard);

}  // namespace portcullis::controls
