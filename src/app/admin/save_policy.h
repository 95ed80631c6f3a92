#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "app/admin/admin.h"
#include "core/policy/validate.h"

namespace portcullis::app {

/// What becomes of a policy that draws warnings (conditional-access.md §2): refused, or saved because the administrator says
/// that they are meant. What was acknowledged stands in the audit log (CA-027).
enum class Warnings { refuse, acknowledge };

/// Saved. `findings`: warnings that were acknowledged, and notes.
struct PolicyAccepted {
    policy::Policy policy;
    std::vector<policy::Finding> findings;
};
/// Nothing was saved, because of these; every one there is.
struct PolicyRejected {
    std::vector<policy::Finding> findings;
};
using PolicyOutcome = std::variant<PolicyAccepted, PolicyRejected>;

/// Policies a tenant may have.
inline constexpr std::size_t kPoliciesMax = 10'000;

/// Creates or replaces a Conditional Access policy from its Graph document.
class SavePolicy {
public:
    explicit SavePolicy(Ports& ports) : ports_(ports) {}

    /// `existing`: the policy to replace; nothing: a new one. Errors: forbidden; notFound; conflict; unavailable.
    Result<PolicyOutcome> operator()(const Admin& admin, std::optional<PolicyId> existing, std::string_view document, Warnings warnings);

private:
    Result<PolicyOutcome> attempt(const Admin& admin, std::optional<PolicyId> existing, std::string_view document, Warnings warnings);
    Ports& ports_;
};

/// Enables a policy, disables it, or only reports what it would do.
class SetPolicyState {
public:
    explicit SetPolicyState(Ports& ports) : ports_(ports) {}

    /// The same errors; nothing happens to a policy that is in `state`.
    Result<PolicyOutcome> operator()(const Admin& admin, PolicyId policy, policy::PolicyState state, Warnings warnings);

private:
    Result<PolicyOutcome> attempt(const Admin& admin, PolicyId policy, policy::PolicyState state, Warnings warnings);
    Ports& ports_;
};

/// Deletes a policy.
class DeletePolicy {
public:
    explicit DeletePolicy(Ports& ports) : ports_(ports) {}

    /// The policy as it was. Errors: forbidden; notFound; unavailable.
    Result<policy::Policy> operator()(const Admin& admin, PolicyId policy);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
