#include "app/admin/save_named_location.h"

#include <fmt/format.h>

#include <algorithm>

#include "wire/named_location_json.h"

namespace portcullis::app {

Result<LocationOutcome> SaveNamedLocation::operator()(const Admin& admin, std::string_view document) {
    TRY(require(admin, Capability::editPolicies));
    auto parsed = wire::parse_named_location(document);
    if (!parsed.location) return LocationOutcome{LocationRejected{std::move(parsed.findings)}};
    const auto tenant = TRY(ports_.tenants.snapshot(admin.tenant));
    if (tenant->locations.all().size() >= policy::kNamedLocationsMax) {
        return Error{ErrorCode::conflict, fmt::format("a tenant has at most {} named locations", policy::kNamedLocationsMax)};
    }
    auto location        = std::move(*parsed.location);
    location.id          = ports_.random.new_id<LocationId>(admin.now);
    location.created_at  = admin.now;
    location.modified_at = std::nullopt;
    TRY(commit_act(ports_, admin, "SaveNamedLocation", {NamedLocationSaved{location}}));
    return LocationOutcome{std::move(location)};
}

Result<LocationOutcome> DeleteNamedLocation::operator()(const Admin& admin, LocationId location) {
    TRY(require(admin, Capability::editPolicies));
    const auto tenant = TRY(ports_.tenants.snapshot(admin.tenant));
    const auto& all   = tenant->locations.all();
    const auto found  = std::ranges::find(all, location, &policy::NamedLocation::id);
    if (found == all.end()) return Error{ErrorCode::notFound, fmt::format("there is no named location `{}`", to_string(location))};
    auto findings = policy::deletion_findings(*found, tenant->policies);
    if (!findings.empty()) return LocationOutcome{LocationRejected{std::move(findings)}};
    TRY(commit_act(ports_, admin, "DeleteNamedLocation", {NamedLocationDeleted{location}}));
    return LocationOutcome{*found};
}

}  // namespace portcullis::app
