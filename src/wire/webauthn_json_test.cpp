#include "wire/webauthn_json.h"

#include <catch2/catch.hpp>

#include "base/encoding.h"

namespace portcullis::wire {
namespace {

std::string answer(std::string_view id, std::string_view raw_id, std::string_view response, std::string_view type = "public-key") {
    return R"({"id":")" + std::string(id) + R"(","rawId":")" + std::string(raw_id) + R"(","type":")" + std::string(type) +
           R"(","clientExtensionResults":{},"response":{)" + std::string(response) + "}}";
}
constexpr std::string_view kMade = R"("clientDataJSON":"YQ","attestationObject":"Yg","transports":["internal","hybrid","warp"])";
constexpr std::string_view kGot  = R"("clientDataJSON":"YQ","authenticatorData":"Yg","signature":"Yw","userHandle":"ZA")";

TEST_CASE("PROTO-500 a registration's answer is read", "[webauthn]") {
    const auto read = parse_registration_answer(answer("aWQ", "aWQ", kMade));
    REQUIRE(read);
    CHECK(read->credential_id == "id");
    CHECK(read->client_data == "a");
    CHECK(read->attestation_object == "b");
    CHECK(read->transports == std::vector<std::string>{"hybrid", "internal"});
}

TEST_CASE("PROTO-500 a sign-in's answer is read, with a user handle or without", "[webauthn]") {
    const auto read = parse_authentication_answer(answer("aWQ", "aWQ", kGot));
    REQUIRE(read);
    CHECK(read->signature == "c");
    CHECK(read->user_handle == "d");
    const auto bare = parse_authentication_answer(answer("aWQ", "aWQ", R"("clientDataJSON":"YQ","authenticatorData":"Yg","signature":"Yw","userHandle":null)"));
    REQUIRE(bare);
    CHECK_FALSE(bare->user_handle);
}

TEST_CASE("PROTO-500 answers that break a rule are refused", "[webauthn]") {
    const auto broken = GENERATE(values<std::string>({
        "",
        "[]",
        "{}",
        answer("aWQ", "aWQ", kGot, "password"),
        answer("aWQ", "YWI", kGot),
        answer("aWQ=", "aWQ=", kGot),
        answer("", "", kGot),
        answer("aWQ", "aWQ", ""),
        answer("aWQ", "aWQ", R"("clientDataJSON":"YQ","authenticatorData":"Yg")"),
        answer("aWQ", "aWQ", R"("clientDataJSON":"YQ==","authenticatorData":"Yg","signature":"Yw")"),
        answer("aWQ", "aWQ", R"("clientDataJSON":"Y+/","authenticatorData":"Yg","signature":"Yw")"),
        answer("aWQ", "aWQ", R"("clientDataJSON":"YQ","authenticatorData":"Yg","signature":"")"),
        answer("aWQ", "aWQ", R"("clientDataJSON":"YQ","authenticatorData":"Yg","signature":"Yw","userHandle":7)"),
        answer("aWQ", "aWQ", R"("clientDataJSON":"YQ","clientDataJSON":"YQ","authenticatorData":"Yg","signature":"Yw")"),
        std::string(kPasskeyAnswerMax + 1, ' '),
    }));
    CAPTURE(broken);
    CHECK_FALSE(parse_authentication_answer(broken));
    CHECK_FALSE(parse_registration_answer(broken));
}

TEST_CASE("PROTO-500 a registration without its object, or with transports that are none, is refused", "[webauthn]") {
    CHECK_FALSE(parse_registration_answer(answer("aWQ", "aWQ", R"("clientDataJSON":"YQ")")));
    CHECK_FALSE(parse_registration_answer(answer("aWQ", "aWQ", R"("clientDataJSON":"YQ","attestationObject":"Yg","transports":"usb")")));
    CHECK_FALSE(parse_registration_answer(answer("aWQ", "aWQ", R"("clientDataJSON":"YQ","attestationObject":"Yg","transports":[1])")));
    CHECK(parse_registration_answer(answer("aWQ", "aWQ", R"("clientDataJSON":"YQ","attestationObject":"Yg")")));
}

TEST_CASE("PROTO-500 client data: a byte order mark is skipped, unknown members too", "[webauthn]") {
    const std::string text = R"({"type":"webauthn.get","challenge":"YQ","origin":"https://a.example","extraData":{"x":1},"crossOrigin":false})";
    for (const auto& bytes : {text, "\xef\xbb\xbf" + text}) {
        const auto client = parse_client_data(bytes);
        REQUIRE(client);
        CHECK(client->type == "webauthn.get");
        CHECK(client->challenge == "a");
        CHECK(client->origin == "https://a.example");
        CHECK_FALSE(client->cross_origin);
        CHECK_FALSE(client->top_origin);
    }
}

TEST_CASE("PROTO-500 client data that is none is refused", "[webauthn]") {
    const auto broken = GENERATE(values<std::string>({
        "",
        "null",
        R"({"type":"webauthn.get","challenge":"YQ"})",
        R"({"type":7,"challenge":"YQ","origin":"https://a.example"})",
        R"({"type":"webauthn.get","challenge":"","origin":"https://a.example"})",
        R"({"type":"webauthn.get","challenge":"YQ","origin":"https://a.example","crossOrigin":"false"})",
        R"({"type":"webauthn.get","challenge":"YQ","origin":"https://a.example","topOrigin":null})",
        R"({"type":"webauthn.get","type":"webauthn.get","challenge":"YQ","origin":"https://a.example"})",
        "{\"type\":\"webauthn.get\",\"challenge\":\"YQ\",\"origin\":\"https://\xff.example\"}",
        R"({"type":"webauthn.get","challenge":"YQ","origin":"https://a.example"} )" "x",
    }));
    CAPTURE(broken);
    CHECK_FALSE(parse_client_data(broken));
}

TEST_CASE("PROTO-500 CRED-023 options ask for a discoverable credential and a verified user", "[webauthn]") {
    const auto create = to_json(credentials::CreationOptions{.challenge     = "c",
                                                             .relying_party = {"login.example", "Contoso", {}},
                                                             .user_handle   = "h",
                                                             .user_name     = "alice@contoso.example",
                                                             .display_name  = "Alice",
                                                             .excluded      = {{"id", {"usb"}}}});
    CHECK(json::to_text(create) ==
          R"({"rp":{"id":"login.example","name":"Contoso"},"user":{"id":"aA","name":"alice@contoso.example","displayName":"Alice"},)"
          R"("challenge":"Yw","pubKeyCredParams":[{"type":"public-key","alg":-7},{"type":"public-key","alg":-8},{"type":"public-key","alg":-257},)"
          R"({"type":"public-key","alg":-35},{"type":"public-key","alg":-36}],"timeout":300000,)"
          R"("excludeCredentials":[{"type":"public-key","id":"aWQ","transports":["usb"]}],)"
          R"("authenticatorSelection":{"residentKey":"required","requireResidentKey":true,"userVerification":"required"},)"
          R"("attestation":"none","extensions":{"credProps":true}})");
    const auto get = to_json(credentials::RequestOptions{.challenge = "c", .rp_id = "login.example", .allowed = {}});
    CHECK(json::to_text(get) ==
          R"({"challenge":"Yw","timeout":300000,"rpId":"login.example","allowCredentials":[],"userVerification":"required"})");
}

}  // namespace
}  // namespace portcullis::wire
