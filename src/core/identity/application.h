#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/time.h"

namespace portcullis::identity {

/// What kind of client an application is (protocols.md §3; `service` is its `daemon`).
enum class ApplicationKind { web, spa, native, service };

/// Registered `token_endpoint_auth_method`. `any_registered`: any credential it holds, as the client likes: a secret by
/// Basic or POST, an assertion under one of its keys.
enum class ClientAuthMethod { none, any_registered, client_secret_basic, client_secret_post, private_key_jwt };

enum class GrantType { authorization_code, refresh_token, client_credentials, device_code };

/// A client secret: only its digest is kept (PROTO-833), with a hint for people.
struct ClientSecret {
    SecretId id;
    std::string digest;  // base64url(SHA-256(secret))
    std::string hint;    // first characters
    Instant created_at;
    Instant expires_at;
};

using ClientKeyId = Id<struct ClientKeyTag>;

/// The public half of a key that a client signs assertions with (PROTO-022): a certificate's, or a bare JWK.
struct ClientKey {
    ClientKeyId id;
    std::string display_name;     // of a certificate: its subject
    std::string kid;              // the JWK's own, or its RFC 7638 thumbprint
    std::string x5t, x5t_s256;    // thumbprints of the certificate, base64url; empty: a bare key
    std::string jwk;              // public members, as JSON text
    std::vector<std::string> algs;  // what it may sign with; nothing else is tried (PROTO-013)
    Instant created_at;
    Instant starts_at, expires_at;  // of a certificate: its own validity
};

/// A permission an API defines: a delegated scope or an application role.
struct ApiPermission {
    std::string value;  // `Notes.Read`
    std::string display_name;
};

/// What an application offers as a resource (OAuth protected resource).
struct Api {
    std::string identifier_uri;  // `api://notes`; the prefix of its scopes; empty: not an API
    std::vector<ApiPermission> scopes;
    std::vector<ApiPermission> roles;
};

/// An application permission granted to a client by an administrator.
struct RoleGrant {
    ApplicationId resource;
    std::string role;
};

/// A delegated permission that a client may ask for on behalf of whoever signs in, granted by an administrator.
struct ScopeGrant {
    ApplicationId resource;
    std::string scope;
};

/// A client and, where it has an `api`, a resource. `id` is the `client_id`.
struct Application {
    ApplicationId id;
    std::string display_name;
    ApplicationKind kind = ApplicationKind::web;
    bool is_enabled      = true;
    std::vector<std::string> redirect_uris;
    std::vector<std::string> post_logout_redirect_uris;
    std::string backchannel_logout_uri;
    ClientAuthMethod auth_method = ClientAuthMethod::any_registered;
    std::vector<ClientSecret> secrets;
    std::vector<ClientKey> keys;
    bool is_pinned_to_issuer = false;  // PROTO-022: assertions name the issuer, not the token endpoint, as audience
    std::vector<GrantType> grants;
    std::string id_token_alg     = "RS256";  // PROTO-140
    std::string access_token_alg = "ES256";  // of tokens for this application as a resource (PROTO-010)
    bool assignment_required     = false;    // PROTO-027
    std::vector<UserId> assigned_users;
    std::vector<GroupId> assigned_groups;
    bool is_third_party       = false;  // PROTO-119: made by others, so people are asked before it acts in their name
    std::string publisher;              // of a third-party application, for people
    bool is_consented_for_all = false;  // an administrator consented for the whole organisation
    bool claims_in_id_token = false;
    bool is_pkce_exempt     = false;  // PROTO-104: confidential clients only
    Api api;
    std::vector<RoleGrant> role_grants;
    std::vector<ScopeGrant> scope_grants;  // none: OpenID scopes only
    Instant created_at;
    std::int64_t version = 0;

    [[nodiscard]] bool is_public() const { return kind == ApplicationKind::spa || kind == ApplicationKind::native; }
};

}  // namespace portcullis::identity
