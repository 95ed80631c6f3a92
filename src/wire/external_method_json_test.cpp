#include "wire/external_method_json.h"

#include <catch2/catch.hpp>

#include "wire/external_answer.h"

namespace portcullis::wire {
namespace {

constexpr std::string_view kGood = R"({"displayName":"Contoso Verify","state":"enabled","appId":"0193ab00-7c1e-7000-8000-0000000000a1",
  "openIdConnectSetting":{"clientId":"us","discoveryUrl":"https://idp.example/.well-known/openid-configuration"},
  "includeTargets":[{"targetType":"group","id":"0193ab00-7c1e-7000-8000-0000000000b1"}],
  "excludeTargets":[{"targetType":"user","id":"0193ab00-7c1e-7000-8000-0000000000c1"}],
  "federatedIdpMfaBehavior":"enforceMfaByFederatedIdp"})";

TEST_CASE("IDP-138 an external method's document is read and written back", "[external]") {
    const auto parsed = parse_external_method(kGood);
    REQUIRE(parsed.method);
    CHECK(parsed.method->is_enabled);
    CHECK(parsed.method->behavior == identity::FederatedIdpMfaBehavior::enforceMfaByFederatedIdp);
    CHECK_FALSE(parsed.method->include.all_users);
    CHECK(parsed.method->include.groups.size() == 1);
    CHECK(parsed.method->exclude.users.size() == 1);
    const auto written = to_json(*parsed.method);
    const auto again   = parse_external_method(written);
    REQUIRE(again.method);
    CHECK(json::to_text(to_json(*again.method)) == json::to_text(written));
}

TEST_CASE("IDP-138 what is not said is safe: the method is off, and accepts", "[external]") {
    const auto parsed = parse_external_method(R"({"displayName":"V","appId":"0193ab00-7c1e-7000-8000-0000000000a1","openIdConnectSetting":{"clientId":"us","discoveryUrl":"https://idp.example/d"}})");
    REQUIRE(parsed.method);
    CHECK_FALSE(parsed.method->is_enabled);
    CHECK(parsed.method->include.all_users);
    CHECK(parsed.method->behavior == identity::FederatedIdpMfaBehavior::acceptIfMfaDoneByFederatedIdp);
}

TEST_CASE("IDP-138 every mistake of a document is told at once", "[external]") {
    const auto parsed = parse_external_method(R"({"displayName":"","state":"on","appId":"x","federatedIdpMfaBehavior":"trust","more":1,
      "openIdConnectSetting":{"clientId":"","discoveryUrl":"http://idp.example/d","secret":"s"},"includeTargets":[{"targetType":"role","id":"all_users"}],
      "excludeTargets":[{"targetType":"group","id":"all_users"}]})");
    CHECK_FALSE(parsed.method);
    CHECK(parsed.findings.size() >= 9);
    CHECK_FALSE(parse_external_method("[]").method);
    CHECK_FALSE(parse_external_method("{}").method);
}

TEST_CASE("IDP-138 a provider's URL is https with a name that a content security policy can hold", "[external]") {
    for (const auto* good : {"https://idp.example", "https://idp.example:8443/a/b?c=d", "https://127.0.0.1:9000/x"}) CHECK(is_provider_url(good));
    for (const auto* bad : {"", "http://idp.example", "https://", "https://user@idp.example/", "https://idp.example/#a", "https://[::1]/", "https://idp.example/a b",
                            "https://idp.example:/", "https://idp.example:123456/", "https://idp.example\\evil", "https://idp.example/\"", "javascript:alert(1)", "https://idp.example;x/"}) {
        CAPTURE(bad);
        CHECK_FALSE(is_provider_url(bad));
    }
}

TEST_CASE("IDP-138 a provider's metadata is of its own host, https, and covers what it will be asked", "[external]") {
    const std::string_view url = "https://idp.example/.well-known/openid-configuration";
    const auto read            = [&](std::string_view text) { return provider_metadata_from(text, url).has_value(); };
    CHECK(read(R"({"issuer":"https://idp.example","authorization_endpoint":"https://login.example/a","jwks_uri":"https://keys.example/k"})"));
    CHECK(read(R"({"issuer":"https://idp.example/t","authorization_endpoint":"https://login.example/a","jwks_uri":"https://keys.example/k","response_types_supported":["code","id_token"],"response_modes_supported":["form_post"]})"));
    for (const auto* bad : {
             R"({})", R"([])", R"({"issuer":1})",
             R"({"issuer":"https://other.example","authorization_endpoint":"https://login.example/a","jwks_uri":"https://keys.example/k"})",
             R"({"issuer":"http://idp.example","authorization_endpoint":"https://login.example/a","jwks_uri":"https://keys.example/k"})",
             R"({"issuer":"https://idp.example","authorization_endpoint":"http://login.example/a","jwks_uri":"https://keys.example/k"})",
             R"({"issuer":"https://idp.example","authorization_endpoint":"javascript:alert","jwks_uri":"https://keys.example/k"})",
             R"({"issuer":"https://idp.example","authorization_endpoint":"https://login.example/a","jwks_uri":"file:///etc/passwd"})",
             R"({"issuer":"https://idp.example","authorization_endpoint":"https://login.example/a","jwks_uri":"https://keys.example/k","response_types_supported":["code"]})",
             R"({"issuer":"https://idp.example","authorization_endpoint":"https://login.example/a","jwks_uri":"https://keys.example/k","response_modes_supported":["query"]})",
         }) {
        CAPTURE(bad);
        CHECK_FALSE(read(bad));
    }
    CHECK_FALSE(read("{\"issuer\":\"" + std::string(70'000, 'x') + "\"}"));
}

TEST_CASE("IDP-138 a key set has a bounded list of keys", "[external]") {
    CHECK(provider_keys_from(R"({"keys":[{"kid":"a"},{"kid":"b"},7]})")->size() == 2);
    CHECK_FALSE(provider_keys_from(R"({"keys":{}})"));
    CHECK_FALSE(provider_keys_from(R"({})"));
    std::string many = R"({"keys":[{})";
    for (int i = 0; i < 32; ++i) many += ",{}";
    CHECK_FALSE(provider_keys_from(many + "]}"));
}

TEST_CASE("IDP-138 the claims of a provider's token have the types that the specification gives them", "[external]") {
    const auto claims_of = [](std::string_view text) { return external_claims_from(*json::parse_object(text)); };
    const auto good      = claims_of(R"({"iss":"i","sub":"s","aud":"us","nonce":"n","exp":2,"iat":1,"acr":"a","amr":["otp"],"azp":"us"})");
    REQUIRE(good);
    CHECK(good->audience == std::vector<std::string>{"us"});
    CHECK(good->amr == std::vector<std::string>{"otp"});
    CHECK(good->authorized_party == "us");
    CHECK(claims_of(R"({"aud":["a","b"]})")->audience.size() == 2);
    for (const auto* bad : {R"({"iss":1})", R"({"aud":1})", R"({"aud":[1]})", R"({"amr":"otp"})", R"({"amr":[["otp"]]})", R"({"exp":"soon"})", R"({"nonce":["n"]})", R"({"azp":1})",
                            R"({"amr":["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16","17"]})"}) {
        CAPTURE(bad);
        CHECK_FALSE(claims_of(bad));
    }
}

}  // namespace
}  // namespace portcullis::wire
