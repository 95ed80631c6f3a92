#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/controls/next_step.h"

/// What the sign-in record says about policies. Source: conditional-access.md §4, §5.
namespace portcullis::controls {

/// One policy's entry in a sign-in record; owns everything, so it outlives the policies.
struct AppliedPolicy {
    PolicyId id;
    std::string display_name;
    policy::PolicyResult result = policy::PolicyResult::notApplied;
    std::vector<GrantControl> enforced_grant_controls;        // of a policy that applied
    std::vector<std::string_view> enforced_session_controls;  // `signInFrequency`, `persistentBrowser`
    std::vector<policy::ConditionResult> conditions;          // every one, in the order of §3.3
};

/// So many policies that did not apply are explained in one record.
inline constexpr std::size_t kExplainedMax = 200;

/// The result of one policy given what the session has proven so far.
policy::PolicyResult result_of(const policy::Decision& decision, std::size_t policy, const SessionFacts& session);

/// Every policy's entry. One that applied has all its conditions in words; of the first `kExplainedMax` others only those that did not
/// match have, and of the rest and of disabled policies none: a record is kept with every sign-in, whatever the number of policies.
/// `sign_in` is what `decision` was made from.
std::vector<AppliedPolicy> applied_policies(const policy::Decision& decision, const policy::SignInContext& sign_in,
                                            const SessionFacts& session);

/// notApplied: no enabled policy matched user and application. failure: one matched altogether and blocks or is unmet.
/// success: otherwise, even if none then applied because of other conditions. Not the worst of the results (§5).
policy::ConditionalAccessStatus conditional_access_status(const policy::Decision& decision,
                                                          const SessionFacts& session);

}  // namespace portcullis::controls
