#include "wire/discovery.h"

#include <catch2/catch.hpp>

namespace portcullis::wire {
namespace {

const DiscoveryFacts kFacts{.base = "https://login.example.org", .tenant = {0, 1}};

TEST_CASE("the metadata document as a whole (PROTO-001, PROTO-003, PROTO-004)") {
    const std::string root = "https://login.example.org/00000000-0000-0000-0000-000000000001";
    const auto document    = open_id_metadata(kFacts);
    const auto expected    = json::parse_object(R"({
        "issuer": "@/v2.0",
        "authorization_endpoint": "@/oauth2/v2.0/authorize",
        "token_endpoint": "@/oauth2/v2.0/token",
        "jwks_uri": "@/discovery/v2.0/keys",
        "userinfo_endpoint": "@/oidc/userinfo",
        "end_session_endpoint": "@/oauth2/v2.0/logout",
        "introspection_endpoint": "@/oauth2/v2.0/introspect",
        "revocation_endpoint": "@/oauth2/v2.0/revoke",
        "device_authorization_endpoint": "@/oauth2/v2.0/devicecode",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials",
                                  "urn:ietf:params:oauth:grant-type:device_code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "PS256", "ES256"],
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "introspection_endpoint_auth_signing_alg_values_supported": ["RS256", "PS256", "ES256"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
        "revocation_endpoint_auth_signing_alg_values_supported": ["RS256", "PS256", "ES256"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "profile", "email", "phone", "address", "offline_access"],
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nbf", "auth_time", "acr", "amr", "nonce", "sid", "azp", "name",
                             "given_name", "family_name", "preferred_username", "email", "email_verified", "phone_number",
                             "phone_number_verified", "address", "locale", "zoneinfo", "updated_at", "oid", "tid"],
        "acr_values_supported": ["0", "1fa", "mfa"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "authorization_response_iss_parameter_supported": true,
        "http_logout_supported": true
    })");
    REQUIRE(expected);
    CHECK(document.size() == expected->size());
    for (const auto& member : *expected) {
        CAPTURE(std::string(member.key()));
        auto text = json::to_text(member.value());
        for (auto at = text.find('@'); at != std::string::npos; at = text.find('@')) text.replace(at, 1, root);
        REQUIRE(document.if_contains(member.key()) != nullptr);
        CHECK(json::to_text(document.at(member.key())) == text);
    }
}

TEST_CASE("both metadata documents agree in every member they share (PROTO-005)") {
    const auto whole = open_id_metadata(kFacts), part = oauth_metadata(kFacts);
    CHECK(part.size() >= 15);
    for (const auto& member : part) {
        CAPTURE(std::string(member.key()));
        REQUIRE(whole.if_contains(member.key()) != nullptr);
        CHECK(whole.at(member.key()) == member.value());
    }
    for (const auto* required :
         {"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported"}) {
        CHECK(part.contains(required));
    }
}

TEST_CASE("nothing is advertised that is off, and what is on is (PROTO-004)") {
    auto facts                   = kFacts;
    facts.subjects               = identity::SubjectType::public_;
    facts.acr_highest            = Acr::phrh;
    facts.has_sign_up            = true;
    facts.has_backchannel_logout = true;
    const auto document          = open_id_metadata(facts);
    CHECK(json::to_text(document.at("subject_types_supported")) == R"(["public"])");
    CHECK(json::to_text(document.at("acr_values_supported")) == R"(["0","1fa","mfa","phr","phrh"])");
    CHECK(document.at("prompt_values_supported").as_array().back() == "create");
    CHECK(document.at("backchannel_logout_supported") == true);
    CHECK_FALSE(open_id_metadata(kFacts).contains("backchannel_logout_supported"));
    CHECK_FALSE(document.contains("pushed_authorization_request_endpoint"));
}

}  // namespace
}  // namespace portcullis::wire
