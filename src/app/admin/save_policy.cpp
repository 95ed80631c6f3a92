#include "app/admin/save_policy.h"

#include <fmt/format.h>

#include <algorithm>

#include "wire/policy_json.h"

namespace portcullis::app {
namespace {

using policy::Finding;
using policy::Person;
using policy::Policy;

struct StoredPolicy {
    Policy policy;
    std::int64_t version = 0;
};

Result<StoredPolicy> stored_policy(const TenantSnapshot& tenant, PolicyId id) {
    const auto found = std::ranges::find(tenant.policies, id, &Policy::id);
    if (found == tenant.policies.end()) return Error{ErrorCode::notFound, fmt::format("there is no policy `{}`", to_string(id))};
    return StoredPolicy{*found, tenant.policy_versions[static_cast<std::size_t>(found - tenant.policies.begin())]};
}

/// What of the policy's references exists.
Result<policy::References> existing_references(const Ports& ports, const TenantSnapshot& tenant, const Policy& wanted) {
    const auto named = policy::references(wanted);
    policy::References existing;
    for (const auto user : named.users) {
        const auto account = TRY(ports.directory.account(tenant.tenant.id, user));
        if (account && !account->user.deleted_at) existing.users.push_back(user);
    }
    if (!named.groups.empty()) {
        for (const auto& group : TRY(ports.directory.groups(tenant.tenant.id))) existing.groups.push_back(group.id);
    }
    for (const auto id : named.applications) {
        if (tenant.application(id)) existing.applications.push_back(id);
    }
    for (const auto& location : tenant.locations.all()) existing.locations.push_back(location.id);
    return existing;
}

const policy::AuthenticationStrength* strength_of(const TenantSnapshot& tenant, const Policy& wanted) {
    const auto named = wanted.grant_controls ? wanted.grant_controls->strength : std::nullopt;
    return named ? tenant.compiled.strength(*named) : nullptr;
}

Person person_of(const Account& account) {
    return {.user = account.user.id, .user_type = account.user.type, .groups = account.groups, .roles = account.roles};
}

bool is_global_administrator(const Account& account) {
    const auto role = identity::id_of(identity::DirectoryRole::globalAdministrator);
    return account.user.account_enabled && !account.user.deleted_at && std::ranges::find(account.roles, role) != account.roles.end();
}

/// Administrators whom the policy might leave out: those it excludes by name, whoever holds a role it excludes, and the one
/// who acts. Nobody else can be left out but through an excluded group, which is not counted on.
Result<std::vector<Person>> administrators(const Ports& ports, const Admin& admin, const Policy& wanted) {
    std::vector<Person> found;
    auto candidates = wanted.conditions.users.exclude_users;
    if (!admin.actor.id.is_nil()) candidates.push_back(admin.actor.id);
    for (const auto user : candidates) {
        const auto account = TRY(ports.directory.account(admin.tenant, user));
        if (account && is_global_administrator(*account)) found.push_back(person_of(*account));
    }
    const auto role      = identity::id_of(identity::DirectoryRole::globalAdministrator);
    const auto& excluded = wanted.conditions.users.exclude_roles;
    if (std::ranges::find(excluded, role) != excluded.end()) {
        found.push_back({.user = {}, .user_type = identity::UserType::member, .groups = {}, .roles = {role}});
    }
    return found;
}

Result<std::vector<Person>> emergency(const Ports& ports, const TenantSnapshot& tenant) {
    std::vector<Person> found;
    for (const auto user : tenant.tenant.settings.emergency_accounts) {
        const auto account = TRY(ports.directory.account(tenant.tenant.id, user));
        if (account && !account->user.deleted_at) found.push_back(person_of(*account));
    }
    return found;
}

void append(std::vector<Finding>& findings, std::vector<Finding> more) {
    std::ranges::move(more, std::back_inserter(findings));
}

bool may_be_saved(const std::vector<Finding>& findings, Warnings warnings) {
    if (policy::is_rejected(findings)) return false;
    return warnings == Warnings::acknowledge || !policy::needs_acknowledgement(findings);
}

PolicySaved saved(const StoredPolicy& stored, const std::vector<Finding>& findings) {
    PolicySaved change{stored.policy, stored.version, {}};
    for (const auto& finding : findings) {
        if (finding.severity == policy::Severity::warn) change.acknowledged.push_back(finding.rule);
    }
    return change;
}

}  // namespace

Result<PolicyOutcome> SavePolicy::operator()(const Admin& admin, std::optional<PolicyId> existing, std::string_view document,
                                             Warnings warnings) {
    TRY(require(admin, Capability::editPolicies));
    return decide_again_on_conflict([&] { return attempt(admin, existing, document, warnings); });
}

Result<PolicyOutcome> SavePolicy::attempt(const Admin& admin, std::optional<PolicyId> existing, std::string_view document,
                                          Warnings warnings) {
    const auto tenant = TRY(ports_.tenants.snapshot(admin.tenant));
    StoredPolicy next;
    if (existing) next = TRY(stored_policy(*tenant, *existing));
    if (!existing && tenant->policies.size() >= kPoliciesMax) {
        return Error{ErrorCode::conflict, fmt::format("a tenant has at most {} policies", kPoliciesMax)};
    }

    auto parsed   = wire::parse_policy(document);
    auto findings = std::move(parsed.findings);
    if (!parsed.policy) return PolicyOutcome{PolicyRejected{std::move(findings)}};
    auto wanted        = std::move(*parsed.policy);
    wanted.id          = existing ? *existing : ports_.random.new_id<PolicyId>(admin.now);
    wanted.created_at  = existing ? next.policy.created_at : admin.now;
    wanted.modified_at = existing ? next.policy.modified_at : std::nullopt;

    append(findings, policy::dangling(wanted, TRY(existing_references(ports_, *tenant, wanted))));
    append(findings, policy::strength_findings(wanted, strength_of(*tenant, wanted)));
    append(findings, policy::lockout_warnings(wanted, TRY(administrators(ports_, admin, wanted)), TRY(emergency(ports_, *tenant))));
    if (!may_be_saved(findings, warnings)) return PolicyOutcome{PolicyRejected{std::move(findings)}};
    if (existing && wanted == next.policy) return PolicyOutcome{PolicyAccepted{std::move(wanted), std::move(findings)}};

    if (existing) wanted.modified_at = admin.now;
    next.policy = std::move(wanted);
    TRY(commit_act(ports_, admin, "SavePolicy", {saved(next, findings)}));
    return PolicyOutcome{PolicyAccepted{std::move(next.policy), std::move(findings)}};
}

Result<PolicyOutcome> SetPolicyState::operator()(const Admin& admin, PolicyId policy, policy::PolicyState state, Warnings warnings) {
    TRY(require(admin, Capability::editPolicies));
    return decide_again_on_conflict([&] { return attempt(admin, policy, state, warnings); });
}

Result<PolicyOutcome> SetPolicyState::attempt(const Admin& admin, PolicyId policy, policy::PolicyState state, Warnings warnings) {
    const auto tenant = TRY(ports_.tenants.snapshot(admin.tenant));
    auto next         = TRY(stored_policy(*tenant, policy));
    if (next.policy.state == state) return PolicyOutcome{PolicyAccepted{std::move(next.policy), {}}};
    next.policy.state       = state;
    next.policy.modified_at = admin.now;

    // The document was judged when it was saved; what can be new is whom it locks out, once it is enforced.
    auto findings = policy::lockout_warnings(next.policy, TRY(administrators(ports_, admin, next.policy)), TRY(emergency(ports_, *tenant)));
    if (!may_be_saved(findings, warnings)) return PolicyOutcome{PolicyRejected{std::move(findings)}};
    TRY(commit_act(ports_, admin, "SetPolicyState", {saved(next, findings)}));
    return PolicyOutcome{PolicyAccepted{std::move(next.policy), std::move(findings)}};
}

Result<Policy> DeletePolicy::operator()(const Admin& admin, PolicyId policy) {
    TRY(require(admin, Capability::editPolicies));
    const auto tenant = TRY(ports_.tenants.snapshot(admin.tenant));
    auto found        = TRY(stored_policy(*tenant, policy));
    TRY(commit_act(ports_, admin, "DeletePolicy", {PolicyDeleted{policy}}));
    return std::move(found.policy);
}

}  // namespace portcullis::app
