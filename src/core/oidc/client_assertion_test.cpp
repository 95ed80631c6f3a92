#include "core/oidc/client_assertion.h"

#include <catch2/catch.hpp>

namespace portcullis::oidc {
namespace {

using namespace std::chrono_literals;
using identity::Application;
using identity::ApplicationKind;
using identity::ClientAuthMethod;
using identity::ClientKey;

constexpr ApplicationId kId{0x0193ab007c1e7000ULL, 0x8000000000000001ULL};
const std::string kText = to_string(kId);
constexpr Instant kNow{Duration{1'800'000'000'000}};

Application daemon(ClientAuthMethod method = ClientAuthMethod::private_key_jwt) {
    Application client{.id = kId, .kind = ApplicationKind::service, .auth_method = method};
    client.keys = {
        {.id = {0, 1}, .kid = "k1", .x5t = "sha1-1", .x5t_s256 = "sha256-1", .algs = {"PS256", "RS256"}, .starts_at = kNow - 1h, .expires_at = kNow + 1h},
        {.id = {0, 2}, .kid = "k2", .x5t = "sha1-2", .x5t_s256 = "sha256-2", .algs = {"ES256"}, .starts_at = kNow - 2h, .expires_at = kNow},
        {.id = {0, 3}, .kid = "k3", .x5t = "sha1-3", .x5t_s256 = "sha256-3", .algs = {"ES256"}, .starts_at = kNow + Duration{1}, .expires_at = kNow + 2h},
        {.id = {0, 4}, .kid = "bare", .algs = {"ES256"}, .starts_at = kNow, .expires_at = kNow + 1h},
    };
    return client;
}

std::string shown(const Refusal& refusal) {
    return std::string(to_string(refusal.error)) + " " + std::to_string(number_of(refusal.code));
}

TEST_CASE("an assertion speaks for one client, which the request may name too (PROTO-020, PROTO-022)") {
    struct Row {
        std::string_view what;
        std::string issuer, subject, body, outcome;
    };
    const auto row = GENERATE(values<Row>({
        {"iss and sub", kText, kText, "", "client"},
        {"and client_id", kText, kText, kText, "client"},
        {"in upper case", "0193AB00-7C1E-7000-8000-000000000001", kText, kText, "client"},
        {"another iss", "00000000-0000-4000-8000-000000000001", kText, "", "invalid_client 700021"},
        {"another sub", kText, "00000000-0000-4000-8000-000000000001", "", "invalid_client 700021"},
        {"no iss", "", kText, "", "invalid_client 700021"},
        {"no sub", kText, "", "", "invalid_client 700021"},
        {"neither", "", "", "", "invalid_client 700021"},
        {"no GUIDs", "x", "x", "x", "invalid_client 700021"},
        {"another client_id (PROTO-020)", kText, kText, "00000000-0000-4000-8000-000000000001", "invalid_client 700021"},
        {"a client_id that is no GUID", kText, kText, "x", "invalid_client 700021"},
    }));
    CAPTURE(row.what);
    const auto outcome = asserted_client({.issuer = row.issuer, .subject = row.subject}, row.body);
    const auto* client = std::get_if<ApplicationId>(&outcome);
    CHECK((client ? std::string(*client == kId ? "client" : "other") : shown(std::get<Refusal>(outcome))) == row.outcome);
}

TEST_CASE("a key is one that is registered, found by x5t#S256, x5t or kid, within its validity (PROTO-022, PROTO-226)") {
    struct Row {
        std::string_view what;
        AssertionHeader header;
        std::string_view outcome;
    };
    const auto row = GENERATE(values<Row>({
        {"by x5t#S256", {.x5t_s256 = "sha256-1"}, "1"},
        {"by x5t", {.x5t = "sha1-1"}, "1"},
        {"by kid", {.kid = "k1"}, "1"},
        {"a bare key by kid", {.kid = "bare"}, "4"},
        {"a kid beside the thumbprint is not looked at", {.kid = "ABCD", .x5t_s256 = "sha256-1"}, "1"},
        {"the stronger thumbprint decides", {.x5t = "sha1-1", .x5t_s256 = "unknown"}, "invalid_client 700027"},
        {"a thumbprint nobody registered", {.x5t_s256 = "unknown"}, "invalid_client 700027"},
        {"the thumbprint of the other kind", {.x5t = "sha256-1"}, "invalid_client 700027"},
        {"none named", {}, "invalid_client 700027"},
        {"a certificate that is over, to the millisecond", {.x5t = "sha1-2"}, "invalid_client 700027"},
        {"a certificate that begins a millisecond later", {.x5t = "sha1-3"}, "invalid_client 700027"},
    }));
    CAPTURE(row.what);
    const auto client  = daemon();
    const auto outcome = assertion_key(&client, row.header, kNow);
    const auto* key    = std::get_if<const ClientKey*>(&outcome);
    CHECK((key ? std::to_string((*key)->id.low) : shown(std::get<Refusal>(outcome))) == row.outcome);
}

TEST_CASE("unknown, disabled and wrong look the same from outside, with assertions too (PROTO-024)") {
    const AssertionHeader right{.x5t_s256 = "sha256-1"}, wrong{.x5t_s256 = "unknown"};
    auto disabled       = daemon();
    disabled.is_enabled = false;
    const auto known    = daemon();
    const auto expected = std::get<Refusal>(assertion_key(&known, wrong, kNow));
    for (const auto& refusal : {std::get<Refusal>(assertion_key(nullptr, right, kNow)),
                                std::get<Refusal>(assertion_key(&disabled, right, kNow)), bad_assertion_signature()}) {
        CHECK(refusal.code == expected.code);
        CHECK(refusal.description == expected.description);
        CHECK(http_status(refusal) == 401);
    }
}

TEST_CASE("assertions are for confidential clients that are registered for them (PROTO-022)") {
    struct Row {
        std::string_view what;
        ApplicationKind kind;
        ClientAuthMethod method;
        std::string_view outcome;
    };
    const auto row = GENERATE(values<Row>({
        {"registered for them", ApplicationKind::service, ClientAuthMethod::private_key_jwt, "key"},
        {"a web application", ApplicationKind::web, ClientAuthMethod::private_key_jwt, "key"},
        {"registered for any credential", ApplicationKind::web, ClientAuthMethod::any_registered, "key"},
        {"registered for Basic", ApplicationKind::web, ClientAuthMethod::client_secret_basic, "invalid_client 7000215"},
        {"registered for POST", ApplicationKind::web, ClientAuthMethod::client_secret_post, "invalid_client 7000215"},
        {"a public client", ApplicationKind::spa, ClientAuthMethod::none, "invalid_client 700025"},
    }));
    CAPTURE(row.what);
    auto client        = daemon(row.method);
    client.kind        = row.kind;
    const auto outcome = assertion_key(&client, {.kid = "k1"}, kNow);
    CHECK((std::holds_alternative<const ClientKey*>(outcome) ? "key" : shown(std::get<Refusal>(outcome))) == row.outcome);
}

TEST_CASE("an assertion is for us, for ten minutes at most, and has an identifier (PROTO-022, PROTO-226, PROTO-016)") {
    const std::string issuer = "https://idp.example/t/v2.0", endpoint = "https://idp.example/t/oauth2/v2.0/token",
                      by_name = "https://idp.example/contoso.example/oauth2/v2.0/token";
    struct Row {
        std::string_view what;
        std::optional<std::string> audience;
        std::optional<Duration> expires_in;
        std::optional<Duration> not_before, issued;
        std::string id;
        bool is_pinned;
        std::string_view outcome;
    };
    const auto none = std::optional<Duration>();
    const auto row  = GENERATE_COPY(values<Row>({
        {"as MSAL makes it", endpoint, 10min, 0min, none, "j", false, ""},
        {"for the issuer", issuer, 10min, none, 0min, "j", false, ""},
        {"for the endpoint by the tenant's domain", by_name, 10min, none, none, "j", false, ""},
        {"pinned, for the issuer", issuer, 10min, none, none, "j", true, ""},
        {"pinned, for the endpoint", endpoint, 10min, none, none, "j", true, "invalid_client 700023"},
        {"another tenant's endpoint", "https://idp.example/other/oauth2/v2.0/token", 10min, none, none, "j", false, "invalid_client 700023"},
        {"the endpoint and a slash", endpoint + "/", 10min, none, none, "j", false, "invalid_client 700023"},
        {"another host", "https://evil.example/t/v2.0", 10min, none, none, "j", false, "invalid_client 700023"},
        {"an empty audience", "", 10min, none, none, "j", false, "invalid_client 700023"},
        {"no audience, or a list", std::nullopt, 10min, none, none, "j", false, "invalid_client 700023"},
        {"no exp", issuer, none, none, none, "j", false, "invalid_client 700024"},
        {"over, within the skew", issuer, -59999ms, none, none, "j", false, ""},
        {"over", issuer, -60s, none, none, "j", false, "invalid_client 700024"},
        {"ten minutes and the skew", issuer, 11min, none, none, "j", false, ""},
        {"longer", issuer, 11min + 1ms, none, none, "j", false, "invalid_client 700024"},
        {"not yet, within the skew", issuer, 10min, 60s, none, "j", false, ""},
        {"not yet", issuer, 10min, 60s + 1ms, none, "j", false, "invalid_client 700024"},
        {"from the future, within the skew", issuer, 10min, none, 60s, "j", false, ""},
        {"from the future", issuer, 10min, none, 60s + 1ms, "j", false, "invalid_client 700024"},
        {"no jti", issuer, 10min, none, none, "", false, "invalid_client 50027"},
        {"the longest jti", issuer, 10min, none, none, std::string(256, 'j'), false, ""},
        {"a jti too long", issuer, 10min, none, none, std::string(257, 'j'), false, "invalid_client 50027"},
    }));
    CAPTURE(row.what);
    const auto at = [](const std::optional<Duration>& after) { return after ? std::optional(kNow + *after) : std::nullopt; };
    auto client   = daemon();
    client.is_pinned_to_issuer = row.is_pinned;
    const auto refusal = assertion_refusal({.issuer = kText, .subject = kText, .audience = row.audience, .expires_at = at(row.expires_in),
                                            .not_before = at(row.not_before), .issued_at = at(row.issued), .id = row.id},
                                           {.client = client, .issuer = issuer, .token_endpoints = {endpoint, by_name}, .now = kNow});
    CHECK((refusal ? shown(*refusal) : "") == row.outcome);
}

TEST_CASE("a jti is remembered for as long as the assertion could be taken again (PROTO-022)") {
    const AssertionClaims claims{.expires_at = kNow};
    const auto until = assertion_memory(claims);
    const auto client = daemon();
    const auto later  = assertion_refusal({.audience = "i", .expires_at = kNow, .id = "j"}, {.client = client, .issuer = "i", .token_endpoints = {}, .now = until});
    REQUIRE(later);
    CHECK(later->code == StsError::ClientAssertionOutsideValidity);
    CHECK(http_status(assertion_replayed()) == 401);
}

}  // namespace
}  // namespace portcullis::oidc
