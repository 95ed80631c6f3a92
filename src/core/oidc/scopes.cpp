#include "core/oidc/scopes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

namespace portcullis::oidc {
namespace {

using identity::Application;

constexpr auto kOpenIdScopes =
    std::to_array<std::string_view>({"openid", "profile", "email", "phone", "address", "offline_access"});

constexpr std::size_t kScopeBytesMax = 4096;
constexpr std::string_view kDefault  = ".default";

bool is_open_id(std::string_view scope) { return std::ranges::find(kOpenIdScopes, scope) != kOpenIdScopes.end(); }

/// One scope that belongs to a resource: the resource's spelling (empty: bare) and the permission's name.
struct ResourceScope {
    std::string_view resource, permission;
};

/// `{resource}/{scope}`: the resource is everything before the last slash. A slash doubled before `.default` belongs to
/// the resource, as in the reference (`https://api.example//.default`).
ResourceScope take_apart(std::string_view scope) {
    const auto slash = scope.rfind('/');
    if (slash == std::string_view::npos) return {{}, scope};
    return {scope.substr(0, slash), scope.substr(slash + 1)};
}

/// What of the request names resources; all must be one.
struct Wanted {
    std::vector<std::string_view> open_id;
    std::vector<ResourceScope> permissions;
    std::set<std::string_view> resources;
};

Wanted sort_out(std::span<const std::string> tokens, std::span<const std::string_view> resources) {
    Wanted wanted;
    for (const auto& token : tokens) {
        if (is_open_id(token)) {
            wanted.open_id.emplace_back(token);
            continue;
        }
        wanted.permissions.push_back(take_apart(token));
        if (!wanted.permissions.back().resource.empty()) wanted.resources.insert(wanted.permissions.back().resource);
    }
    wanted.resources.insert(resources.begin(), resources.end());
    return wanted;
}

Refusal bad_scope() { return refuse_at_token(StsError::InvalidScope); }
Refusal bad_target() { return refuse_at_token(StsError::InvalidResourceServicePrincipalNotFound); }

/// The one resource that every name means, or a refusal; null when nothing names one.
std::variant<const Application*, Refusal> one_resource(const Wanted& wanted, const FindResource& find_resource) {
    const Application* found = nullptr;
    for (const auto name : wanted.resources) {
        const auto* resource = find_resource(name);
        if (resource == nullptr || (found != nullptr && found->id != resource->id)) return bad_target();
        found = resource;
    }
    return found;
}

void add_once(std::vector<std::string>& list, std::string_view value) {
    if (std::ranges::find(list, value) == list.end()) list.emplace_back(value);
}

/// Fills in the permissions out of those `available`; false when one is asked for that is not among them.
bool add_permissions(Scopes& scopes, const Wanted& wanted, std::span<const std::string> available) {
    for (const auto& [resource, permission] : wanted.permissions) {
        if (permission == kDefault) {
            scopes.is_default = true;
            continue;
        }
        if (std::ranges::find(available, permission) == available.end()) return false;
        add_once(scopes.permissions, permission);
    }
    // `.default` beside a named permission of the same resource is a mix the reference refuses too.
    if (scopes.is_default && !scopes.permissions.empty()) return false;
    if (scopes.is_default) scopes.permissions.assign(available.begin(), available.end());
    return true;
}

std::string name_of(const Wanted& wanted) {
    return wanted.resources.empty() ? std::string{} : std::string(*wanted.resources.begin());
}

std::vector<std::string> once(std::span<const std::string> tokens) {
    std::vector<std::string> out;
    for (const auto& token : tokens) add_once(out, token);
    return out;
}

/// The scopes of `resource` that the client may ask for, in the resource's order. A grant of a scope that the resource no
/// longer has says nothing.
std::vector<std::string> granted_scopes(const Application& client, const Application& resource) {
    std::vector<std::string> scopes;
    for (const auto& scope : resource.api.scopes) {
        const bool is_granted = std::ranges::any_of(client.scope_grants, [&](const identity::ScopeGrant& grant) {
            return grant.resource == resource.id && grant.scope == scope.value;
        });
        if (is_granted) scopes.push_back(scope.value);
    }
    return scopes;
}

std::vector<std::string> granted_roles(const Application& client, const Application& resource) {
    std::vector<std::string> roles;
    for (const auto& grant : client.role_grants) {
        if (grant.resource == resource.id) add_once(roles, grant.role);
    }
    return roles;
}

/// The resource all roles of a client are at; null when there is none or more than one.
const Application* only_resource(const Application& client, const FindResource& find_resource) {
    if (client.role_grants.empty()) return nullptr;
    const auto first = client.role_grants.front().resource;
    if (!std::ranges::all_of(client.role_grants, [&](const auto& grant) { return grant.resource == first; })) return nullptr;
    return find_resource(to_string(first));
}

}  // namespace

bool Scopes::has(std::string_view open_id_scope) const {
    return std::ranges::find(open_id, open_id_scope) != open_id.end();
}
std::string Scopes::text() const { return fmt::format("{}", fmt::join(spelled, " ")); }
std::string Scopes::permissions_text() const {
    return fmt::format("{}", fmt::join(resource.empty() ? open_id : permissions, " "));
}

std::span<const std::string_view> open_id_scopes() { return kOpenIdScopes; }

std::optional<std::vector<std::string>> split_scope(std::string_view scope) {
    if (scope.empty() || scope.size() > kScopeBytesMax) return std::nullopt;
    std::vector<std::string> tokens(1);
    for (const char c : scope) {
        // scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
        if (c == ' ') {
            if (tokens.back().empty()) return std::nullopt;
            tokens.emplace_back();
        } else if (c < 0x21 || c > 0x7E || c == '"' || c == '\\') {
            return std::nullopt;
        } else {
            tokens.back().push_back(c);
        }
    }
    // One space at the end is common in the wild and harmless.
    if (tokens.back().empty()) tokens.pop_back();
    return tokens;
}

bool has_scope(std::string_view scope, std::string_view wanted) {
    const auto tokens = split_scope(scope);
    return tokens && std::ranges::find(*tokens, wanted) != tokens->end();
}

std::variant<Scopes, Refusal> parse_scopes(const Application& client, std::string_view scope,
                                           std::span<const std::string_view> resources,
                                           const FindResource& find_resource) {
    const auto tokens = split_scope(scope);
    if (!tokens) return bad_scope();

    const auto wanted = sort_out(*tokens, resources);
    const auto found  = one_resource(wanted, find_resource);
    if (const auto* refusal = std::get_if<Refusal>(&found)) return *refusal;
    const auto* resource = std::get<const Application*>(found);

    Scopes scopes{.spelled = once(*tokens)};
    for (const auto name : wanted.open_id) add_once(scopes.open_id, name);
    if (resource == nullptr) {
        if (!wanted.permissions.empty()) return bad_scope();
        return scopes;
    }
    scopes.resource    = name_of(wanted);
    scopes.resource_id = resource->id;
    const auto granted = granted_scopes(client, *resource);
    if (granted.empty()) return wanted.permissions.empty() ? bad_target() : bad_scope();
    if (!add_permissions(scopes, wanted, granted)) return bad_scope();
    return scopes;
}

std::variant<Scopes, Refusal> parse_application_scopes(const Application& client, std::string_view scope,
                                                       std::span<const std::string_view> resources,
                                                       const FindResource& find_resource) {
    // With `resource` alone the request is for all roles there; with nothing at all for those of the one resource that
    // roles were granted at, if it is one (RFC 6749 §3.3: a pre-defined default).
    if (scope.empty() && resources.empty()) {
        const auto* only = only_resource(client, find_resource);
        if (only == nullptr) return bad_scope();
        return parse_application_scopes(client, only->api.identifier_uri + "/.default", {}, find_resource);
    }
    const auto tokens = scope.empty() ? std::vector<std::string>{std::string(kDefault)} : split_scope(scope);
    if (!tokens) return bad_scope();

    const auto wanted = sort_out(*tokens, resources);
    if (!wanted.open_id.empty()) return bad_scope();
    const auto found = one_resource(wanted, find_resource);
    if (const auto* refusal = std::get_if<Refusal>(&found)) return *refusal;
    const auto* resource = std::get<const Application*>(found);
    if (resource == nullptr) return bad_scope();

    Scopes scopes{.spelled = once(*tokens), .resource = name_of(wanted), .resource_id = resource->id};
    const auto granted = granted_roles(client, *resource);
    if (granted.empty() || !add_permissions(scopes, wanted, granted)) return bad_scope();
    return scopes;
}

std::optional<std::string> narrow_scope(std::string_view granted, std::string_view asked) {
    if (asked.empty()) return std::string(granted);
    const auto have = split_scope(granted), want = split_scope(asked);
    if (!have || !want) return std::nullopt;
    std::vector<std::string> kept;
    for (const auto& token : *want) {
        if (std::ranges::find(*have, token) == have->end()) return std::nullopt;
        add_once(kept, token);
    }
    return fmt::format("{}", fmt::join(kept, " "));
}

}  // namespace portcullis::oidc
