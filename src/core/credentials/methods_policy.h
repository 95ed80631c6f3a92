#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/identity/tenant.h"
#include "core/terms/auth_terms.h"

/// Who may register and use which method (credentials.md §1.2, CRED-001).
namespace portcullis::credentials {

/// One method of the policy: how it is called in settings, and where its rule is.
struct MethodRow {
    std::string_view name;
    identity::MethodRule identity::MethodsPolicy::*rule;
};
std::span<const MethodRow> method_rows();

/// Everything that is wrong with the policy, in words; none: it may be used.
std::vector<std::string> method_problems(const identity::MethodsPolicy& policy);

/// Somebody, with every group they are in, nested ones too.
struct MethodUser {
    UserId id;
    std::span<const GroupId> groups;
};

/// The policy, ready to be asked. Made once for a tenant's configuration.
class CompiledMethods {
public:
    CompiledMethods() : CompiledMethods(identity::MethodsPolicy{}) {}
    explicit CompiledMethods(const identity::MethodsPolicy& policy);

    /// Whether this person may register and use the method. Yes for what the policy does not know: passwords, and what an
    /// administrator has to connect first.
    [[nodiscard]] bool allows(AuthMethod method, const MethodUser& who) const;
    /// Whether anybody may: what a page can offer before it knows whose it is.
    [[nodiscard]] bool is_offered(AuthMethod method) const;
    /// Whether this guest may sign in with a code by mail. A switch of its own, as in Graph
    /// (`allowExternalIdToUseEmailOtp`); but whom the rule for mail excludes is excluded.
    [[nodiscard]] bool allows_guest_code(const MethodUser& who) const;
    [[nodiscard]] identity::FeatureState guest_codes() const { return guest_codes_; }

private:
    /// A rule with its lists in order.
    struct Rule {
        bool is_enabled = false;
        identity::MethodTargets include, exclude;
    };
    [[nodiscard]] const Rule* rule_of(AuthMethod method) const;

    std::array<Rule, 9> rules_;  // in the order of method_rows()
    identity::FeatureState guest_codes_ = identity::FeatureState::default_;
};

}  // namespace portcullis::credentials
