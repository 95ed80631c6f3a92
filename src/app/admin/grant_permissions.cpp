#include "app/admin/grant_permissions.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/oidc/authorize_request.h"

namespace portcullis::app {
namespace {

using identity::ApiPermission;
using identity::Application;
using identity::ApplicationKind;
using identity::RoleGrant;
using identity::ScopeGrant;

Error wrong(std::string message) { return {ErrorCode::invalidRequest, std::move(message)}; }

/// The API by its name; a disabled one can be granted ahead of its opening, and taken back.
Result<Application> api_named(const Ports& ports, const Admin& admin, std::string_view name) {
    const auto tenant = TRY(ports.tenants.snapshot(admin.tenant));
    const auto* found = tenant->resource(name);
    if (const auto id = oidc::parse_client_id(name); !found && id) found = tenant->application(*id);
    if (!found) return Error{ErrorCode::notFound, fmt::format("there is no API `{}`", name)};
    return *found;
}

Result<void> check_defined(const std::vector<std::string>& wanted, const std::vector<ApiPermission>& defined, std::string_view what) {
    for (const auto& name : wanted) {
        const bool is_defined = std::ranges::find(defined, name, &ApiPermission::value) != defined.end();
        if (!is_defined) return wrong(fmt::format("the API defines no {} `{}`", what, name));
    }
    return {};
}

Result<void> check(const Application& client, const Application& api, const Permissions& wanted) {
    if (wanted.scopes.empty() && wanted.roles.empty()) return wrong("name at least one permission");
    const bool is_daemon = client.kind == ApplicationKind::service;
    if (is_daemon && !wanted.scopes.empty()) return wrong("nobody signs in to a daemon: it is granted roles, not scopes");
    if (!is_daemon && !wanted.roles.empty()) return wrong("only a daemon acts for itself: others are granted scopes");
    TRY(check_defined(wanted.scopes, api.api.scopes, "scope"));
    return check_defined(wanted.roles, api.api.roles, "role");
}

bool is_of(const ScopeGrant& grant, ApplicationId api, std::string_view name) { return grant.resource == api && grant.scope == name; }
bool is_of(const RoleGrant& grant, ApplicationId api, std::string_view name) { return grant.resource == api && grant.role == name; }

/// Adds what is missing; whether anything was.
template <class Grant>
bool add_missing(std::vector<Grant>& grants, ApplicationId api, const std::vector<std::string>& names) {
    const auto before = grants.size();
    for (const auto& name : names) {
        const bool is_there = std::ranges::any_of(grants, [&](const Grant& grant) { return is_of(grant, api, name); });
        if (!is_there) grants.push_back({api, name});
    }
    return grants.size() != before;
}

template <class Grant>
std::size_t remove_named(std::vector<Grant>& grants, ApplicationId api, const std::vector<std::string>& names) {
    return std::erase_if(grants, [&](const Grant& grant) {
        return std::ranges::any_of(names, [&](const auto& name) { return is_of(grant, api, name); });
    });
}

std::size_t remove_all(Application& client, ApplicationId api) {
    const auto is_there = [&](const auto& grant) { return grant.resource == api; };
    return std::erase_if(client.scope_grants, is_there) + std::erase_if(client.role_grants, is_there);
}

}  // namespace

Result<Application> GrantPermissions::operator()(const Admin& admin, ApplicationId application, const Permissions& wanted) {
    TRY(require(admin, Capability::manageApplications));
    return decide_again_on_conflict([&] { return attempt(admin, application, wanted); });
}

Result<Application> GrantPermissions::attempt(const Admin& admin, ApplicationId application, const Permissions& wanted) {
    auto client    = TRY(application_of(ports_, admin, application));
    const auto api = TRY(api_named(ports_, admin, wanted.resource));
    TRY(check(client, api, wanted));
    const bool has_more_scopes = add_missing(client.scope_grants, api.id, wanted.scopes);
    const bool has_more_roles  = add_missing(client.role_grants, api.id, wanted.roles);
    if (client.scope_grants.size() + client.role_grants.size() > kGrantedPermissionsMax) {
        return wrong(fmt::format("an application holds at most {} permissions", kGrantedPermissionsMax));
    }
    if (has_more_scopes || has_more_roles) TRY(commit_act(ports_, admin, "GrantPermissions", {ApplicationSaved{client}}));
    return client;
}

Result<Application> WithdrawPermissions::operator()(const Admin& admin, ApplicationId application, const Permissions& unwanted) {
    TRY(require(admin, Capability::manageApplications));
    return decide_again_on_conflict([&] { return attempt(admin, application, unwanted); });
}

Result<Application> WithdrawPermissions::attempt(const Admin& admin, ApplicationId application, const Permissions& unwanted) {
    auto client       = TRY(application_of(ports_, admin, application));
    const auto api    = TRY(api_named(ports_, admin, unwanted.resource));
    const bool is_all = unwanted.scopes.empty() && unwanted.roles.empty();
    const auto gone   = is_all ? remove_all(client, api.id)
                               : remove_named(client.scope_grants, api.id, unwanted.scopes) +
                                   remove_named(client.role_grants, api.id, unwanted.roles);
    if (gone > 0) TRY(commit_act(ports_, admin, "WithdrawPermissions", {ApplicationSaved{client}}));
    return client;
}

}  // namespace portcullis::app
