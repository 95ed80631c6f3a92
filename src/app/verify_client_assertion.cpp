#include "app/verify_client_assertion.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "core/oidc/client_assertion.h"
#include "core/oidc/endpoints.h"
#include "wire/client_assertion.h"

namespace portcullis::app {
namespace {

using identity::Application;
using identity::ClientKey;
using oidc::Refusal;

/// RFC 7523 names no type; libraries send `JWT`, or the type that its revision gives them.
const JwtRules kRules{.typ = {"", "JWT", "client-authentication+jwt"}};

Result<oidc::ClientAssertion> read(Ports& ports, std::string_view text) {
    const auto token = TRY(ports.verifier.read_unverified(text, kRules));
    return wire::client_assertion_from(token.header, token.claims);
}

/// Whether `key` signed the token, with one of its own algorithms (PROTO-013). It was chosen by whatever name the header
/// has, so it goes by the header's `kid` here.
Result<bool> is_signed_by(Ports& ports, const ClientKey& key, const oidc::AssertionHeader& header, std::string_view text) {
    auto jwk = json::parse_object(key.jwk);
    if (!jwk) return Error{ErrorCode::unavailable, "a stored client key cannot be read"};
    std::vector<PublicKey> candidates;
    for (const auto& alg : key.algs) candidates.push_back({.kid = header.kid, .alg = alg, .jwk = *jwk});
    return ports.verifier.verify(text, kRules, candidates).has_value();
}

/// Remembers the `jti`; false when it is remembered already. Of any number of parallel requests one gets true.
Result<bool> is_first_use(Ports& ports, TenantId tenant, const Application& client, const oidc::AssertionClaims& claims, Instant now) {
    const auto key = base64url(ports.digests.sha256(to_string(client.id) + "|" + claims.id));
    auto noted     = ports.flows.replace(tenant, FlowKind::assertion, key, 0, "", oidc::assertion_memory(claims), now);
    if (noted) return true;
    if (noted.error().code == ErrorCode::conflict) return false;
    return std::move(noted).error();
}

}  // namespace

Result<ClientOutcome> VerifyClientAssertion::operator()(const TenantSnapshot& tenant, const oidc::PresentedClient& presented,
                                                           std::string_view body_client_id, Instant now) {
    const auto text = presented.secret.reveal();
    const auto said = read(ports_, text);
    if (!said) return ClientOutcome{presented.client, oidc::assertion_malformed()};
    const auto named = oidc::asserted_client(said->claims, body_client_id);
    if (const auto* refusal = std::get_if<Refusal>(&named)) return ClientOutcome{presented.client, *refusal};
    const auto id      = std::get<ApplicationId>(named);
    const auto* client = tenant.application(id);

    const auto key = oidc::assertion_key(client, said->header, now);
    if (const auto* refusal = std::get_if<Refusal>(&key)) return ClientOutcome{id, *refusal};
    if (!TRY(is_signed_by(ports_, *std::get<const ClientKey*>(key), said->header, text))) {
        return ClientOutcome{id, oidc::bad_assertion_signature()};
    }
    const auto by_guid   = oidc::endpoints_of(base_url_, tenant.tenant.id);
    const auto by_domain = fmt::format("{}/{}/oauth2/v2.0/token", base_url_, tenant.tenant.domain);
    const oidc::AssertionContext context{.client = *client, .issuer = by_guid.issuer, .token_endpoints = {by_guid.token, by_domain}, .now = now};
    if (auto refusal = oidc::assertion_refusal(said->claims, context)) return ClientOutcome{id, std::move(*refusal)};
    if (!TRY(is_first_use(ports_, tenant.tenant.id, *client, said->claims, now))) return ClientOutcome{id, oidc::assertion_replayed()};
    return ClientOutcome{id, oidc::AuthenticatedClient{id, oidc::Presented::assertion}};
}

}  // namespace portcullis::app
