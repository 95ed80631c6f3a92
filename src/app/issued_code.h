#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/ports/all.h"
#include "app/sign_in_flow.h"
#include "core/oidc/redemption.h"
#include "core/oidc/scopes.h"
#include "core/oidc/token_facts.h"

namespace portcullis::app {

/// A workstation that asked for a sign-in: as it is recognised, and what it calls itself. Without a digest it is none.
struct Workstation {
    std::string digest, name;
};

/// What an authorization code or an approved device code stands for: everything tokens will say, decided at issue.
struct IssuedCode {
    oidc::StoredCode code;
    GrantId grant;  // made at redemption, named at issue, so that a replay knows what to revoke
    UserId user;
    SessionId session;
    DeviceId device;                     // the session's
    Workstation machine;                 // that the tokens are for, beside the session's device
    SignInId sign_in;
    std::string scope;        // the answer's `scope`
    std::string permissions;  // `scp`
    std::vector<std::string> open_id;
    std::string resource;     // audience identifier; empty: userinfo
    ApplicationId resource_id;
    std::string nonce;
    std::string acr;
    std::vector<identity::Factor> factors;
    Instant auth_time;
    std::optional<Instant> mfa_time;
    std::vector<std::string> capabilities;
    std::string claims_text;
    bool is_device_flow = false;
};

/// Where the authorization code of this value is kept: by the grant that it names, and the value's digest. Any text has such a place.
std::string code_key(const Ports& ports, std::string_view value);
std::string to_text(const IssuedCode& code);
Result<IssuedCode> issued_code_from(std::string_view text);

/// What a granted sign-in gives a client, as a code not yet named.
IssuedCode issue_for(Random& random, const oidc::Scopes& scopes, const SignInFlow& flow, const identity::Session& session, Acr level,
                     ApplicationId client, Instant now);

/// `sub` and `sid` as this client sees them (PROTO-141).
std::string subject_of(const Ports& ports, const TenantSnapshot& tenant, ApplicationId client, UserId user);
std::string client_session_of(const Ports& ports, const TenantSnapshot& tenant, ApplicationId client, SessionId session);

/// The resource an identifier names, for core's checks.
oidc::FindResource resource_finder(const TenantSnapshot& tenant);

}  // namespace portcullis::app
