#include "main/demo/small_app.h"

#include <catch2/catch.hpp>

#include <functional>

#include "adapters/openssl/digests.h"
#include "adapters/openssl/jwt_verifier.h"
#include "adapters/openssl/signer.h"
#include "adapters/sodium/system_random.h"
#include "base/encoding.h"
#include "main/demo/demo_routes.h"

namespace portcullis::demo {
namespace {

const Instant kNow = *parse_rfc3339("2026-11-21T09:00:00Z");
const std::string kBase = "http://localhost:8080";

/// A provider of one tenant and one person, honest unless a test changes what it says.
struct Provider {
    TenantId tenant{1, 2};
    std::vector<app::SigningKey> keys;
    openssl::Signer signer{[this](TenantId) -> Result<std::vector<app::SigningKey>> {
        std::vector<app::SigningKey> copies;
        for (const auto& key : keys) copies.push_back(key.copy());
        return copies;
    }};
    json::object claims;
    std::function<void(std::string&)> tamper = [](std::string&) {};
    std::string last_token_body, last_authorization;

    Provider() {
        auto key            = std::move(signer.generate("ES256")).value();
        key.activates_at    = kNow - std::chrono::days{1};
        key.retires_at      = kNow + std::chrono::days{1};
        key.published_until = kNow + std::chrono::days{2};
        keys.push_back(std::move(key));
    }

    http::Response operator()(const http::Request& request) {
        if (request.path.ends_with("/discovery/v2.0/keys")) {
            return http::Response::json(json::to_text(app::public_jwks(*signer.published(tenant, kNow))));
        }
        last_token_body    = request.body;
        last_authorization = std::string(request.header("authorization").value_or(""));
        auto token         = signer.sign({.tenant = tenant, .alg = "ES256", .typ = "JWT", .claims = json::to_text(claims), .now = kNow});
        tamper(*const_cast<std::string*>(&*token));
        return http::Response::json(json::to_text(json::object{{"id_token", *token}}));
    }
};

struct Stage {
    sodium::SystemRandom random;
    openssl::Digests digests;
    openssl::JwtVerifier verifier;
    Provider provider;
    oidc::Endpoints endpoints = oidc::endpoints_of(kBase, provider.tenant);
    SmallApp small_app{{.client_id                = "the-client",
                        .client_secret            = "its secret",
                        .redirect_uri             = kBase + "/demo/app/callback",
                        .post_logout_redirect_uri = kBase + "/demo",
                        .base_url                 = kBase,
                        .provider                 = endpoints},
                       random, digests, verifier};
    std::string state;

    /// Begins, and lets the provider answer for the nonce that was sent.
    void begin(const std::string& browser = "browser") {
        const auto url  = small_app.begin("alice@contoso.example", browser, kNow);
        const auto form = http::Form::parse(url.substr(url.find('?') + 1));
        state           = std::string(*form->one("state"));
        provider.claims = {{"iss", endpoints.issuer},
                           {"aud", "the-client"},
                           {"sub", "somebody"},
                           {"nonce", std::string(*form->one("nonce"))},
                           {"iat", unix_seconds(kNow)},
                           {"exp", unix_seconds(kNow) + 3600}};
        CHECK(*form->one("code_challenge_method") == "S256");
        CHECK(*form->one("login_hint") == "alice@contoso.example");
    }
    Result<SmallApp::SignedIn> finish(const std::string& query, const std::string& browser = "browser") {
        const auto form = http::Form::parse(query);
        return small_app.finish(*form, browser, kNow, std::ref(provider));
    }
    std::string good_answer() const { return "code=abc&state=" + state + "&iss=" + percent_encode(endpoints.issuer); }
};

}  // namespace

TEST_CASE("the small application signs in whom the provider vouches for") {
    Stage stage;
    stage.begin();
    const auto signed_in = stage.finish(stage.good_answer());
    REQUIRE(signed_in);
    CHECK(json::string_at(signed_in->claims, "sub") == "somebody");
    CHECK(stage.provider.last_token_body.find("code=abc") != std::string::npos);
    CHECK(stage.provider.last_token_body.find("code_verifier=") != std::string::npos);
    CHECK(stage.provider.last_authorization == "Basic " + base64("the-client:its%20secret"));
    CHECK(stage.small_app.sign_out_url(*signed_in).starts_with(stage.endpoints.end_session + "?id_token_hint="));
}

TEST_CASE("the small application takes an answer once, from the browser that asked, and from its provider (PROTO-223)") {
    Stage stage;
    stage.begin();
    const auto answer = stage.good_answer();
    SECTION("twice") {
        REQUIRE(stage.finish(answer));
        CHECK_FALSE(stage.finish(answer));
    }
    SECTION("another browser") { CHECK_FALSE(stage.finish(answer, "thief")); }
    SECTION("no browser") { CHECK_FALSE(stage.finish(answer, "")); }
    SECTION("an unknown state") { CHECK_FALSE(stage.finish("code=abc&state=guess&iss=" + percent_encode(stage.endpoints.issuer))); }
    SECTION("another issuer (RFC 9207)") { CHECK_FALSE(stage.finish("code=abc&state=" + stage.state + "&iss=https%3A%2F%2Fevil.example")); }
    SECTION("no issuer") { CHECK_FALSE(stage.finish("code=abc&state=" + stage.state)); }
    SECTION("a refusal is told apart from a forgery") {
        const auto refused = stage.finish("error=access_denied&state=" + stage.state + "&iss=" + percent_encode(stage.endpoints.issuer));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::forbidden);
    }
}

TEST_CASE("the small application refuses an ID token that is not the answer to its request (Core 3.1.3.7)") {
    Stage stage;
    stage.begin();
    SECTION("another nonce") { stage.provider.claims["nonce"] = "replayed"; }
    SECTION("no nonce") { stage.provider.claims.erase("nonce"); }
    SECTION("another audience") { stage.provider.claims["aud"] = "somebody else"; }
    SECTION("one audience more") { stage.provider.claims["aud"] = json::array{"the-client", "another"}; }
    SECTION("another issuer") { stage.provider.claims["iss"] = "https://evil.example"; }
    SECTION("expired") { stage.provider.claims["exp"] = unix_seconds(kNow) - 120; }
    SECTION("without end") { stage.provider.claims.erase("exp"); }
    SECTION("nobody") { stage.provider.claims.erase("sub"); }
    SECTION("a changed signature") {
        stage.provider.tamper = [](std::string& token) { token[token.size() - 10] = token[token.size() - 10] == 'A' ? 'B' : 'A'; };
    }
    SECTION("no signature") { stage.provider.tamper = [](std::string& token) { token = "eyJhbGciOiJub25lIn0." + token.substr(token.find('.') + 1, token.rfind('.') - token.find('.') - 1) + "."; }; }
    CHECK_FALSE(stage.finish(stage.good_answer()));
}

TEST_CASE("what is remembered is bounded, and the oldest goes first") {
    Remembered<int> remembered;
    for (int i = 0; i < 1001; ++i) remembered.put(std::to_string(i), i);
    CHECK_FALSE(remembered.find("0"));
    CHECK(remembered.find("1") == 1);
    CHECK(remembered.take("1000") == 1000);
    CHECK_FALSE(remembered.take("1000"));
}

TEST_CASE("a request of the demo comes from where its proxy says, else from the chosen place, else from home") {
    struct Row {
        std::string name, address, cookie, from;
    };
    const auto row = GENERATE(values<Row>({
        {"nothing said", "127.0.0.1", "", "192.0.2.10"},
        {"IPv6 loopback", "::1", "", "192.0.2.10"},
        {"a chosen place", "127.0.0.1", "demo-place=tor", "203.0.113.9"},
        {"a place that is not there", "127.0.0.1", "demo-place=moon", "192.0.2.10"},
        {"two places are none", "127.0.0.1", "demo-place=tor; demo-place=abroad", "192.0.2.10"},
        {"a forwarded address wins", "198.51.100.20", "demo-place=tor", "198.51.100.20"},
    }));
    INFO(row.name);
    http::Request request;
    request.client_address = row.address;
    if (!row.cookie.empty()) request.headers.push_back({"cookie", row.cookie});
    DemoRoutes::prepare(request);
    CHECK(request.client_address == row.from);
}

}  // namespace portcullis::demo
