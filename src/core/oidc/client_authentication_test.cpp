#include "core/oidc/client_authentication.h"

#include <catch2/catch.hpp>

#include "base/encoding.h"

namespace portcullis::oidc {
namespace {

using identity::Application;
using identity::ClientAuthMethod;

constexpr ApplicationId kId{0x0193ab007c1e7000ULL, 0x8000000000000001ULL};
const std::string kText = to_string(kId);
const std::string kJwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
constexpr Instant kNow{Duration{1'800'000'000'000}};

std::string basic(std::string_view id, std::string_view secret) {
    return "Basic " + base64(std::string(id) + ":" + std::string(secret));
}

std::string shown(const std::variant<PresentedClient, Refusal>& outcome) {
    if (const auto* refusal = std::get_if<Refusal>(&outcome)) return std::string(to_string(refusal->error));
    const auto& client = std::get<PresentedClient>(outcome);
    constexpr std::string_view how[]{"none", "basic", "post", "assertion"};
    return std::string(how[static_cast<int>(client.how)]) + (client.client == kId ? " known " : " other ") +
           std::string(client.secret.reveal());
}

TEST_CASE("one authentication per request; Basic is form-decoded (PROTO-020, PROTO-021)") {
    struct Row {
        std::string_view what;
        std::optional<std::string> authorization;
        std::vector<Parameters::Pair> body;
        std::string_view outcome;
    };
    const auto row = GENERATE(values<Row>({
        {"basic", basic(kText, "s3cret"), {}, "basic known s3cret"},
        {"basic, scheme in lower case", "basic " + base64(kText + ":s"), {}, "basic known s"},
        {"basic, percent-encoded (PROTO-021)", basic(percent_encode(kText), "a%2Bb%25"), {}, "basic known a+b%"},
        {"basic, plus is a space (PROTO-021)", basic(kText, "a+b"), {}, "basic known a b"},
        {"basic, colon in the secret", basic(kText, "a:b"), {}, "basic known a:b"},
        {"basic, broken escape (PROTO-021)", basic(kText, "%zz"), {}, "invalid_client"},
        {"basic, broken escape in the id (PROTO-021)", basic(kText + "%", "s"), {}, "invalid_client"},
        {"basic, not base64 (PROTO-021)", "Basic ???", {}, "invalid_client"},
        {"basic, no colon (PROTO-021)", "Basic " + base64("abc"), {}, "invalid_client"},
        {"basic, nothing", "Basic ", {}, "invalid_client"},
        {"basic, same id in the body", basic(kText, "s"), {{"client_id", kText}}, "basic known s"},
        {"basic, another id in the body (PROTO-020)", basic(kText, "s"), {{"client_id", "x"}}, "invalid_client"},
        {"basic and post (PROTO-020)",
         basic(kText, "s"),
         {{"client_id", kText}, {"client_secret", "s"}},
         "invalid_request"},
        {"basic and assertion (PROTO-020)", basic(kText, "s"), {{"client_assertion", "x"}}, "invalid_request"},
        {"post and assertion (PROTO-020)",
         std::nullopt,
         {{"client_secret", "s"}, {"client_assertion", "x"}},
         "invalid_request"},
        {"assertion without its type", std::nullopt, {{"client_id", kText}, {"client_assertion", "x"}}, "invalid_request"},
        {"a type without its assertion", std::nullopt, {{"client_assertion_type", kJwtBearer}}, "invalid_request"},
        {"an assertion that is no JWT",
         std::nullopt,
         {{"client_assertion", "x"}, {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"}},
         "invalid_client"},
        {"assertion (PROTO-022)",
         std::nullopt,
         {{"client_id", kText}, {"client_assertion", "x"}, {"client_assertion_type", kJwtBearer}},
         "assertion known x"},
        {"assertion that says itself who it is from (RFC 7521 4.2)",
         std::nullopt,
         {{"client_assertion", "x"}, {"client_assertion_type", kJwtBearer}},
         "assertion other x"},
        {"post", std::nullopt, {{"client_id", kText}, {"client_secret", "s"}}, "post known s"},
        {"post, id in upper case",
         std::nullopt,
         {{"client_id", "0193AB00-7C1E-7000-8000-000000000001"}, {"client_secret", "s"}},
         "post known s"},
        {"post without id", std::nullopt, {{"client_secret", "s"}}, "invalid_client"},
        {"public", std::nullopt, {{"client_id", kText}}, "none known "},
        {"an id that is no GUID", std::nullopt, {{"client_id", "x"}}, "none other "},
        {"nobody", std::nullopt, {}, "invalid_client"},
        {"bearer is no client authentication", "Bearer x", {{"client_id", kText}}, "none known "},
    }));
    CAPTURE(row.what);
    std::optional<std::string_view> authorization;
    if (row.authorization) authorization = *row.authorization;
    CHECK(shown(present_client(authorization, Parameters(row.body))) == row.outcome);
}

Application confidential(ClientAuthMethod method = ClientAuthMethod::any_registered) {
    Application client{.id = kId, .auth_method = method};
    client.secrets = {{.id = {0, 1}, .digest = "old", .expires_at = kNow},
                      {.id = {0, 2}, .digest = "new", .expires_at = kNow + Duration{1}}};
    return client;
}

std::string shown(const std::variant<AuthenticatedClient, Refusal>& outcome) {
    if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
        return std::string(to_string(refusal->error)) + " " + std::to_string(number_of(refusal->code));
    }
    return "secret " + std::to_string(std::get<AuthenticatedClient>(outcome).secret.low);
}

TEST_CASE("a secret is one of the live ones, presented as registered (PROTO-024)") {
    struct Row {
        std::string_view what;
        ClientAuthMethod method;
        Presented how;
        std::string_view digest, outcome;
    };
    const auto row = GENERATE(values<Row>({
        {"the live one", ClientAuthMethod::any_registered, Presented::basic, "new", "secret 2"},
        {"posted", ClientAuthMethod::any_registered, Presented::post, "new", "secret 2"},
        {"the expired one", ClientAuthMethod::any_registered, Presented::basic, "old", "invalid_client 7000222"},
        {"a wrong one", ClientAuthMethod::any_registered, Presented::basic, "bad", "invalid_client 7000215"},
        {"posted where basic is registered", ClientAuthMethod::client_secret_basic, Presented::post, "new",
         "invalid_client 7000215"},
        {"basic where post is registered", ClientAuthMethod::client_secret_post, Presented::basic, "new",
         "invalid_client 7000215"},
        {"a secret where assertions are registered (PROTO-022)", ClientAuthMethod::private_key_jwt, Presented::basic, "new",
         "invalid_client 7000215"},
        {"none at all", ClientAuthMethod::any_registered, Presented::none, "", "invalid_client 7000218"},
    }));
    CAPTURE(row.what);
    const auto client = confidential(row.method);
    CHECK(shown(authenticate_client(&client, {kId, row.how, Secret{}}, row.digest, kNow)) == row.outcome);
}

TEST_CASE("unknown, disabled and wrong look the same from outside (PROTO-024)") {
    const auto known    = confidential();
    auto disabled       = confidential();
    disabled.is_enabled = false;
    const auto wrong = std::get<Refusal>(authenticate_client(&known, {kId, Presented::basic, Secret{}}, "bad", kNow));
    for (const Application* client :
         {static_cast<const Application*>(nullptr), static_cast<const Application*>(&disabled)}) {
        const auto refusal =
            std::get<Refusal>(authenticate_client(client, {kId, Presented::basic, Secret{}}, "new", kNow));
        CHECK(refusal.code == wrong.code);
        CHECK(refusal.description == wrong.description);
        CHECK(http_status(refusal) == 401);
        CHECK(shown(authenticate_client(client, {kId, Presented::none, Secret{}}, "", kNow)) ==
              "invalid_client 7000218");
    }
}

TEST_CASE("a public client presents no secret") {
    const Application client{.id = kId, .kind = identity::ApplicationKind::spa};
    CHECK(shown(authenticate_client(&client, {kId, Presented::none, Secret{}}, "", kNow)) == "secret 0");
    CHECK(shown(authenticate_client(&client, {kId, Presented::post, Secret{}}, "x", kNow)) == "invalid_client 700025");
}

TEST_CASE("WWW-Authenticate says Basic when Basic was tried (PROTO-024)") {
    CHECK(tried_basic("Basic x"));
    CHECK(tried_basic("BASIC x"));
    CHECK_FALSE(tried_basic("Bearer x"));
    CHECK_FALSE(tried_basic("Basic"));
    CHECK_FALSE(tried_basic(std::nullopt));
}

TEST_CASE("registered methods survive their names") {
    for (const auto method :
         {ClientAuthMethod::none, ClientAuthMethod::client_secret_basic, ClientAuthMethod::client_secret_post,
          ClientAuthMethod::private_key_jwt}) {
        CHECK(parse_client_auth_method(to_string(method)) == method);
    }
    CHECK_FALSE(parse_client_auth_method(""));
}

}  // namespace
}  // namespace portcullis::oidc
