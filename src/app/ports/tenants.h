#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "app/ports/change.h"
#include "base/result.h"
#include "core/credentials/methods_policy.h"
#include "core/identity/application.h"
#include "core/identity/tenant.h"
#include "core/policy/named_locations.h"
#include "core/policy/evaluate.h"
#include "core/policy/policy.h"

namespace portcullis::app {

/// A tenant's whole configuration as of one version; a request sees one snapshot from start to end.
struct TenantSnapshot {
    identity::Tenant tenant;
    std::map<ApplicationId, identity::Application> applications;
    std::vector<policy::Policy> policies;       // all states, for listing
    std::vector<std::int64_t> policy_versions;  // of each, for PolicySaved
    std::vector<policy::AuthenticationStrength> strengths;  // the tenant's own; `compiled` knows the built-in ones too
    policy::CompiledPolicies compiled;     // what evaluation uses
    policy::NamedLocations locations;
    std::vector<identity::ExternalMethod> external_methods;  // in the order they were made
    credentials::CompiledMethods methods;  // the methods policy
    std::vector<StoredSigningKey> keys;  // every key that is still published

    [[nodiscard]] const identity::Application* application(ApplicationId id) const {
        const auto found = applications.find(id);
        return found == applications.end() ? nullptr : &found->second;
    }
    /// The application whose API has this identifier URI, or null.
    [[nodiscard]] const identity::Application* resource(std::string_view identifier_uri) const {
        for (const auto& [id, application] : applications) {
            if (!identifier_uri.empty() && application.api.identifier_uri == identifier_uri) return &application;
        }
        return nullptr;
    }
};

/// Tenants and their configuration. Errors of all: unavailable; notFound where it says so.
class Tenants {
public:
    virtual ~Tenants() = default;

    /// The current configuration, never older than the last commit before this call. Errors: also notFound.
    virtual Result<std::shared_ptr<const TenantSnapshot>> snapshot(TenantId tenant) const = 0;
    /// By GUID or verified domain, as it stands in a path. Errors: also notFound.
    virtual Result<std::shared_ptr<const TenantSnapshot>> snapshot_named(std::string_view guid_or_domain) const = 0;
    virtual Result<std::vector<identity::Tenant>> all() const = 0;
};

}  // namespace portcullis::app
