#include "core/oidc/token_request.h"

#include <algorithm>
#include <array>

namespace portcullis::oidc {
namespace {

using identity::Application;
using identity::ApplicationKind;
using identity::GrantType;
using Grant   = decltype(TokenRequest::grant);
using Outcome = std::variant<Grant, Refusal>;

struct GrantName {
    GrantType grant;
    std::string_view text;
};
constexpr auto kGrantNames                  = std::to_array<GrantName>({
    {GrantType::authorization_code, "authorization_code"},
    {GrantType::refresh_token, "refresh_token"},
    {GrantType::client_credentials, "client_credentials"},
    {GrantType::device_code, "urn:ietf:params:oauth:grant-type:device_code"},
    {GrantType::device_code, "device_code"},
});
constexpr std::string_view kMsalDeviceGrant = "device_code";

Refusal missing(std::string_view name) {
    return refuse_at_token(StsError::MissingRequiredField, "The parameter " + std::string(name) + " is missing.");
}

Secret secret_of(std::string_view text) { return Secret(std::string(text)); }

Outcome code_grant(const Parameters& body) {
    const auto code = body.find("code");
    if (!code) return missing("code");
    CodeRequest request{secret_of(*code), std::string(body.get("redirect_uri")), std::nullopt};
    if (const auto verifier = body.find("code_verifier")) request.code_verifier = secret_of(*verifier);
    return Grant(std::move(request));
}

Outcome refresh_grant(const Parameters& body) {
    const auto token = body.find("refresh_token");
    if (!token) return missing("refresh_token");
    return Grant(RefreshRequest{secret_of(*token), std::string(body.get("scope"))});
}

Outcome client_grant(const Parameters& body, const TokenContext& context) {
    auto scopes =
        parse_application_scopes(context.client, body.get("scope"), body.all("resource"), context.find_resource);
    if (auto* refusal = std::get_if<Refusal>(&scopes)) return std::move(*refusal);
    return Grant(ClientCredentialsRequest{std::get<Scopes>(std::move(scopes))});
}

Outcome device_grant(const Parameters& body, DevicePoller poller) {
    const auto code = body.find("device_code");
    if (!code) return missing("device_code");
    return Grant(DeviceCodeRequest{secret_of(*code), poller});
}

Outcome grant_of(GrantType type, const Parameters& body, const TokenContext& context) {
    switch (type) {
        case GrantType::authorization_code: return code_grant(body);
        case GrantType::refresh_token: return refresh_grant(body);
        case GrantType::client_credentials: return client_grant(body, context);
        case GrantType::device_code:
            return device_grant(
                body, body.get("grant_type") == kMsalDeviceGrant ? DevicePoller::msal : DevicePoller::standard);
    }
    return refuse_at_token(StsError::UnsupportedGrantType);
}

}  // namespace

std::string_view to_string(GrantType grant) { return std::ranges::find(kGrantNames, grant, &GrantName::grant)->text; }

std::optional<GrantType> parse_grant_type(std::string_view text) {
    const auto* name = std::ranges::find(kGrantNames, text, &GrantName::text);
    if (name == kGrantNames.end()) return std::nullopt;
    return name->grant;
}

GrantType TokenRequest::type() const {
    constexpr std::array kTypes{GrantType::authorization_code, GrantType::refresh_token, GrantType::client_credentials,
                                GrantType::device_code};
    return kTypes[grant.index()];
}

bool may_use(const Application& client, GrantType grant) {
    if (grant == GrantType::client_credentials && client.kind != ApplicationKind::service) return false;
    return std::ranges::find(client.grants, grant) != client.grants.end();
}

std::variant<TokenRequest, Refusal> check_token_request(const Parameters& body, const TokenContext& context) {
    const auto name = body.find("grant_type");
    if (!name) return missing("grant_type");
    const auto type = parse_grant_type(*name);
    if (!type) return refuse_at_token(StsError::UnsupportedGrantType);
    if (!may_use(context.client, *type)) return refuse_at_token(StsError::UnauthorizedClient);

    auto grant = grant_of(*type, body, context);
    if (auto* refusal = std::get_if<Refusal>(&grant)) return std::move(*refusal);
    TokenRequest request{.grant = std::get<Grant>(std::move(grant)), .claims = {}, .demand = {}};
    request.wants_client_info = body.get("client_info") == "1";

    const auto claims = body.get("claims");
    if (claims.empty()) return request;
    auto parsed = context.parse_claims(claims);
    auto demand = parsed ? authentication_demand({}, *parsed) : std::nullopt;
    if (!demand) return refuse_at_token(StsError::InvalidRequest, "The parameter claims is not a claims request.");
    request.claims = std::move(*parsed);
    request.demand = std::move(*demand);
    return request;
}

}  // namespace portcullis::oidc
