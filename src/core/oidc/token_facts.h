#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "core/identity/application.h"
#include "core/identity/tenant.h"
#include "core/identity/user.h"

/// Everything the tokens say, before it is written (protocols.md §6). wire/token_claims.h writes it.
namespace portcullis::oidc {

/// The authentication behind a token.
struct AuthenticationFacts {
    Instant auth_time{};
    std::string acr{};
    std::vector<std::string> amr{};
    std::vector<std::string> contexts{};  ///< `acrs`
    std::string idp{};                    ///< of federated users and guests (PROTO-142); empty: this tenant
};

/// Who a token is about.
struct SubjectFacts {
    std::string sub{};  ///< pairwise or public
    TenantId tenant;
    UserId user{};
    std::string sid{};  ///< the session as this client knows it; empty: none
};

/// The person's claims, as far as they are known.
struct ProfileFacts {
    std::string name, given_name, family_name, preferred_username, email, phone_number, locale, zoneinfo;
    bool is_email_verified = false, is_phone_number_verified = false;
    std::optional<Instant> updated_at{};
};
ProfileFacts profile_of(const identity::User& user);

/// ID token (§6.1).
struct IdTokenFacts {
    std::string issuer{};
    ApplicationId audience{};
    SubjectFacts subject{};
    AuthenticationFacts authentication{};
    std::string nonce{};    ///< empty: none
    std::string at_hash{};  ///< empty: no access token along
    std::string login_hint{};
    Instant issued_at, expires_at;
    ProfileFacts profile{};
    std::vector<std::string> released{};  ///< claim names of `profile` to put in; `preferred_username` always is
};

/// How the client proved itself: `azpacr`.
enum class ClientProof { none, secret, certificate };

/// Access token (§6.2): about a person, or about the client itself when `subject` is absent.
struct AccessTokenFacts {
    std::string issuer, audience, jti;
    ApplicationId client{};
    ClientProof proof = ClientProof::none;
    TenantId tenant;
    std::optional<SubjectFacts> subject{};
    std::optional<AuthenticationFacts> authentication{};
    std::string scope{};  ///< delegated: `scope` and `scp`
    std::vector<std::string> roles{};
    std::vector<std::string> capabilities{};  ///< `xms_cc`
    Instant issued_at, expires_at;
};

/// Bytes to HMAC with the tenant's pairwise key (PROTO-141): sector ‖ 0 ‖ oid. The sector is the client, so `sub`
/// differs per client as in the reference.
std::string pairwise_message(ApplicationId client, UserId user);
/// The same for `sid`: the session as one client knows it.
std::string client_session_message(ApplicationId client, SessionId session);
/// base64url of the 32-byte HMAC: 43 characters.
std::string pairwise_value(std::string_view hmac);

/// `at_hash` (OpenID Connect Core §3.1.3.6): base64url of the left half of the token's SHA-256.
std::string left_half_hash(std::string_view sha256);

/// PROTO-151: `access_token` plus a random part of `access_token_fan`; `fraction` is random in 0…1.
Duration access_token_life(const identity::Lifetimes& lifetimes, double fraction);

/// Who may introspect a token (PROTO-170): its client, or the resource it is for.
bool may_introspect(ApplicationId caller, ApplicationId token_client, std::string_view audience,
                    const identity::Application& caller_application);

}  // namespace portcullis::oidc
