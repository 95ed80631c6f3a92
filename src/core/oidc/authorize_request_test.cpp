#include "core/oidc/authorize_request.h"

#include <catch2/catch.hpp>

namespace portcullis::oidc {
namespace {

using identity::Application;

constexpr ApplicationId kWebId{0, 1}, kExemptId{0, 2}, kServiceId{0, 3}, kDisabledId{0, 4};
const std::string kChallenge(43, 'a');

const std::vector<Application> kApplications{
    {.id = kWebId, .redirect_uris = {"https://app.example/cb"}, .grants = {identity::GrantType::authorization_code}},
    {.id             = kExemptId,
     .redirect_uris  = {"https://app.example/cb"},
     .grants         = {identity::GrantType::authorization_code},
     .is_pkce_exempt = true},
    {.id            = kServiceId,
     .redirect_uris = {"https://app.example/cb"},
     .grants        = {identity::GrantType::client_credentials}},
    {.id            = kDisabledId,
     .is_enabled    = false,
     .redirect_uris = {"https://app.example/cb"},
     .grants        = {identity::GrantType::authorization_code}},
};

const AuthorizeContext kContext{
    .find_client = [](ApplicationId id) -> const Application* {
        const auto found = std::ranges::find(kApplications, id, &Application::id);
        return found == kApplications.end() ? nullptr : &*found;
    },
    .find_resource = [](std::string_view) -> const Application* { return nullptr; },
    .parse_claims  = [](std::string_view text) -> std::optional<ClaimsRequest> {
        if (text != "known") return std::nullopt;
        return ClaimsRequest{.id_token = {{"acr", true, {"mfa"}}}, .access_token = {{"xms_cc", false, {"cp1"}}}};
    },
};

using Changes = std::vector<Parameters::Pair>;

/// A good request with some parameters changed, added, or (empty value) left out.
Parameters request_with(const Changes& changes) {
    Changes pairs{{"client_id", to_string(kWebId)},
                  {"redirect_uri", "https://app.example/cb"},
                  {"response_type", "code"},
                  {"scope", "openid profile"},
                  {"code_challenge", kChallenge},
                  {"code_challenge_method", "S256"},
                  {"state", "s1"},
                  {"nonce", "n1"}};
    for (const auto& change : changes) {
        std::erase_if(pairs, [&](const auto& pair) { return pair.first == change.first; });
        pairs.push_back(change);
    }
    return Parameters(pairs);
}

std::string shown(const AuthorizeOutcome& outcome) {
    if (const auto* page = std::get_if<RefusedOnPage>(&outcome))
        return "page " + std::to_string(number_of(page->refusal.code));
    if (const auto* told = std::get_if<RefusedToClient>(&outcome)) {
        return std::string(to_string(told->refusal.error)) + " " + std::to_string(number_of(told->refusal.code)) + " " +
               std::string(to_string(told->response_mode)) + " " + told->state;
    }
    return "accepted";
}

TEST_CASE("the authorization request is checked in the order of protocols.md 4.1") {
    struct Row {
        std::string_view what;
        Changes changes;
        std::string_view outcome;
    };
    const auto row = GENERATE(values<Row>({
        {"a good request (PROTO-102)", {}, "accepted"},
        {"unknown parameters are ignored (PROTO-100, PROTO-223)",
         {{"x-client-SKU", "msal.js.node"}, {"instance_aware", "true"}},
         "accepted"},
        {"no client (PROTO-101)", {{"client_id", ""}}, "page 700016"},
        {"a client that is no GUID (PROTO-101)", {{"client_id", "x"}}, "page 700016"},
        {"an unknown client (PROTO-101)", {{"client_id", "00000000-0000-4000-8000-000000000000"}}, "page 700016"},
        {"a disabled client looks unknown (PROTO-101)", {{"client_id", to_string(kDisabledId)}}, "page 700016"},
        {"no redirect URI (PROTO-101)", {{"redirect_uri", ""}}, "page 50011"},
        {"another redirect URI (PROTO-101, PROTO-025)", {{"redirect_uri", "https://evil.example/cb"}}, "page 50011"},
        {"client before redirect URI (PROTO-101)",
         {{"client_id", "x"}, {"redirect_uri", "https://evil.example/"}},
         "page 700016"},
        {"redirect URI before everything else (PROTO-101)",
         {{"redirect_uri", "https://evil.example/"}, {"response_type", ""}},
         "page 50011"},
        {"state of 4096 (PROTO-105)", {{"state", std::string(4096, 's')}}, "accepted"},
        {"state of 4097 (PROTO-105)", {{"state", std::string(4097, 's')}}, "page 90023"},
        {"a request object (PROTO-117)", {{"request", "e30.e30."}}, "request_not_supported 901002 query s1"},
        {"a remote request object (PROTO-117)",
         {{"request_uri", "https://evil.example/r"}},
         "request_uri_not_supported 901002 query s1"},
        {"no response_type (PROTO-102)", {{"response_type", ""}}, "invalid_request 90014 query s1"},
        {"token (PROTO-102)", {{"response_type", "token"}}, "unsupported_response_type 70005 query s1"},
        {"code token (PROTO-102)", {{"response_type", "code token"}}, "unsupported_response_type 70005 query s1"},
        {"id_token is not switched on (PROTO-102)",
         {{"response_type", "id_token"}},
         "unsupported_response_type 70005 query s1"},
        {"none (PROTO-102)", {{"response_type", "none"}}, "unsupported_response_type 70005 query s1"},
        {"a client without the code grant (PROTO-102)",
         {{"client_id", to_string(kServiceId)}},
         "unauthorized_client 70001 query s1"},
        {"form_post (PROTO-103)", {{"response_mode", "form_post"}}, "accepted"},
        {"errors use the mode asked for (PROTO-103)",
         {{"response_mode", "form_post"}, {"scope", ""}},
         "invalid_request 90014 form_post s1"},
        {"an unknown mode (PROTO-103)", {{"response_mode", "telepathy"}}, "invalid_request 70007 query s1"},
        {"fragment (PROTO-103)", {{"response_mode", "fragment"}}, "invalid_request 70007 query s1"},
        {"no PKCE (PROTO-104)",
         {{"code_challenge", ""}, {"code_challenge_method", ""}},
         "invalid_request 9002325 query s1"},
        {"no method (PROTO-104)", {{"code_challenge_method", ""}}, "invalid_request 9002325 query s1"},
        {"plain (PROTO-104)", {{"code_challenge_method", "plain"}}, "invalid_request 9002325 query s1"},
        {"s256 in lower case (PROTO-104)", {{"code_challenge_method", "s256"}}, "invalid_request 9002325 query s1"},
        {"a method without challenge (PROTO-104)", {{"code_challenge", ""}}, "invalid_request 9002325 query s1"},
        {"42 characters (PROTO-104)", {{"code_challenge", std::string(42, 'a')}}, "invalid_request 9002325 query s1"},
        {"44 characters (PROTO-104)", {{"code_challenge", std::string(44, 'a')}}, "invalid_request 9002325 query s1"},
        {"padding (PROTO-104)", {{"code_challenge", std::string(42, 'a') + "="}}, "invalid_request 9002325 query s1"},
        {"an exempted client with nonce (PROTO-104)",
         {{"client_id", to_string(kExemptId)}, {"code_challenge", ""}, {"code_challenge_method", ""}},
         "accepted"},
        {"an exempted client without nonce (PROTO-104)",
         {{"client_id", to_string(kExemptId)}, {"code_challenge", ""}, {"code_challenge_method", ""}, {"nonce", ""}},
         "invalid_request 9002325 query s1"},
        {"an exempted client that tries plain (PROTO-104)",
         {{"client_id", to_string(kExemptId)}, {"code_challenge_method", "plain"}},
         "invalid_request 9002325 query s1"},
        {"no scope", {{"scope", ""}}, "invalid_request 90014 query s1"},
        {"an unknown scope (PROTO-225)", {{"scope", "openid telepathy"}}, "invalid_scope 70011 query s1"},
        {"an unknown resource (PROTO-150)", {{"resource", "https://nobody.example"}}, "invalid_target 500011 query s1"},
        {"nonce of 1024 (PROTO-105)", {{"nonce", std::string(1024, 'n')}}, "accepted"},
        {"nonce of 1025 (PROTO-105)", {{"nonce", std::string(1025, 'n')}}, "invalid_request 90023 query s1"},
        {"prompt=none (PROTO-108)", {{"prompt", "none"}}, "accepted"},
        {"none with another (PROTO-108)", {{"prompt", "none login"}}, "invalid_request 90023 query s1"},
        {"login and consent (PROTO-109)", {{"prompt", "login consent"}}, "accepted"},
        {"an unknown prompt", {{"prompt", "dance"}}, "invalid_request 90023 query s1"},
        {"create when there is no sign-up (PROTO-109)", {{"prompt", "create"}}, "invalid_request 90023 query s1"},
        {"max_age=0 (PROTO-110)", {{"max_age", "0"}}, "accepted"},
        {"max_age=2147483647 (PROTO-110)", {{"max_age", "2147483647"}}, "accepted"},
        {"max_age=2147483648 (PROTO-110)", {{"max_age", "2147483648"}}, "invalid_request 90023 query s1"},
        {"max_age=-1 (PROTO-110)", {{"max_age", "-1"}}, "invalid_request 90023 query s1"},
        {"max_age=1.5 (PROTO-110)", {{"max_age", "1.5"}}, "invalid_request 90023 query s1"},
        {"max_age=+1 (PROTO-110)", {{"max_age", "+1"}}, "invalid_request 90023 query s1"},
        {"claims (PROTO-114)", {{"claims", "known"}}, "accepted"},
        {"claims that do not parse (PROTO-114)", {{"claims", "x"}}, "invalid_request 90023 query s1"},
        {"ui_locales, claims_locales, display (PROTO-115)",
         {{"ui_locales", "tlh %%%"}, {"claims_locales", "nb"}, {"display", "hologram"}},
         "accepted"},
        {"a long login_hint (PROTO-112)", {{"login_hint", std::string(1025, 'a')}}, "invalid_request 90023 query s1"},
        {"no state comes back as none (PROTO-105)", {{"state", ""}, {"scope", ""}}, "invalid_request 90014 query "},
    }));
    CAPTURE(row.what);
    CHECK(shown(check_authorize_request(request_with(row.changes), kContext)) == row.outcome);
}

TEST_CASE("an accepted request carries what was asked, unchanged (PROTO-105, PROTO-111, PROTO-112)") {
    const auto outcome  = check_authorize_request(request_with({{"client_id", "00000000-0000-0000-0000-000000000001"},
                                                                {"state", "\xC3\xBC &<>"},
                                                                {"prompt", "login consent"},
                                                                {"max_age", "60"},
                                                                {"acr_values", "phr mfa"},
                                                                {"claims", "known"},
                                                                {"login_hint", "<b>"},
                                                                {"id_token_hint", "t"},
                                                                {"ui_locales", "de en-GB"},
                                                                {"client_info", "1"},
                                                                {"response_mode", "form_post"}}),
                                                  kContext);
    const auto* request = std::get_if<AuthorizeRequest>(&outcome);
    REQUIRE(request != nullptr);
    CHECK(request->client == kWebId);
    CHECK(request->redirect_uri == "https://app.example/cb");
    CHECK(request->response_mode == ResponseMode::form_post);
    CHECK(request->state == "\xC3\xBC &<>");
    CHECK(request->nonce == "n1");
    CHECK(request->code_challenge == kChallenge);
    CHECK(request->scopes.text() == "openid profile");
    CHECK(request->asks(Prompt::login));
    CHECK_FALSE(request->asks(Prompt::none));
    CHECK(request->max_age_s == 60);
    CHECK(request->demand.wishes == std::vector{Acr::phr, Acr::mfa});
    CHECK(request->demand.demanded() == Acr::mfa);
    CHECK(request->claims_text == "known");
    CHECK(request->capabilities == std::vector<std::string>{"cp1"});
    CHECK(request->login_hint == "<b>");
    CHECK(request->id_token_hint == "t");
    CHECK(request->ui_locales == std::vector<std::string>{"de", "en-GB"});
    CHECK(request->wants_client_info);
}

TEST_CASE("prompt=create passes where people may sign up (PROTO-109)") {
    auto context    = kContext;
    context.sign_up = SignUp::on;
    CHECK(shown(check_authorize_request(request_with({{"prompt", "create"}}), context)) == "accepted");
}

}  // namespace
}  // namespace portcullis::oidc
