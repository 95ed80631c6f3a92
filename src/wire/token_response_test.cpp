#include "wire/token_response.h"

#include <catch2/catch.hpp>

#include "base/encoding.h"
#include "wire/oauth_error.h"

namespace portcullis::wire {
namespace {

using namespace std::chrono_literals;

TEST_CASE("the token answer has its members, and only those that are due (PROTO-130, PROTO-227)") {
    CHECK(json::to_text(to_json(TokenResponse{.access_token = "a", .expires_in = 3600s, .scope = "openid"})) ==
          R"({"token_type":"Bearer","access_token":"a","expires_in":3600,"ext_expires_in":7200,"scope":"openid"})");
    const auto whole = to_json(TokenResponse{.access_token             = "a",
                                             .expires_in               = 3h,
                                             .scope                    = "openid",
                                             .refresh_token            = "r",
                                             .refresh_token_expires_in = 24h,
                                             .id_token                 = "i",
                                             .client_info              = "c"});
    CHECK(whole.at("refresh_in") == 5400);
    CHECK(whole.at("refresh_token") == "r");
    CHECK(whole.at("refresh_token_expires_in") == 86400);
    CHECK(whole.at("id_token") == "i");
    CHECK(whole.at("client_info") == "c");
}

TEST_CASE("client_info is uid and utid (PROTO-222)") {
    CHECK(parse_base64url(client_info({0, 1}, {0, 2})) ==
          R"({"uid":"00000000-0000-0000-0000-000000000001","utid":"00000000-0000-0000-0000-000000000002"})");
}

TEST_CASE("the device answer has a message for people (PROTO-127)") {
    const auto answer = to_json(DeviceResponse{.device_code      = "d",
                                               .user_code        = "BCDF-GHJK",
                                               .verification_uri = "https://x/device",
                                               .expires_in       = 900s,
                                               .interval         = 5s});
    CHECK(answer.at("expires_in") == 900);
    CHECK(answer.at("interval") == 5);
    CHECK(answer.at("verification_uri_complete") == "https://x/device?user_code=BCDF-GHJK");
    CHECK(answer.at("message") == "To sign in, open https://x/device in a browser and enter the code BCDF-GHJK.");
}

TEST_CASE("OAuth errors as JSON (PROTO-210, PROTO-211, PROTO-212, PROTO-224)") {
    auto refusal   = oidc::refuse_at_token(StsError::FreshTokenNeeded);
    refusal.claims = R"({"x":1})";
    CHECK(json::to_text(oauth_error(refusal, {"t", "c", from_unix_seconds(0)})) ==
          R"({"error":"invalid_grant","error_description":"AADSTS50173: The grant has been revoked. Sign in again.",)"
          R"("error_codes":[50173],"timestamp":"1970-01-01T00:00:00Z","trace_id":"t","correlation_id":"c",)"
          R"("suberror":"bad_token","claims":"{\"x\":1}"})");
    CHECK_FALSE(oauth_error(oidc::refuse_at_token(StsError::InvalidScope), {}).contains("suberror"));
}

TEST_CASE("answers at the redirect URI carry state unchanged and the issuer (PROTO-105, PROTO-107)") {
    CHECK(redirect_location("https://app/cb", code_response("abc", "s&1 \xC3\xBC", "https://i/v2.0")) ==
          "https://app/cb?code=abc&state=s%261%20%C3%BC&iss=https%3A%2F%2Fi%2Fv2.0");
    CHECK(redirect_location("https://app/cb?x=1", code_response("abc", "", "i", "ci")) ==
          "https://app/cb?x=1&code=abc&iss=i&client_info=ci");
    CHECK(redirect_location("https://app/cb?", code_response("abc", "", "i")) == "https://app/cb?code=abc&iss=i");
    CHECK(redirect_location("com.example.app:/cb", {}) == "com.example.app:/cb");
    const auto error = error_response(oidc::refuse_at_authorize(StsError::BlockedByConditionalAccess), "s", "i");
    CHECK(error ==
          ResponseParameters{{"error", "access_denied"},
                             {"error_description", "AADSTS53003: Access is blocked by a policy of the organization."},
                             {"state", "s"},
                             {"iss", "i"},
                             {"suberror", "message_only"}});
}

}  // namespace
}  // namespace portcullis::wire
