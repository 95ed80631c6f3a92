#include "app/admin/save_strength.h"

#include <fmt/format.h>

#include <algorithm>

#include "wire/strength_json.h"

namespace portcullis::app {
namespace {

using policy::AuthenticationStrength;

Result<AuthenticationStrength> stored_strength(const TenantSnapshot& tenant, StrengthId id) {
    const auto* found = tenant.compiled.strength(id);
    if (found == nullptr) return Error{ErrorCode::notFound, fmt::format("there is no authentication strength `{}`", to_string(id))};
    return *found;
}

/// What a replaced strength would do to the policies that name it.
std::vector<policy::Finding> findings_of_policies(const TenantSnapshot& tenant, const AuthenticationStrength& strength) {
    std::vector<policy::Finding> findings;
    for (const auto& policy : tenant.policies) {
        if (!policy.grant_controls || policy.grant_controls->strength != strength.id) continue;
        for (auto& finding : policy::strength_findings(policy, &strength)) {
            if (finding.severity != policy::Severity::reject) continue;
            finding.message = fmt::format("policy {}: {}", to_string(policy.id), finding.message);
            findings.push_back(std::move(finding));
        }
    }
    return findings;
}

}  // namespace

Result<StrengthOutcome> SaveStrength::operator()(const Admin& admin, std::optional<StrengthId> existing, std::string_view document) {
    TRY(require(admin, Capability::editPolicies));
    const auto tenant = TRY(ports_.tenants.snapshot(admin.tenant));
    AuthenticationStrength before;
    if (existing) before = TRY(stored_strength(*tenant, *existing));
    if (before.is_built_in) return StrengthOutcome{StrengthRejected{{{"builtIn", "id", "a built-in strength stays as it is"}}}};
    if (!existing && tenant->strengths.size() >= kStrengthsMax) {
        return Error{ErrorCode::conflict, fmt::format("a tenant has at most {} authentication strengths", kStrengthsMax)};
    }
    auto parsed = wire::parse_strength(document);
    if (!parsed.strength) return StrengthOutcome{StrengthRejected{std::move(parsed.findings)}};
    auto strength        = std::move(*parsed.strength);
    strength.id          = existing ? *existing : ports_.random.new_id<StrengthId>(admin.now);
    strength.created_at  = existing ? before.created_at : admin.now;
    strength.modified_at = existing ? std::optional(admin.now) : std::nullopt;
    auto findings        = findings_of_policies(*tenant, strength);
    if (!findings.empty()) return StrengthOutcome{StrengthRejected{std::move(findings)}};
    TRY(commit_act(ports_, admin, "SaveStrength", {StrengthSaved{strength}}));
    return StrengthOutcome{std::move(strength)};
}

Result<StrengthOutcome> DeleteStrength::operator()(const Admin& admin, StrengthId strength) {
    TRY(require(admin, Capability::editPolicies));
    const auto tenant = TRY(ports_.tenants.snapshot(admin.tenant));
    auto found        = TRY(stored_strength(*tenant, strength));
    auto findings     = policy::deletion_findings(found, tenant->policies);
    if (!findings.empty()) return StrengthOutcome{StrengthRejected{std::move(findings)}};
    TRY(commit_act(ports_, admin, "DeleteStrength", {StrengthDeleted{strength}}));
    return StrengthOutcome{std::move(found)};
}

}  // namespace portcullis::app
