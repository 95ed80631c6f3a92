#include "app/admin/save_external_method.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "wire/external_method_json.h"

namespace portcullis::app {
namespace {

using identity::ExternalMethod;

Result<ExternalMethod> stored_method(const TenantSnapshot& tenant, MethodId id) {
    const auto found = std::ranges::find(tenant.external_methods, id, &ExternalMethod::id);
    if (found == tenant.external_methods.end()) return Error{ErrorCode::notFound, fmt::format("there is no external method `{}`", to_string(id))};
    return *found;
}

/// What is wrong with it among the others, and among the applications: a hint for an application of this tenant could be shown to that
/// application as an ID token.
std::vector<policy::Finding> findings_of(const TenantSnapshot& tenant, const ExternalMethod& method) {
    std::vector<policy::Finding> findings;
    if (tenant.application(method.app_id)) {
        findings.push_back({policy::kSchemaRule, "appId", "this is an application of the tenant; the provider needs an identifier of its own"});
    }
    for (const auto& other : tenant.external_methods) {
        if (other.id == method.id) continue;
        if (ascii::equal_ignoring_case(other.display_name, method.display_name)) {
            findings.push_back({policy::kSchemaRule, "displayName", "another external method has this name; people could not tell them apart"});
        }
        if (other.app_id == method.app_id) findings.push_back({policy::kSchemaRule, "appId", fmt::format("`{}` has the same", other.display_name)});
    }
    return findings;
}

}  // namespace

Result<ExternalMethodOutcome> SaveExternalMethod::operator()(const Admin& admin, std::optional<MethodId> existing, std::string_view document) {
    TRY(require(admin, Capability::manageTenant));
    const auto tenant = TRY(ports_.tenants.snapshot(admin.tenant));
    ExternalMethod before;
    if (existing) before = TRY(stored_method(*tenant, *existing));
    if (!existing && tenant->external_methods.size() >= identity::kExternalMethodsMax) {
        return Error{ErrorCode::conflict, fmt::format("a tenant has at most {} external methods", identity::kExternalMethodsMax)};
    }
    auto parsed = wire::parse_external_method(document);
    if (!parsed.method) return ExternalMethodOutcome{ExternalMethodRejected{std::move(parsed.findings)}};
    auto method        = std::move(*parsed.method);
    method.id          = existing ? *existing : ports_.random.new_id<MethodId>(admin.now);
    method.created_at  = existing ? before.created_at : admin.now;
    method.modified_at = existing ? std::optional(admin.now) : std::nullopt;
    auto findings      = findings_of(*tenant, method);
    const bool is_elsewhere = existing && (method.discovery_url != before.discovery_url || method.client_id != before.client_id);
    if (is_elsewhere) {
        findings.push_back({policy::kSchemaRule, "openIdConnectSetting", "what the provider of before proved must not count for another: make a new method, and delete this one"});
    }
    if (!findings.empty()) return ExternalMethodOutcome{ExternalMethodRejected{std::move(findings)}};
    TRY(commit_act(ports_, admin, "SaveExternalMethod", {ExternalMethodSaved{method}}));
    return ExternalMethodOutcome{std::move(method)};
}

Result<identity::ExternalMethod> DeleteExternalMethod::operator()(const Admin& admin, MethodId method) {
    TRY(require(admin, Capability::manageTenant));
    const auto tenant = TRY(ports_.tenants.snapshot(admin.tenant));
    auto found        = TRY(stored_method(*tenant, method));
    TRY(commit_act(ports_, admin, "DeleteExternalMethod", {ExternalMethodDeleted{method, found.display_name}}));
    return found;
}

}  // namespace portcullis::app
