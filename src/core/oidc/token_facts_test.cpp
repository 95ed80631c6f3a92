#include "core/oidc/token_facts.h"

#include <catch2/catch.hpp>

#include "base/encoding.h"
#include "core/oidc/endpoints.h"

namespace portcullis::oidc {
namespace {

using namespace std::chrono_literals;

TEST_CASE("sub is pairwise: sector, zero, oid under the tenant's key, 43 characters (PROTO-141)") {
    const auto message = pairwise_message({0, 1}, {0, 2});
    CHECK(message == std::string("00000000-0000-0000-0000-000000000001\0"
                                 "00000000-0000-0000-0000-000000000002",
                                 73));
    CHECK(pairwise_message({0, 1}, {0, 2}) != pairwise_message({0, 2}, {0, 2}));
    CHECK(client_session_message({0, 1}, {0, 2}) != message);
    CHECK(pairwise_value(std::string(32, 'x')).size() == 43);
}

TEST_CASE("at_hash is the left half (OpenID Connect Core A.3)") {
    // SHA-256 of the access token there, jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y
    const auto digest = *parse_hex("efb42650fb633dfcd6b45d809e92bd456a57ad696b79c75b2d4c890c86fb4ba4");
    CHECK(left_half_hash(digest) == "77QmUPtjPfzWtF2AnpK9RQ");
}

TEST_CASE("access tokens live 60 to 75 minutes in whole seconds (PROTO-151)") {
    const identity::Lifetimes lifetimes;
    CHECK(access_token_life(lifetimes, 0) == 60min);
    CHECK(access_token_life(lifetimes, 1) == 75min);
    CHECK(access_token_life(lifetimes, 0.5001) == 60min + 450s);
    CHECK(access_token_life(lifetimes, -1) == 60min);
    CHECK(access_token_life(lifetimes, 2) == 60min);
}

TEST_CASE("a token is introspected by its client and by its resource (PROTO-170)") {
    const identity::Application api{.id = {0, 2}, .api = {.identifier_uri = "api://notes", .scopes = {}, .roles = {}}},
        other{.id = {0, 3}};
    CHECK(may_introspect({0, 1}, {0, 1}, "api://notes", other));
    CHECK(may_introspect({0, 2}, {0, 1}, "api://notes", api));
    CHECK(may_introspect({0, 2}, {0, 1}, to_string(ApplicationId{0, 2}), api));
    CHECK_FALSE(may_introspect({0, 3}, {0, 1}, "api://notes", other));
    CHECK_FALSE(may_introspect({0, 3}, {0, 1}, "", other));
}

TEST_CASE("a profile has what the directory knows, and never claims a verified address (PROTO-173)") {
    const auto profile = profile_of(
        {.user_principal_name = "alice@contoso.example", .display_name = "Alice", .mail = "alice@contoso.example"});
    CHECK(profile.name == "Alice");
    CHECK(profile.preferred_username == "alice@contoso.example");
    CHECK_FALSE(profile.is_email_verified);
}

TEST_CASE(
    "the tenant is the first segment of every path, and /token stands once, at the end (PROTO-001, PROTO-220, "
    "PROTO-221)") {
    const auto urls        = endpoints_of("https://login.example.org", {0, 1});
    const std::string root = "https://login.example.org/00000000-0000-0000-0000-000000000001";
    CHECK(urls.issuer == root + "/v2.0");
    CHECK(urls.token == root + "/oauth2/v2.0/token");
    CHECK(urls.token.find("/token") == urls.token.size() - 6);
    CHECK(urls.device_authorization == root + "/oauth2/v2.0/devicecode");
    CHECK(urls.jwks == root + "/discovery/v2.0/keys");
    for (const auto* url : {&urls.authorization, &urls.userinfo, &urls.introspection, &urls.revocation,
                            &urls.end_session, &urls.device_page}) {
        CHECK(url->starts_with(root + "/"));
        CHECK(url->find("/token") == std::string::npos);
    }
}

}  // namespace
}  // namespace portcullis::oidc
