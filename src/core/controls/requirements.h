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

/// Narrows `limits` by what one policy asks: the shortest frequency wins, `never` beats `always` (§3.6).
void narrow(SessionLimits& limits, const policy::SessionControls& controls);

/// Whether something proven at `at` still counts under `max_age`.
bool is_fresh(Instant at, std::optional<Duration> max_age, const SessionFacts& session);

/// Whether the session has met `control`.
bool is_met(GrantControl control, const SessionFacts& session, const SessionLimits& limits);

/// What is missing of one policy's controls. AND: each unmet one. OR: none when one is met, else the first in the order
/// of enforcement (§3.4, §3.5).
EnumSet<GrantControl> unmet(const policy::Policy& policy, const SessionFacts& session, const SessionLimits& limits);

}  // namespace portcullis::controls
