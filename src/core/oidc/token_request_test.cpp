#include "core/oidc/token_request.h"

#include <catch2/catch.hpp>

namespace portcullis::oidc {
namespace {

using identity::Application;
using identity::ApplicationKind;
using identity::GrantType;

const Application kApi{.id = {0, 9}, .api = {.identifier_uri = "api://demo", .scopes = {}, .roles = {{"All", ""}}}};
const std::vector<GrantType> kAll{GrantType::authorization_code, GrantType::refresh_token,
                                  GrantType::client_credentials, GrantType::device_code};

std::variant<TokenRequest, Refusal> check(ApplicationKind kind, std::vector<GrantType> grants,
                                          std::vector<Parameters::Pair> body) {
    const Application client{
        .id = {0, 1}, .kind = kind, .grants = std::move(grants), .role_grants = {{kApi.id, "All"}}};
    return check_token_request(
        Parameters(std::move(body)),
        {.client        = client,
         .find_resource = [](std::string_view name) { return name == "api://demo" ? &kApi : nullptr; },
         .parse_claims =
             [](std::string_view text) { return text == "{}" ? std::optional(ClaimsRequest{}) : std::nullopt; }});
}

TEST_CASE("the token request says what its grant needs (PROTO-120 to PROTO-132, PROTO-240)") {
    struct Row {
        std::string_view what;
        ApplicationKind kind;
        std::vector<Parameters::Pair> body;
        std::string_view outcome;
    };
    using enum ApplicationKind;
    const auto row = GENERATE(values<Row>({
        {"no grant type", web, {}, "invalid_request"},
        {"an unknown grant type", web, {{"grant_type", "telepathy"}}, "unsupported_grant_type"},
        {"the password grant is off (PROTO-240)",
         web,
         {{"grant_type", "password"}, {"username", "a"}, {"password", "b"}},
         "unsupported_grant_type"},
        {"a code",
         web,
         {{"grant_type", "authorization_code"}, {"code", "c"}, {"redirect_uri", "r"}, {"code_verifier", "v"}},
         "authorization_code"},
        {"no code (PROTO-121)", web, {{"grant_type", "authorization_code"}}, "invalid_request"},
        {"a refresh token", spa, {{"grant_type", "refresh_token"}, {"refresh_token", "r"}}, "refresh_token"},
        {"no refresh token", spa, {{"grant_type", "refresh_token"}}, "invalid_request"},
        {"a service for itself (PROTO-126)",
         service,
         {{"grant_type", "client_credentials"}, {"scope", "api://demo/.default"}},
         "client_credentials"},
        {"client_credentials are for services (PROTO-126)",
         web,
         {{"grant_type", "client_credentials"}, {"scope", "api://demo/.default"}},
         "unauthorized_client"},
        {"a service without scope (PROTO-126)", service, {{"grant_type", "client_credentials"}}, "invalid_scope"},
        {"a service at an unknown resource (PROTO-126)",
         service,
         {{"grant_type", "client_credentials"}, {"scope", "api://nobody/.default"}},
         "invalid_target"},
        {"a device code (PROTO-127)",
         native,
         {{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"}, {"device_code", "d"}},
         "urn:ietf:params:oauth:grant-type:device_code"},
        {"MSAL's name of it (PROTO-132)",
         native,
         {{"grant_type", "device_code"}, {"device_code", "d"}},
         "urn:ietf:params:oauth:grant-type:device_code"},
        {"no device code", native, {{"grant_type", "device_code"}}, "invalid_request"},
        {"claims", web, {{"grant_type", "refresh_token"}, {"refresh_token", "r"}, {"claims", "{}"}}, "refresh_token"},
        {"bad claims (PROTO-114)",
         web,
         {{"grant_type", "refresh_token"}, {"refresh_token", "r"}, {"claims", "x"}},
         "invalid_request"},
    }));
    CAPTURE(row.what);
    const auto outcome  = check(row.kind, kAll, row.body);
    const auto* refusal = std::get_if<Refusal>(&outcome);
    CHECK((refusal ? to_string(refusal->error) : to_string(std::get<TokenRequest>(outcome).type())) == row.outcome);
}

TEST_CASE("a client uses the grants on its list only") {
    const auto refusal = std::get<Refusal>(check(ApplicationKind::web, {GrantType::authorization_code},
                                                 {{"grant_type", "refresh_token"}, {"refresh_token", "r"}}));
    CHECK(refusal.code == StsError::UnauthorizedClient);
    CHECK(http_status(refusal) == 400);
}

TEST_CASE("the poller of the short name is MSAL (PROTO-132); client_info is asked for by 1 (PROTO-222)") {
    const auto msal = check(ApplicationKind::native, kAll,
                            {{"grant_type", "device_code"}, {"device_code", "d"}, {"client_info", "1"}});
    CHECK(std::get<DeviceCodeRequest>(std::get<TokenRequest>(msal).grant).poller == DevicePoller::msal);
    CHECK(std::get<TokenRequest>(msal).wants_client_info);
    const auto standard = check(
        ApplicationKind::native, kAll,
        {{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"}, {"device_code", "d"}, {"client_info", "2"}});
    CHECK(std::get<DeviceCodeRequest>(std::get<TokenRequest>(standard).grant).poller == DevicePoller::standard);
    CHECK_FALSE(std::get<TokenRequest>(standard).wants_client_info);
}

TEST_CASE("statuses and descriptions of refusals (PROTO-210, PROTO-211)") {
    CHECK(http_status(refuse_at_token(StsError::InvalidGrant)) == 400);
    CHECK(http_status(refuse_at_token(StsError::InvalidClientSecret)) == 401);
    CHECK(http_status(refuse_at_token(StsError::LoopDetected)) == 429);
    CHECK(http_status(refuse_at_token(StsError::TenantThrottlingError)) == 429);
    CHECK(http_status(refuse_at_token(StsError::TransientError)) == 503);
    CHECK(http_status(refuse_at_token(StsError::TokenIssuanceError)) == 500);
    CHECK(error_description(refuse_at_token(StsError::InvalidGrant)) == "AADSTS70000: The grant is not valid.");
    CHECK(error_description(refuse_at_token(StsError::InvalidRequest, "a\"b\\c\r\n\xC3\xBC")) == "AADSTS90023: abc");
}

}  // namespace
}  // namespace portcullis::oidc
