#include "wire/admin_json.h"

#include <map>

#include "base/encoding.h"
#include "wire/document_reader.h"
#include "wire/enum_names.h"

namespace portcullis::wire {
namespace {

using identity::ApplicationKind;
using identity::ClientAuthMethod;

constexpr std::array<EnumName<ApplicationKind>, 4> kTypes{{{ApplicationKind::web, "web"},
                                                          {ApplicationKind::spa, "spa"},
                                                          {ApplicationKind::native, "native"},
                                                          {ApplicationKind::service, "daemon"}}};

json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

json::array texts(const std::vector<std::string>& values) { return json::array(values.begin(), values.end()); }

json::array secrets_json(const identity::Application& application) {
    json::array secrets;
    for (const auto& secret : application.secrets) {
        secrets.push_back(json::object{{"keyId", to_string(secret.id)},
                                       {"hint", secret.hint},
                                       {"startDateTime", to_rfc3339(secret.created_at)},
                                       {"endDateTime", to_rfc3339(secret.expires_at)}});
    }
    return secrets;
}

/// Graph `keyCredential`, where `customKeyIdentifier` is the certificate's SHA-1 thumbprint; with the product's own `kid` and
/// `x5t#S256`, and a type of its own for keys without a certificate.
json::array keys_json(const identity::Application& application) {
    json::array keys;
    for (const auto& key : application.keys) {
        const auto thumbprint = parse_base64url(key.x5t).value_or("");
        keys.push_back(json::object{{"keyId", to_string(key.id)},
                                    {"type", key.x5t.empty() ? "JsonWebKey" : "AsymmetricX509Cert"},
                                    {"usage", "Verify"},
                                    {"customKeyIdentifier", text_or_null(base64(thumbprint))},
                                    {"displayName", text_or_null(key.display_name)},
                                    {"startDateTime", to_rfc3339(key.starts_at)},
                                    {"endDateTime", to_rfc3339(key.expires_at)},
                                    {"kid", key.kid},
                                    {"x5t#S256", text_or_null(key.x5t_s256)}});
    }
    return keys;
}

json::array permissions_json(const std::vector<identity::ApiPermission>& permissions) {
    json::array array;
    for (const auto& permission : permissions) {
        array.push_back(json::object{{"value", permission.value}, {"displayName", permission.display_name}});
    }
    return array;
}

/// Permissions by resource: `{"resourceAppId", "scopes", "roles"}`. Graph's `requiredResourceAccess` names permissions by ids,
/// which ours do not have.
json::array granted_json(const identity::Application& application) {
    struct Granted {
        json::array scopes, roles;
    };
    std::map<ApplicationId, Granted> by_resource;
    for (const auto& grant : application.scope_grants) by_resource[grant.resource].scopes.emplace_back(grant.scope);
    for (const auto& grant : application.role_grants) by_resource[grant.resource].roles.emplace_back(grant.role);
    json::array granted;
    for (auto& [resource, of] : by_resource) {
        granted.push_back(json::object{{"resourceAppId", to_string(resource)}, {"scopes", std::move(of.scopes)}, {"roles", std::move(of.roles)}});
    }
    return granted;
}

json::value auth_method_json(ClientAuthMethod method) {
    switch (method) {
        case ClientAuthMethod::none:                return "none";
        case ClientAuthMethod::any_registered:          return nullptr;
        case ClientAuthMethod::client_secret_basic: return "client_secret_basic";
        case ClientAuthMethod::client_secret_post:  return "client_secret_post";
        case ClientAuthMethod::private_key_jwt:     return "private_key_jwt";
    }
    return nullptr;
}

/// The redirect URIs stand where Graph keeps them for this kind of application.
json::array redirects_of(const identity::Application& application, ApplicationKind kind) {
    return application.kind == kind ? texts(application.redirect_uris) : json::array{};
}

}  // namespace

json::object to_graph(const identity::User& user) {
    return {{"id", to_string(user.id)},
            {"userPrincipalName", user.user_principal_name},
            {"displayName", user.display_name},
            {"givenName", text_or_null(user.given_name)},
            {"surname", text_or_null(user.surname)},
            {"mail", text_or_null(user.mail)},
            {"mobilePhone", text_or_null(user.phone_number)},
            {"preferredLanguage", text_or_null(user.preferred_language)},
            {"userType", user.type == identity::UserType::guest ? "Guest" : "Member"},
            {"accountEnabled", user.account_enabled},
            {"createdDateTime", to_rfc3339(user.created_at)},
            {"deletedDateTime", time_or_null(user.deleted_at)},
            {"signInSessionsValidFromDateTime", to_rfc3339(user.sign_in_sessions_valid_from)}};
}

json::object to_graph(const identity::Application& a) {
    json::array identifiers;
    if (!a.api.identifier_uri.empty()) identifiers.emplace_back(a.api.identifier_uri);
    return {{"id", to_string(a.id)},
            {"appId", to_string(a.id)},
            {"displayName", a.display_name},
            {"applicationType", application_type(a.kind)},
            {"accountEnabled", a.is_enabled},
            {"createdDateTime", to_rfc3339(a.created_at)},
            {"signInAudience", "AzureADMyOrg"},
            {"appRoleAssignmentRequired", a.assignment_required},
            {"identifierUris", std::move(identifiers)},
            {"web",
             json::object{{"redirectUris", redirects_of(a, ApplicationKind::web)},
                          {"postLogoutRedirectUris", texts(a.post_logout_redirect_uris)},
                          {"logoutUrl", text_or_null(a.backchannel_logout_uri)}}},
            {"spa", json::object{{"redirectUris", redirects_of(a, ApplicationKind::spa)}}},
            {"publicClient", json::object{{"redirectUris", redirects_of(a, ApplicationKind::native)}}},
            {"passwordCredentials", secrets_json(a)},
            {"keyCredentials", keys_json(a)},
            {"api", json::object{{"oauth2PermissionScopes", permissions_json(a.api.scopes)}}},
            {"appRoles", permissions_json(a.api.roles)},
            {"grantedPermissions", granted_json(a)},
            {"tokenEndpointAuthMethod", auth_method_json(a.auth_method)},
            {"idTokenSignedResponseAlg", a.id_token_alg}};
}

std::string_view application_type(ApplicationKind kind) { return name_in(kTypes, kind); }
std::optional<ApplicationKind> parse_application_type(std::string_view name) { return value_in(kTypes, name); }

}  // namespace portcullis::wire
