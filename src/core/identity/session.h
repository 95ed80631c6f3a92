#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "core/terms/auth_terms.h"

namespace portcullis::identity {

/// One proof and when it was given. `registered`: the method of the person that was used; nothing for the password and for
/// what is not registered.
struct Factor {
    AuthMethod method = AuthMethod::password;
    Instant at = {};
    std::optional<MethodId> registered = {};
    std::optional<Instant> ends_at = {};  // of an access pass: what rests on it ends with it
    bool is_one_time = false;             // an access pass that works once
    std::optional<MethodId> provider = {};  // of an external method: whose word it is
    std::vector<std::string> amr     = {};  // and how it was given, as that provider says
};

/// What a person let an application do in their name (PROTO-119): OpenID scopes, and `{resource id}/{permission}`.
struct Consent {
    UserId user;
    ApplicationId client;
    std::vector<std::string> rights;
    Instant given_at;
};

enum class SessionState { active, ended };

/// A browser session (protocols.md §9, PROTO-182). The cookie is a reference that is stored hashed.
struct Session {
    SessionId id;
    UserId user;
    std::string reference_digest;             // of the `idsid` cookie
    std::string cross_site_reference_digest;  // of the `idsid-x` cookie: authorize and logout only
    std::vector<Factor> factors;
    Instant auth_time;                  // when the first factor was last given
    std::optional<Instant> mfa_time;    // when a second factor was last given
    std::int64_t password_generation = 0;
    bool used_password               = true;
    bool is_persistent               = false;
    Instant created_at;
    Instant last_seen_at;
    Instant expires_at;  // absolute
    SignInId sign_in;    // the sign-in that made or last renewed it
    std::string ip_address;
    std::string country;
    std::string user_agent;
    std::string device_id;                     // of the device recognition cookie; empty: none
    DeviceId device;                           // that it is on; nil: none is known
    std::vector<ApplicationId> clients;        // that got a code in this session
    std::vector<DetectionId> closed_detections;  // risk closed in this session does not prompt again (conditional-access.md §6.2)
    SessionState state = SessionState::active;
    std::int64_t version = 0;
};

enum class GrantState { active, revoked };

/// What a user allowed a client by one code or device code: the family of its refresh tokens, the parent of its
/// access tokens (their `jti` begins with this id).
struct Grant {
    GrantId id;
    UserId user;
    ApplicationId client;
    SessionId session;
    DeviceId device;       // that its tokens are for: the workstation, or the session's own; nil: none is known
    std::string scope;     // as granted, space-separated
    std::string resource;  // audience of access tokens
    std::string acr;
    std::vector<Factor> factors;
    Instant auth_time;
    std::optional<Instant> mfa_time;
    std::string nonce;
    std::string claims_text;  // the `claims` parameter, for userinfo; empty: none
    std::vector<std::string> capabilities;  // xms_cc
    bool is_device_flow = false;            // protocol tracking (conditional-access.md §3.8)
    bool is_offline     = false;            // asked for offline_access: outlives the session's sign-out
    Instant created_at;
    Instant expires_at;  // absolute end of the family
    GrantState state = GrantState::active;
    std::string revoked_because;
};

enum class RefreshTokenState { current, used };

/// One refresh token of a family, by its digest (PROTO-123, PROTO-124).
struct RefreshToken {
    std::string digest;  // base64url(SHA-256(token))
    GrantId grant;
    RefreshTokenState state = RefreshTokenState::current;
    Instant issued_at;
    Instant expires_at;  // idle end
    std::optional<Instant> used_at;
    std::string sealed_successor;  // so that a retry within the grace gets the same successor
};

}  // namespace portcullis::identity
