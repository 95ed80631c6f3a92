#pragma once

#include "app/oauth.h"
#include "app/token_sign_in.h"

namespace portcullis::app {

/// What one token response is made of.
struct OAuth::Issue {
    oidc::AuthenticatedClient client;
    const identity::Grant* grant = nullptr;  // null: a token for the client itself
    const Account* account       = nullptr;
    std::string scope;                       // the answer's `scope`
    std::string permissions;                 // `scp`, or nothing
    std::vector<std::string> roles;
    std::string audience;
    std::string access_token_alg;
    bool with_id_token = false;
    bool client_info   = false;
    oidc::ClaimsRequest claims;
    std::string refresh_token;
    std::optional<Duration> refresh_life;
};

/// A token somebody showed us, known to be ours.
struct OAuth::Presented {
    std::optional<json::object> claims;  // of an access token
    std::optional<FoundGrant> refresh;   // of a refresh token
    std::optional<identity::Grant> grant;
    ApplicationId client;
};

struct OAuth::PolicyVerdict {
    std::optional<oidc::Refusal> refusal;
    PolicyAnswer answer;
};

/// What a refresh may give.
struct OAuth::JudgedRefresh {
    std::optional<oidc::Refusal> refusal;
    PolicyAnswer answer;
    std::string scope;  // the answer's `scope`
    oidc::Scopes scopes;
};

/// What the grant itself and the state of its user and session say (PROTO-125).
std::optional<oidc::Refusal> grant_refusal(const TenantSnapshot& tenant, const identity::Grant& grant, const Standing& standing);

/// What its devices say: 135011 while one is disabled, 50173 when it began before that.
std::optional<oidc::Refusal> device_refusal(const identity::Grant& grant, const Standing& standing);

/// What is sealed with a used refresh token: its successor (PROTO-124).
SealContext successor_context(TenantId tenant, std::string_view digest);

/// What policies are asked about a grant, but for the place.
policy::SignInContext policy_context(const TenantSnapshot& tenant, const identity::Grant& grant, const Standing& standing);

}  // namespace portcullis::app
