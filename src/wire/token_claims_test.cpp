#include "wire/token_claims.h"

#include <catch2/catch.hpp>

namespace portcullis::wire {
namespace {

constexpr Instant kNow{Duration{1'800'000'000'500}};

oidc::ProfileFacts profile() {
    return {.name               = "Alice Doe",
            .given_name         = "Alice",
            .preferred_username = "alice@contoso.example",
            .email              = "alice@contoso.example"};
}

TEST_CASE("an ID token says who signed in here, for whom, when and how (PROTO-140, PROTO-142, PROTO-201)") {
    const oidc::IdTokenFacts facts{
        .issuer         = "https://login.example.org/t/v2.0",
        .audience       = {0, 1},
        .subject        = {.sub = "pairwise", .tenant = {0, 2}, .user = {0, 3}, .sid = "sid1"},
        .authentication = {.auth_time = kNow - std::chrono::minutes{1}, .acr = "mfa", .amr = {"pwd", "otp", "mfa"}},
        .nonce          = "n1",
        .at_hash        = "h",
        .issued_at      = kNow,
        .expires_at     = kNow + std::chrono::hours{1},
        .profile        = profile(),
    };
    CHECK(
        json::to_text(id_token_claims(facts)) ==
        R"({"iss":"https://login.example.org/t/v2.0","aud":"00000000-0000-0000-0000-000000000001",)"
        R"("iat":1800000000,"nbf":1800000000,"exp":1800003600,"sub":"pairwise","tid":"00000000-0000-0000-0000-000000000002",)"
        R"("oid":"00000000-0000-0000-0000-000000000003","sid":"sid1","auth_time":1799999940,"acr":"mfa",)"
        R"("amr":["pwd","otp","mfa"],"nonce":"n1","at_hash":"h","preferred_username":"alice@contoso.example","ver":"2.0"})");
}

TEST_CASE("scope claims come into the ID token only when asked for, and never displace its own (PROTO-114)") {
    oidc::IdTokenFacts facts{.issuer = "i", .profile = profile()};
    facts.subject.sub = "pairwise";
    CHECK_FALSE(id_token_claims(facts).contains("email"));
    CHECK_FALSE(id_token_claims(facts).contains("nonce"));
    facts.released    = {"email", "name", "sub", "iss", "unknown"};
    const auto claims = id_token_claims(facts);
    CHECK(claims.at("email") == "alice@contoso.example");
    CHECK(claims.at("name") == "Alice Doe");
    CHECK(claims.at("sub") == "pairwise");
    CHECK(claims.at("iss") == "i");
    CHECK_FALSE(claims.contains("unknown"));
    facts.authentication.idp = "https://partner.example";
    CHECK(id_token_claims(facts).at("idp") == "https://partner.example");
}

TEST_CASE("a delegated access token has the shape of RFC 9068 and the reference (PROTO-150)") {
    const oidc::AccessTokenFacts facts{
        .issuer   = "i",
        .audience = "api://notes",
        .jti      = "j",
        .client   = {0, 1},
        .proof    = oidc::ClientProof::secret,
        .tenant   = {0, 2},
        .subject  = oidc::SubjectFacts{.sub = "pairwise", .tenant = {0, 2}, .user = {0, 3}, .sid = "sid1"},
        .authentication =
            oidc::AuthenticationFacts{.auth_time = kNow, .acr = "1fa", .amr = {"pwd"}, .contexts = {"c1"}},
        .scope        = "Notes.Read",
        .capabilities = {"cp1"},
        .issued_at    = kNow,
        .expires_at   = kNow + std::chrono::hours{1},
    };
    CHECK(json::to_text(access_token_claims(facts)) ==
          R"({"iss":"i","aud":"api://notes","jti":"j","client_id":"00000000-0000-0000-0000-000000000001",)"
          R"("azp":"00000000-0000-0000-0000-000000000001","azpacr":"1","ver":"2.0","idtyp":"user","iat":1800000000,)"
          R"("nbf":1800000000,"exp":1800003600,"sub":"pairwise","tid":"00000000-0000-0000-0000-000000000002",)"
          R"("oid":"00000000-0000-0000-0000-000000000003","sid":"sid1","scope":"Notes.Read","scp":"Notes.Read",)"
          R"("auth_time":1800000000,"acr":"1fa","amr":["pwd"],"acrs":["c1"],"xms_cc":["cp1"]})");
}

TEST_CASE("an app-only access token is about the client itself (PROTO-126)") {
    const oidc::AccessTokenFacts facts{
        .issuer = "i", .audience = "a", .jti = "j", .client = {0, 1}, .tenant = {0, 2}, .roles = {"All"}};
    const auto claims = access_token_claims(facts);
    CHECK(claims.at("idtyp") == "app");
    CHECK(claims.at("sub") == "00000000-0000-0000-0000-000000000001");
    CHECK(claims.at("roles").as_array().size() == 1);
    CHECK(claims.at("azpacr") == "0");
    for (const auto* absent : {"scope", "scp", "sid", "acr", "amr", "auth_time"}) CHECK_FALSE(claims.contains(absent));
}

TEST_CASE("userinfo has the JSON types of OpenID Connect Core 5.1 (PROTO-173)") {
    auto facts        = profile();
    facts.updated_at  = kNow;
    const auto answer = userinfo("pairwise", facts,
                                 std::vector<std::string>{"name", "email", "email_verified", "updated_at",
                                                          "phone_number", "phone_number_verified"});
    CHECK(
        json::to_text(answer) ==
        R"({"name":"Alice Doe","email":"alice@contoso.example","email_verified":false,"updated_at":1800000000,"sub":"pairwise"})");
    CHECK(json::to_text(userinfo("pairwise", profile(), {})) == R"({"sub":"pairwise"})");
}

TEST_CASE("introspection answers with what applies, or exactly inactive (PROTO-170)") {
    const oidc::AccessTokenFacts facts{
        .issuer   = "i",
        .audience = "a",
        .jti      = "j",
        .client   = {0, 1},
        .tenant   = {0, 2},
        .subject  = oidc::SubjectFacts{.sub = "s", .tenant = {0, 2}, .user = {0, 3}, .sid = "x"},
        .scope    = "openid"};
    const auto answer = active_introspection(access_token_claims(facts), "alice@contoso.example");
    CHECK(answer.at("active") == true);
    CHECK(answer.at("token_type") == "Bearer");
    CHECK(answer.at("username") == "alice@contoso.example");
    for (const auto* member :
         {"scope", "client_id", "exp", "iat", "nbf", "sub", "aud", "iss", "jti", "sid", "tid", "oid"})
        CHECK(answer.contains(member));
    CHECK_FALSE(answer.contains("azp"));
    CHECK(json::to_text(inactive_introspection()) == R"({"active":false})");
}

}  // namespace
}  // namespace portcullis::wire
