#include "app/oauth.h"

#include "app/collect_signals.h"
#include "app/oauth_issue.h"
#include "app/verify_client_assertion.h"
#include "base/encoding.h"
#include "core/credentials/access_pass.h"
#include "core/oidc/authentication.h"
#include "core/oidc/endpoints.h"
#include "wire/claims_request.h"
#include "wire/token_claims.h"

namespace portcullis::app {
namespace {

/// 0…1 from the generator, for the random part of a life (PROTO-151).
double fraction(Random& random) {
    const auto bytes = random.bytes(2);
    return (static_cast<unsigned char>(bytes[0]) * 256 + static_cast<unsigned char>(bytes[1])) / 65535.0;
}

oidc::AuthenticationFacts authentication_of(const identity::Grant& grant) {
    auto amr = oidc::amr_of(grant.factors);
    if (grant.acr == portcullis::to_string(Acr::oneFactor)) std::erase(amr, "mfa");  // what was proven did not count as that
    return {.auth_time = grant.auth_time, .acr = grant.acr, .amr = std::move(amr), .contexts = {}, .idp = std::string(oidc::idp_of(grant.factors))};
}

ClientOutcome by_secret(const Ports& ports, const TenantSnapshot& tenant, const oidc::PresentedClient& claim, Instant now) {
    const auto* known = tenant.application(claim.client);
    const auto digest = base64url(ports.digests.sha256(claim.secret.reveal()));
    return {claim.client, oidc::authenticate_client(known && known->is_enabled ? known : nullptr, claim, digest, now)};
}

oidc::ClientProof proof_of(oidc::Presented how) {
    switch (how) {
        case oidc::Presented::none:      return oidc::ClientProof::none;
        case oidc::Presented::basic:
        case oidc::Presented::post:      return oidc::ClientProof::secret;
        case oidc::Presented::assertion: return oidc::ClientProof::certificate;
    }
    return oidc::ClientProof::none;
}

}  // namespace

SealContext successor_context(TenantId tenant, std::string_view digest) {
    return {.tenant = tenant, .table = "refresh_tokens", .row = digest, .column = "sealed_successor"};
}

OAuth::OAuth(Ports& ports, std::string base_url) : ports_(ports), base_url_(std::move(base_url)) {}

std::string OAuth::issuer(const TenantSnapshot& tenant) const { return oidc::endpoints_of(base_url_, tenant.tenant.id).issuer; }

Result<void> OAuth::commit(const TenantSnapshot& tenant, std::string_view name, Actor by, std::vector<Change> changes, const RequestFacts& facts,
                           std::vector<FlowWrite> flows) {
    return ports_.journal.commit({.tenant      = tenant.tenant.id,
                                  .id          = ports_.random.new_id<ActId>(facts.now),
                                  .name        = std::string(name),
                                  .by          = std::move(by),
                                  .at          = facts.now,
                                  .correlation = facts.correlation,
                                  .changes     = std::move(changes),
                                  .flows       = std::move(flows)});
}

Result<OAuthOutcome<oidc::AuthenticatedClient>> OAuth::client_of(const TenantSnapshot& tenant, const ClientRequest& request,
                                                                 const RequestFacts& facts) {
    using Outcome        = OAuthOutcome<oidc::AuthenticatedClient>;
    const auto presented = oidc::present_client(request.authorization, request.body);
    if (const auto* refusal = std::get_if<oidc::Refusal>(&presented)) return Outcome{*refusal};
    const auto& claim  = std::get<oidc::PresentedClient>(presented);
    const auto outcome = claim.how == oidc::Presented::assertion
                             ? TRY(VerifyClientAssertion(ports_, base_url_)(tenant, claim, request.body.get("client_id"), facts.now))
                             : by_secret(ports_, tenant, claim, facts.now);
    if (const auto* client = std::get_if<oidc::AuthenticatedClient>(&outcome.result)) return Outcome{*client};

    // Ten failures in a minute for one client and address slow that pair down; right credentials still pass (PROTO-024).
    auto refusal     = std::get<oidc::Refusal>(outcome.result);
    const auto key   = "client|" + to_string(outcome.client) + "|" + to_string(facts.address);
    const auto count = TRY(ports_.flows.count(tenant.tenant.id, FlowKind::throttle, key, facts.now + std::chrono::minutes{1}, facts.now));
    if (count > 10) return Error{ErrorCode::tooManyRequests, "too many failed client authentications"};
    return Outcome{std::move(refusal)};
}

/// Whom every token of one answer is about.
oidc::SubjectFacts OAuth::subject_of(const TenantSnapshot& tenant, const Issue& issue) const {
    const auto client = issue.client.client;
    return {.sub    = app::subject_of(ports_, tenant, client, issue.grant->user),
            .tenant = tenant.tenant.id,
            .user   = issue.grant->user,
            .sid    = client_session_of(ports_, tenant, client, issue.grant->session)};
}

Result<std::string> OAuth::access_token(const TenantSnapshot& tenant, const Issue& issue, const std::optional<oidc::SubjectFacts>& subject,
                                        Instant expires_at, Instant now) {
    oidc::AccessTokenFacts facts{.issuer     = issuer(tenant),
                                 .audience   = issue.audience,
                                 .jti        = (issue.grant ? to_string(issue.grant->id) : to_string(issue.client.client)) + "." +
                                               base64url(ports_.random.bytes(16)),
                                 .client     = issue.client.client,
                                 .proof      = proof_of(issue.client.how),
                                 .tenant     = tenant.tenant.id,
                                 .scope      = issue.permissions,
                                 .roles      = issue.roles,
                                 .issued_at  = now,
                                 .expires_at = expires_at};
    if (issue.grant) {
        facts.subject        = subject;
        facts.authentication = authentication_of(*issue.grant);
        facts.capabilities   = issue.grant->capabilities;
    }
    return ports_.signer.sign({.tenant = tenant.tenant.id,
                               .alg    = issue.access_token_alg,
                               .typ    = "at+jwt",
                               .claims = json::to_text(wire::access_token_claims(facts)),
                               .now    = now});
}

Result<std::string> OAuth::id_token(const TenantSnapshot& tenant, const Issue& issue, const oidc::SubjectFacts& subject,
                                    std::string_view access_token_text, Instant now) {
    const auto& grant       = *issue.grant;
    const auto* application = tenant.application(issue.client.client);
    oidc::IdTokenFacts facts{.issuer         = issuer(tenant),
                             .audience       = issue.client.client,
                             .subject        = subject,
                             .authentication = authentication_of(grant),
                             .nonce          = grant.nonce,
                             .at_hash        = oidc::left_half_hash(ports_.digests.sha256(access_token_text)),
                             .login_hint     = {},
                             .issued_at      = now,
                             .expires_at     = now + tenant.tenant.settings.lifetimes.id_token,
                             .profile        = oidc::profile_of(issue.account->user),
                             .released       = oidc::released_claims({}, issue.claims.id_token)};
    if (const auto end = credentials::end_of(grant.factors)) facts.expires_at = std::min(facts.expires_at, *end);
    if (application && application->claims_in_id_token) {
        const auto scopes = oidc::split_scope(grant.scope).value_or(std::vector<std::string>{});
        facts.released    = oidc::released_claims(scopes, issue.claims.id_token);
    }
    return ports_.signer.sign({.tenant = tenant.tenant.id,
                               .alg    = application ? application->id_token_alg : "RS256",
                               .typ    = "JWT",
                               .claims = json::to_text(wire::id_token_claims(facts)),
                               .now    = now});
}

Result<wire::TokenResponse> OAuth::tokens(const TenantSnapshot& tenant, const Issue& issue, const RequestFacts& facts) {
    auto life = oidc::access_token_life(tenant.tenant.settings.lifetimes, fraction(ports_.random));
    // What an access pass opened ends with it (CRED-029).
    const auto end = issue.grant ? credentials::end_of(issue.grant->factors) : std::nullopt;
    if (end) life = std::min(life, Duration(std::chrono::floor<std::chrono::seconds>(*end - facts.now)));
    const auto subject = issue.grant ? std::optional(subject_of(tenant, issue)) : std::nullopt;
    auto access        = TRY(access_token(tenant, issue, subject, facts.now + life, facts.now));
    wire::TokenResponse response{.access_token             = std::move(access),
                                 .expires_in               = life,
                                 .scope                    = issue.scope,
                                 .refresh_token            = issue.refresh_token,
                                 .refresh_token_expires_in = issue.refresh_life};
    if (issue.with_id_token && subject) response.id_token = TRY(id_token(tenant, issue, *subject, response.access_token, facts.now));
    if (issue.client_info && issue.grant) response.client_info = wire::client_info(issue.grant->user, tenant.tenant.id);
    return response;
}

/// A policy that blocks this user for their risk makes tokens inactive at once (PROTO-171). The resource server asks, so its
/// address is nobody's place: a policy that looks at places is asked about where the person signed in.
bool OAuth::is_blocked_by_user_risk(const TenantSnapshot& tenant, const identity::Grant& grant, const Standing& standing,
                                    const RequestFacts& facts) const {
    const auto blocks_for_risk = [](const policy::Policy& p) {
        return p.state == policy::PolicyState::enabled && !p.conditions.user_risk_levels.empty() && p.grant_controls &&
               p.grant_controls->controls.contains(policy::GrantControl::block);
    };
    if (!std::ranges::any_of(tenant.policies, blocks_for_risk)) return false;
    auto context = policy_context(tenant, grant, standing);
    if (const auto address = standing.session ? parse_ip(standing.session->ip_address) : std::nullopt) {
        std::vector<signals::Missing> missing;
        context.location = location_of(tenant, network_signals(ports_, tenant, *address, facts.now, missing));
    }
    const auto decision = policy::evaluate(tenant.compiled, context);
    if (decision.is_emergency()) return false;
    for (std::size_t i = 0; i < decision.policies().size(); ++i) {
        if (policy::is_set(decision.applies(), i) && blocks_for_risk(decision.policies()[i])) return true;
    }
    return false;
}

}  // namespace portcullis::app
