#include "adapters/sql/tenants.h"

#include "adapters/sql/stored.h"
#include "wire/external_method_json.h"
#include "wire/identity_json.h"
#include "wire/named_location_json.h"
#include "wire/policy_json.h"
#include "wire/strength_json.h"

namespace portcullis::sql {
namespace {

using Snapshot = std::shared_ptr<const app::TenantSnapshot>;

constexpr std::string_view kVersionOf    = "SELECT id, version FROM tenants WHERE id = $1";
constexpr std::string_view kVersionNamed = "SELECT id, version FROM tenants WHERE domain = $1";
constexpr std::string_view kTenant       = "SELECT id, domain, settings, version FROM tenants WHERE id = $1";
constexpr std::string_view kTenants      = "SELECT id, domain, settings, version FROM tenants ORDER BY domain LIMIT 10000";
constexpr std::string_view kApplications = "SELECT document, version FROM applications WHERE tenant_id = $1";
constexpr std::string_view kPolicies     = "SELECT document, version FROM policies WHERE tenant_id = $1 ORDER BY id";
constexpr std::string_view kLocations    = "SELECT document FROM named_locations WHERE tenant_id = $1 ORDER BY id";
constexpr std::string_view kStrengths    = "SELECT document FROM authentication_strengths WHERE tenant_id = $1 ORDER BY id";
constexpr std::string_view kExternal     = "SELECT document FROM external_methods WHERE tenant_id = $1 ORDER BY id";
constexpr std::string_view kKeys =
    "SELECT kid, alg, public_jwk, sealed_private, activates_at, retires_at, published_until FROM signing_keys "
    "WHERE tenant_id = $1 ORDER BY activates_at, kid";

Result<identity::Tenant> tenant_in(const Row& row) {
    identity::Tenant tenant;
    tenant.id       = row.id<TenantId>(0).value_or(TenantId{});
    tenant.domain   = row.text(1);
    tenant.settings = TRY(wire::tenant_settings_from(TRY(stored_document(row.text(2), "tenants"))));
    tenant.version  = row.integer(3);
    return tenant;
}

Result<policy::Policy> policy_in(const Row& row) {
    auto parsed = wire::parse_policy(TRY(stored_document(row.text(0), "policies")));
    // A policy that cannot be read must not be left out: without it a sign-in might pass that it would stop.
    if (!parsed.policy) return Error{ErrorCode::unavailable, "a document of `policies` is damaged"};
    return std::move(*parsed.policy);
}

Result<policy::NamedLocation> location_in(const Row& row) {
    auto parsed = wire::parse_named_location(TRY(stored_document(row.text(0), "named_locations")));
    if (!parsed.location) return Error{ErrorCode::unavailable, "a document of `named_locations` is damaged"};
    return std::move(*parsed.location);
}

Result<policy::AuthenticationStrength> strength_in(const Row& row) {
    auto parsed = wire::parse_strength(TRY(stored_document(row.text(0), "authentication_strengths")));
    if (!parsed.strength) return Error{ErrorCode::unavailable, "a document of `authentication_strengths` is damaged"};
    return std::move(*parsed.strength);
}

Result<identity::ExternalMethod> external_method_in(const Row& row) {
    auto parsed = wire::parse_external_method(TRY(stored_document(row.text(0), "external_methods")));
    // One that is left out would not be enforced.
    if (!parsed.method) return Error{ErrorCode::unavailable, "a document of `external_methods` is damaged"};
    return std::move(*parsed.method);
}

std::string lower(std::string_view text) {
    std::string key(text);
    for (auto& c : key) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return key;
}

}  // namespace

Result<Snapshot> SqlTenants::read(TenantId tenant) const {
    const auto rows = TRY(db_.query(kTenant, {tenant}));
    if (rows.empty()) return Error{ErrorCode::notFound, "no such tenant"};
    auto snapshot    = std::make_shared<app::TenantSnapshot>();
    snapshot->tenant = TRY(tenant_in(rows.front()));
    for (const auto& row : TRY(db_.query(kApplications, {tenant}))) {
        auto application    = TRY(wire::application_from(TRY(stored_document(row.text(0), "applications"))));
        application.version = row.integer(1);
        const auto id       = application.id;
        snapshot->applications.emplace(id, std::move(application));
    }
    for (const auto& row : TRY(db_.query(kPolicies, {tenant}))) {
        snapshot->policies.push_back(TRY(policy_in(row)));
        snapshot->policy_versions.push_back(row.integer(1));
    }
    std::vector<policy::NamedLocation> locations;
    for (const auto& row : TRY(db_.query(kLocations, {tenant}))) locations.push_back(TRY(location_in(row)));
    snapshot->locations = policy::NamedLocations(std::move(locations));
    snapshot->methods   = credentials::CompiledMethods(snapshot->tenant.settings.methods);
    for (const auto& row : TRY(db_.query(kExternal, {tenant}))) snapshot->external_methods.push_back(TRY(external_method_in(row)));
    for (const auto& row : TRY(db_.query(kStrengths, {tenant}))) snapshot->strengths.push_back(TRY(strength_in(row)));
    snapshot->compiled = policy::CompiledPolicies(snapshot->policies, snapshot->tenant.settings.emergency_accounts, snapshot->strengths);
    for (const auto& row : TRY(db_.query(kKeys, {tenant}))) {
        snapshot->keys.push_back({.kid             = row.text(0),
                                  .alg             = row.text(1),
                                  .public_jwk      = row.text(2),
                                  .sealed_private  = row.text(3),
                                  .activates_at    = row.instant(4),
                                  .retires_at      = row.instant(5),
                                  .published_until = row.instant(6)});
    }
    return Snapshot(std::move(snapshot));
}

Result<Snapshot> SqlTenants::at_version(TenantId tenant, std::int64_t version) const {
    {
        const std::lock_guard lock(mutex_);
        const auto kept = kept_.find(tenant);
        if (kept != kept_.end() && kept->second->tenant.version >= version) return kept->second;
    }
    // The version is read first and the rest after it: what changed in between is newer than the version says, never older.
    auto snapshot = TRY(read(tenant));
    const std::lock_guard lock(mutex_);
    auto& kept = kept_[tenant];
    if (!kept || kept->tenant.version <= snapshot->tenant.version) kept = snapshot;
    return snapshot;
}

Result<Snapshot> SqlTenants::snapshot(TenantId tenant) const {
    const auto rows = TRY(db_.query(kVersionOf, {tenant}));
    if (rows.empty()) return Error{ErrorCode::notFound, "no such tenant"};
    return at_version(tenant, rows.front().integer(1));
}

Result<Snapshot> SqlTenants::snapshot_named(std::string_view guid_or_domain) const {
    if (const auto id = parse_id<TenantId>(guid_or_domain)) return snapshot(*id);
    if (guid_or_domain.size() > 253) return Error{ErrorCode::notFound, "no such tenant"};
    const auto rows = TRY(db_.query(kVersionNamed, {lower(guid_or_domain)}));
    if (rows.empty()) return Error{ErrorCode::notFound, "no such tenant"};
    return at_version(rows.front().id<TenantId>(0).value_or(TenantId{}), rows.front().integer(1));
}

Result<std::vector<identity::Tenant>> SqlTenants::all() const {
    std::vector<identity::Tenant> tenants;
    for (const auto& row : TRY(db_.query(kTenants))) tenants.push_back(TRY(tenant_in(row)));
    return tenants;
}

}  // namespace portcullis::sql
