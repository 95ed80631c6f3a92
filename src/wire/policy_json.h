#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "core/controls/applied_policies.h"
#include "core/policy/validate.h"

/// Conditional Access policies as JSON. Source: graph-api.md §2.7 (Graph conditionalAccessPolicy),
/// conditional-access.md §1.
namespace portcullis::wire {

inline constexpr std::size_t kPolicyBytesMax = 256 * 1024;

/// A policy, unless a finding rejects it; and every finding at once.
struct ParsedPolicy {
    std::optional<policy::Policy> policy;
    std::vector<policy::Finding> findings;
};

/// Reads a policy document and applies every rule that needs the document alone (conditional-access.md §2). A member,
/// value, condition or control that we do not evaluate is refused, never ignored. Annotations (`@odata.…`) are skipped.
/// `id`, `createdDateTime` and `modifiedDateTime` are read if they are there: a caller that saves sets its own.
ParsedPolicy parse_policy(const json::object& document);
/// The same of text; text that is not one JSON object is a finding of the rule `schema`.
ParsedPolicy parse_policy(std::string_view text);

/// The document of a policy, with every member of Graph's type. `parse_policy` gives the same policy back.
json::object to_json(const policy::Policy& policy);

/// `{"rule", "path", "message", "severity"}`.
json::object to_json(const policy::Finding& finding);
json::array to_json(const std::vector<policy::Finding>& findings);

/// `appliedConditionalAccessPolicies` of a sign-in record (graph-api.md §2.4), with our `conditions`
/// `[{"condition", "matched", "because"}]` beside Graph's members.
json::array to_json(const std::vector<controls::AppliedPolicy>& policies);

}  // namespace portcullis::wire
