#include "app/admin/create_application.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/oidc/redirect_uri.h"
#include "core/oidc/scopes.h"

namespace portcullis::app {
namespace {

constexpr std::size_t kPublisherBytesMax = 120;

using identity::ApplicationKind;
using identity::GrantType;

constexpr std::size_t kNameMax = 256, kRedirectUrisMax = 256;
constexpr std::size_t kHintLength = 6;
constexpr std::size_t kPermissionNameMax = 120, kPermissionsMax = 200;

bool is_confidential(ApplicationKind kind) { return kind == ApplicationKind::web || kind == ApplicationKind::service; }

std::vector<GrantType> grants_of(ApplicationKind kind) {
    switch (kind) {
        case ApplicationKind::web:
        case ApplicationKind::spa:     return {GrantType::authorization_code, GrantType::refresh_token};
        case ApplicationKind::native:  return {GrantType::authorization_code, GrantType::refresh_token, GrantType::device_code};
        case ApplicationKind::service: return {GrantType::client_credentials};
    }
    return {};
}

Error wrong(std::string message) { return {ErrorCode::invalidRequest, std::move(message)}; }

Result<void> check_uris(std::string_view what, const std::vector<std::string>& uris, ApplicationKind kind) {
    if (uris.size() > kRedirectUrisMax) return wrong(fmt::format("an application has at most {} {}s", kRedirectUrisMax, what));
    for (const auto& uri : uris) {
        if (const auto problem = oidc::redirect_uri_problem(uri, kind)) return wrong(fmt::format("the {} `{}`: {}", what, uri, *problem));
    }
    return {};
}

bool is_permission_name(std::string_view name) {
    const auto is_allowed = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-'; };
    return !name.empty() && name.size() <= kPermissionNameMax && name.front() != '.' && std::ranges::all_of(name, is_allowed);
}

/// What others ask for by name stands in the `scope` parameter: an URI that is a scope token, and plain names.
Result<void> check_api(const identity::Api& api) {
    if (api.identifier_uri.empty() && api.scopes.empty() && api.roles.empty()) return {};
    const auto tokens = oidc::split_scope(api.identifier_uri);
    const bool is_uri = tokens && tokens->size() == 1 && tokens->front() == api.identifier_uri && api.identifier_uri.size() <= kNameMax &&
                        api.identifier_uri.find("://") != std::string::npos && !api.identifier_uri.ends_with('/');
    if (!is_uri) return wrong(fmt::format("an API is named by a URI of at most {} characters, like `api://notes`", kNameMax));
    for (const auto* list : {&api.scopes, &api.roles}) {
        if (list->size() > kPermissionsMax) return wrong(fmt::format("an API has at most {} scopes and as many roles", kPermissionsMax));
        for (const auto& permission : *list) {
            if (!is_permission_name(permission.value)) return wrong(fmt::format("`{}` is no name of a permission: letters, digits, `.`, `-`, `_`", permission.value));
        }
    }
    return {};
}

Result<void> check(const NewApplication& wanted) {
    if (wanted.display_name.empty() || wanted.display_name.size() > kNameMax || !is_utf8(wanted.display_name)) {
        return wrong(fmt::format("the name of an application is text of 1 to {} bytes", kNameMax));
    }
    const bool is_service = wanted.kind == ApplicationKind::service;
    const bool redirects  = wanted.kind == ApplicationKind::web || wanted.kind == ApplicationKind::spa;
    if (redirects && wanted.redirect_uris.empty()) return wrong("name at least one redirect URI, or nobody can sign in to it");
    if (is_service && !wanted.redirect_uris.empty()) return wrong("nobody signs in to a daemon: it has no redirect URI");
    if (is_confidential(wanted.kind) && wanted.auth_method == identity::ClientAuthMethod::none) {
        return wrong("a web application or daemon authenticates itself");
    }
    if (!is_confidential(wanted.kind) && !wanted.keys.empty()) return wrong("a public client cannot keep a key, so it gets none");
    if (wanted.auth_method == identity::ClientAuthMethod::private_key_jwt && wanted.keys.empty()) {
        return wrong("an application that signs assertions has a certificate or key");
    }
    if (wanted.publisher.size() > kPublisherBytesMax) return wrong(fmt::format("a publisher has at most {} characters", kPublisherBytesMax));
    TRY(check_api(wanted.api));
    TRY(check_uris("redirect URI", wanted.redirect_uris, wanted.kind));
    TRY(check_uris("post-logout redirect URI", wanted.post_logout_redirect_uris, wanted.kind));
    if (!wanted.backchannel_logout_uri.empty()) TRY(check_uris("back-channel logout URI", {wanted.backchannel_logout_uri}, ApplicationKind::web));
    return {};
}

}  // namespace

NewClientSecret new_client_secret(Ports& ports, Instant now) {
    Secret text(ports.random.token());
    identity::ClientSecret kept{.id         = ports.random.new_id<SecretId>(now),
                                .digest     = base64url(ports.digests.sha256(text.reveal())),
                                .hint       = std::string(text.reveal().substr(0, kHintLength)),
                                .created_at = now,
                                .expires_at = now + kClientSecretLife};
    return {std::move(text), std::move(kept)};
}

Result<CreatedApplication> CreateApplication::operator()(const Admin& admin, const NewApplication& wanted) {
    TRY(require(admin, Capability::manageApplications));
    TRY(check(wanted));
    const auto tenant = TRY(ports_.tenants.snapshot(admin.tenant));
    if (tenant->resource(wanted.api.identifier_uri)) {
        return Error{ErrorCode::conflict, fmt::format("another application is `{}`", wanted.api.identifier_uri)};
    }
    CreatedApplication created{
        .application = {.id                        = ports_.random.new_id<ApplicationId>(admin.now),
                        .display_name              = wanted.display_name,
                        .kind                      = wanted.kind,
                        .redirect_uris             = wanted.redirect_uris,
                        .post_logout_redirect_uris = wanted.post_logout_redirect_uris,
                        .backchannel_logout_uri    = wanted.backchannel_logout_uri,
                        .auth_method         = is_confidential(wanted.kind) ? wanted.auth_method : identity::ClientAuthMethod::none,
                        .secrets             = {},
                        .keys                = wanted.keys,
                        .grants              = grants_of(wanted.kind),
                        .assignment_required = wanted.assignment_required,
                        .assigned_users      = {},
                        .assigned_groups     = {},
                        .is_third_party      = wanted.is_third_party,
                        .publisher           = wanted.publisher,
                        .api                 = wanted.api,
                        .role_grants         = {},
                        .scope_grants        = {},
                        .created_at          = admin.now},
        .client_secret = {}};
    if (is_confidential(wanted.kind) && wanted.auth_method != identity::ClientAuthMethod::private_key_jwt) {
        auto secret = new_client_secret(ports_, admin.now);
        created.application.secrets.push_back(std::move(secret.kept));
        created.client_secret = std::move(secret.text);
    }
    TRY(commit_act(ports_, admin, "CreateApplication", {ApplicationSaved{created.application}}));
    return created;
}

}  // namespace portcullis::app
