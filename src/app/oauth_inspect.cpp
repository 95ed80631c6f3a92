#include "app/oauth.h"
#include "app/oauth_issue.h"
#include "base/overloaded.h"
#include "core/oidc/endpoints.h"
#include "wire/claims_request.h"
#include "wire/token_claims.h"

namespace portcullis::app {
namespace {

using oidc::AuthenticatedClient;
using oidc::Refusal;

/// The grant a `jti` names: `<grant>.<random>`.
std::optional<GrantId> grant_of(const json::object& claims) {
    const auto jti = json::string_at(claims, "jti");
    if (!jti) return std::nullopt;
    return parse_id<GrantId>(std::string_view(*jti).substr(0, jti->find('.')));
}

json::object refresh_token_claims(const FoundGrant& found, std::string_view issuer) {
    return {{"iss", issuer},
            {"client_id", to_string(found.grant.client)},
            {"scope", found.grant.scope},
            {"iat", unix_seconds(found.token.issued_at)},
            {"exp", unix_seconds(std::min(found.token.expires_at, found.grant.expires_at))},
            {"oid", to_string(found.grant.user)},
            {"acr", found.grant.acr},
            {"auth_time", unix_seconds(found.grant.auth_time)}};
}

Refusal invalid_token() {
    auto refusal  = oidc::refuse_at_token(StsError::InvalidGrant);
    refusal.error = OAuthError::invalid_token;
    return refusal;
}

}  // namespace

Result<std::optional<OAuth::Presented>> OAuth::presented_refresh_token(const TenantSnapshot& tenant, std::string_view token,
                                                                       const RequestFacts& facts) {
    using Answer     = std::optional<Presented>;
    const auto found = TRY(ports_.sessions.by_refresh_token(tenant.tenant.id, reference_digest(ports_, token)));
    if (!found) return Answer{};
    const bool is_current = found->token.state == identity::RefreshTokenState::current && facts.now < found->token.expires_at &&
                            facts.now < found->grant.expires_at;
    if (!is_current) return Answer{};
    return Answer{Presented{.claims = {}, .refresh = found, .grant = found->grant, .client = found->grant.client}};
}

/// A verifier takes access tokens only (PROTO-154).
Result<std::optional<OAuth::Presented>> OAuth::presented_access_token(const TenantSnapshot& tenant, std::string_view token,
                                                                      const RequestFacts& facts) {
    using Answer        = std::optional<Presented>;
    const auto id       = tenant.tenant.id;
    const auto verified = ports_.verifier.verify(token, {.typ = {"at+jwt"}}, TRY(ports_.signer.published(id, facts.now)));
    if (!verified || !check_times(verified->claims, facts.now, {.skew = Duration{0}})) return Answer{};
    if (json::string_at(verified->claims, "iss") != issuer(tenant)) return Answer{};
    const auto client = oidc::parse_client_id(json::string_at(verified->claims, "client_id").value_or(""));
    if (!client) return Answer{};
    Presented presented{.claims = verified->claims, .refresh = {}, .grant = {}, .client = *client};
    if (json::string_at(verified->claims, "idtyp") == "app") return Answer{std::move(presented)};
    const auto grant = grant_of(verified->claims);
    if (!grant) return Answer{};
    presented.grant = TRY(ports_.sessions.grant(id, *grant));
    if (!presented.grant) return Answer{};
    return Answer{std::move(presented)};
}

/// What a token is, when it is ours and its time has not passed; nothing otherwise.
Result<std::optional<OAuth::Presented>> OAuth::presented(const TenantSnapshot& tenant, std::string_view token, const RequestFacts& facts) {
    const bool is_jwt = token.find('.') != std::string_view::npos;  // references of ours have no dot
    return is_jwt ? presented_access_token(tenant, token, facts) : presented_refresh_token(tenant, token, facts);
}

Result<OAuthOutcome<json::object>> OAuth::introspect(const TenantSnapshot& tenant, const ClientRequest& request, const RequestFacts& facts) {
    using Outcome            = OAuthOutcome<json::object>;
    const auto authenticated = TRY(client_of(tenant, request, facts));
    if (const auto* refusal = std::get_if<Refusal>(&authenticated)) return Outcome{*refusal};
    const auto& caller = std::get<AuthenticatedClient>(authenticated);
    if (caller.how == oidc::Presented::none) return Outcome{oidc::refuse_at_token(StsError::ClientSecretMissing)};

    const auto shown  = TRY(presented(tenant, request.body.get("token"), facts));
    const auto denied = Outcome{wire::inactive_introspection()};
    if (!shown) return denied;
    const auto audience = shown->claims ? json::string_at(*shown->claims, "aud").value_or("") : std::string();
    if (!oidc::may_introspect(caller.client, shown->client, audience, *tenant.application(caller.client))) return denied;
    const auto* client = tenant.application(shown->client);
    if (!client || !client->is_enabled) return denied;

    // Whether it still holds is asked anew: account, session, what was revoked since, and a policy that would block (PROTO-171).
    std::string username;
    if (shown->grant) {
        if (shown->grant->state != identity::GrantState::active) return denied;
        const auto standing = TRY(ports_.standings.of(tenant.tenant.id, *shown->grant));
        if (grant_refusal(tenant, *shown->grant, standing)) return denied;
        if (is_blocked_by_user_risk(tenant, *shown->grant, standing, facts)) return denied;
        username = standing.account->user.user_principal_name;
    }
    if (shown->refresh) {
        return Outcome{wire::active_introspection(refresh_token_claims(*shown->refresh, issuer(tenant)), username, "refresh_token")};
    }
    return Outcome{wire::active_introspection(*shown->claims, username)};
}

Result<OAuthOutcome<std::monostate>> OAuth::revoke(const TenantSnapshot& tenant, const ClientRequest& request, const RequestFacts& facts) {
    using Outcome            = OAuthOutcome<std::monostate>;
    const auto authenticated = TRY(client_of(tenant, request, facts));
    if (const auto* refusal = std::get_if<Refusal>(&authenticated)) return Outcome{*refusal};
    const auto& caller = std::get<AuthenticatedClient>(authenticated);
    // A refresh token that was rotated away, or is over, still names its family.
    const auto rotated = TRY(ports_.sessions.by_refresh_token(tenant.tenant.id, reference_digest(ports_, request.body.get("token"))));
    auto shown         = TRY(presented(tenant, request.body.get("token"), facts));
    if (!shown && rotated) shown = Presented{.claims = {}, .refresh = rotated, .grant = rotated->grant, .client = rotated->grant.client};
    // Only the token's own client can revoke it; to everybody else it is as unknown as any other (PROTO-172).
    const bool is_own = shown && shown->client == caller.client && shown->grant;
    if (is_own && shown->grant->state == identity::GrantState::active) {
        TRY(commit(tenant, "Revoke", {risk::ActorKind::application, {}, "client:" + to_string(caller.client)},
                   {GrantRevoked{shown->grant->id, "revoked by the client"}}, facts));
    }
    return Outcome{std::monostate{}};
}

Result<OAuthOutcome<json::object>> OAuth::userinfo(const TenantSnapshot& tenant, std::string_view access_token, const RequestFacts& facts) {
    using Outcome    = OAuthOutcome<json::object>;
    const auto shown = TRY(presented(tenant, access_token, facts));
    if (!shown || !shown->claims || !shown->grant) return Outcome{invalid_token()};
    if (json::string_at(*shown->claims, "aud") != oidc::endpoints_of(base_url_, tenant.tenant.id).userinfo) return Outcome{invalid_token()};
    if (shown->grant->state != identity::GrantState::active) return Outcome{invalid_token()};
    const auto standing = TRY(ports_.standings.of(tenant.tenant.id, *shown->grant));
    if (grant_refusal(tenant, *shown->grant, standing)) return Outcome{invalid_token()};

    const auto scopes = oidc::split_scope(json::string_at(*shown->claims, "scope").value_or("")).value_or(std::vector<std::string>{});
    if (std::ranges::find(scopes, "openid") == scopes.end()) {
        auto refusal  = invalid_token();
        refusal.error = OAuthError::insufficient_scope;
        return Outcome{std::move(refusal)};
    }
    const auto requested = wire::parse_claims_request(shown->grant->claims_text).value_or(oidc::ClaimsRequest{});
    const auto released  = oidc::released_claims(scopes, requested.userinfo);
    return Outcome{wire::userinfo(json::string_at(*shown->claims, "sub").value_or(""), oidc::profile_of(standing.account->user), released)};
}

}  // namespace portcullis::app
