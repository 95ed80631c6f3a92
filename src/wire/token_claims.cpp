#include "wire/token_claims.h"

#include <algorithm>
#include <array>

namespace portcullis::wire {
namespace {

using oidc::ProfileFacts;

json::array texts(const std::vector<std::string>& values) { return json::array(values.begin(), values.end()); }

void set_known(json::object& claims, std::string_view name, const std::string& value) {
    if (!value.empty()) claims[name] = value;
}

/// A claim of a profile that is one text (OpenID Connect Core §5.1).
struct TextClaim {
    std::string_view name;
    std::string ProfileFacts::*value;
};
constexpr auto kTextClaims = std::to_array<TextClaim>({
    {"name", &ProfileFacts::name},
    {"given_name", &ProfileFacts::given_name},
    {"family_name", &ProfileFacts::family_name},
    {"preferred_username", &ProfileFacts::preferred_username},
    {"email", &ProfileFacts::email},
    {"phone_number", &ProfileFacts::phone_number},
    {"locale", &ProfileFacts::locale},
    {"zoneinfo", &ProfileFacts::zoneinfo},
});

void add_profile(json::object& claims, const ProfileFacts& profile, std::span<const std::string> released) {
    const auto is_released = [&](std::string_view name) { return std::ranges::find(released, name) != released.end(); };
    for (const auto& [name, value] : kTextClaims) {
        if (is_released(name)) set_known(claims, name, profile.*value);
    }
    if (is_released("email_verified") && !profile.email.empty()) claims["email_verified"] = profile.is_email_verified;
    if (is_released("phone_number_verified") && !profile.phone_number.empty()) {
        claims["phone_number_verified"] = profile.is_phone_number_verified;
    }
    if (is_released("updated_at") && profile.updated_at) claims["updated_at"] = unix_seconds(*profile.updated_at);
}

void add_times(json::object& claims, Instant issued_at, Instant expires_at) {
    claims["iat"] = unix_seconds(issued_at);
    claims["nbf"] = unix_seconds(issued_at);
    claims["exp"] = unix_seconds(expires_at);
}

void add_subject(json::object& claims, const oidc::SubjectFacts& subject) {
    claims["sub"] = subject.sub;
    claims["tid"] = to_string(subject.tenant);
    claims["oid"] = to_string(subject.user);
    set_known(claims, "sid", subject.sid);
}

void add_authentication(json::object& claims, const oidc::AuthenticationFacts& authentication) {
    claims["auth_time"] = unix_seconds(authentication.auth_time);
    claims["acr"]       = authentication.acr;
    claims["amr"]       = texts(authentication.amr);
    if (!authentication.contexts.empty()) claims["acrs"] = texts(authentication.contexts);
    set_known(claims, "idp", authentication.idp);
}

std::string_view azpacr(oidc::ClientProof proof) {
    switch (proof) {
        case oidc::ClientProof::none: return "0";
        case oidc::ClientProof::secret: return "1";
        case oidc::ClientProof::certificate: return "2";
    }
    return "0";
}

constexpr auto kIntrospected =
    std::to_array<std::string_view>({"scope", "client_id", "exp", "iat", "nbf", "sub", "aud", "iss", "jti", "sid",
                                     "auth_time", "acr", "amr", "cnf", "tid", "oid"});

}  // namespace

json::object id_token_claims(const oidc::IdTokenFacts& facts) {
    json::object claims;
    // What the client asked for goes in first, so that no claim about the person can stand in for one about the
    // sign-in.
    add_profile(claims, facts.profile, facts.released);
    claims["iss"] = facts.issuer;
    claims["aud"] = to_string(facts.audience);
    add_times(claims, facts.issued_at, facts.expires_at);
    add_subject(claims, facts.subject);
    add_authentication(claims, facts.authentication);
    set_known(claims, "nonce", facts.nonce);
    set_known(claims, "at_hash", facts.at_hash);
    set_known(claims, "preferred_username", facts.profile.preferred_username);
    set_known(claims, "login_hint", facts.login_hint);
    claims["ver"] = "2.0";
    return claims;
}

json::object access_token_claims(const oidc::AccessTokenFacts& facts) {
    json::object claims;
    claims["iss"]       = facts.issuer;
    claims["aud"]       = facts.audience;
    claims["jti"]       = facts.jti;
    claims["client_id"] = to_string(facts.client);
    claims["azp"]       = to_string(facts.client);
    claims["azpacr"]    = azpacr(facts.proof);
    claims["ver"]       = "2.0";
    claims["idtyp"]     = facts.subject ? "user" : "app";
    add_times(claims, facts.issued_at, facts.expires_at);
    if (facts.subject) {
        add_subject(claims, *facts.subject);
        claims["scope"] = facts.scope;
        claims["scp"]   = facts.scope;
    } else {
        // App-only tokens are about the client itself (RFC 9068 §2.2).
        claims["sub"] = to_string(facts.client);
        claims["oid"] = to_string(facts.client);
        claims["tid"] = to_string(facts.tenant);
    }
    if (facts.authentication) add_authentication(claims, *facts.authentication);
    if (!facts.roles.empty()) claims["roles"] = texts(facts.roles);
    if (!facts.capabilities.empty()) claims["xms_cc"] = texts(facts.capabilities);
    return claims;
}

json::object userinfo(std::string_view sub, const ProfileFacts& profile, std::span<const std::string> released) {
    json::object claims;
    add_profile(claims, profile, released);
    claims["sub"] = sub;
    return claims;
}

json::object active_introspection(const json::object& token_payload, std::string_view username,
                                  std::string_view token_type) {
    json::object answer{{"active", true}, {"token_type", token_type}};
    for (const auto name : kIntrospected) {
        if (const auto* member = token_payload.if_contains(name)) answer[name] = *member;
    }
    if (!username.empty()) answer["username"] = username;
    return answer;
}

json::object inactive_introspection() { return {{"active", false}}; }

}  // namespace portcullis::wire
