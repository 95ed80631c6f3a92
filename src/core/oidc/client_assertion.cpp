#include "core/oidc/client_assertion.h"

#include <algorithm>

#include "core/oidc/authorize_request.h"

namespace portcullis::oidc {
namespace {

using identity::Application;
using identity::ClientAuthMethod;
using identity::ClientKey;

constexpr std::optional<Refusal> kPassed = std::nullopt;

bool takes_assertions(ClientAuthMethod method) {
    switch (method) {
        case ClientAuthMethod::any_registered:
        case ClientAuthMethod::private_key_jwt: return true;
        case ClientAuthMethod::none:
        case ClientAuthMethod::client_secret_basic:
        case ClientAuthMethod::client_secret_post: return false;
    }
    return false;
}

/// One way to name a key: what the header says, and where a registered key keeps it.
struct KeyName {
    std::string AssertionHeader::*said;
    std::string ClientKey::*kept;
};
constexpr auto kKeyNames = std::to_array<KeyName>({
    {&AssertionHeader::x5t_s256, &ClientKey::x5t_s256},
    {&AssertionHeader::x5t, &ClientKey::x5t},
    {&AssertionHeader::kid, &ClientKey::kid},
});

/// The first name that the header has decides; a key without that name is not it.
const ClientKey* named_key(const Application& client, const AssertionHeader& header) {
    const auto* name = std::ranges::find_if(kKeyNames, [&](const KeyName& n) { return !(header.*n.said).empty(); });
    if (name == kKeyNames.end()) return nullptr;
    const auto found = std::ranges::find(client.keys, header.*name->said, name->kept);
    return found == client.keys.end() ? nullptr : &*found;
}

using Check = std::optional<Refusal> (*)(const AssertionClaims&, const AssertionContext&);

// `aud`: "a single string equal to the issuer or, for MSAL, the token endpoint URL"
std::optional<Refusal> audience(const AssertionClaims& claims, const AssertionContext& context) {
    if (!claims.audience) return refuse_at_token(StsError::ClientAssertionAudience);
    if (*claims.audience == context.issuer) return kPassed;
    const bool is_endpoint = std::ranges::find(context.token_endpoints, *claims.audience) != context.token_endpoints.end();
    if (is_endpoint && !context.client.is_pinned_to_issuer) return kPassed;
    return refuse_at_token(StsError::ClientAssertionAudience);
}

// `exp` "≤ 10 min ahead"; `nbf` and `iat` when they are there (PROTO-016)
std::optional<Refusal> life(const AssertionClaims& claims, const AssertionContext& context) {
    const auto latest = context.now + kAssertionSkew;
    const bool is_now = claims.expires_at && context.now < *claims.expires_at + kAssertionSkew &&
                        *claims.expires_at <= latest + kAssertionLifeMax &&
                        claims.not_before.value_or(context.now) <= latest &&
                        claims.issued_at.value_or(context.now) <= latest;
    if (!is_now) return refuse_at_token(StsError::ClientAssertionOutsideValidity);
    return kPassed;
}

// "`jti` required"
std::optional<Refusal> identifier(const AssertionClaims& claims, const AssertionContext&) {
    if (claims.id.empty() || claims.id.size() > kAssertionIdMax) {
        return refuse_at_token(StsError::InvalidJwtToken, "The client assertion has no jti, or one that is too long.");
    }
    return kPassed;
}

constexpr auto kChecks = std::to_array<Check>({audience, life, identifier});

}  // namespace

std::variant<ApplicationId, Refusal> asserted_client(const AssertionClaims& claims, std::string_view body_client_id) {
    const auto issuer = parse_client_id(claims.issuer), subject = parse_client_id(claims.subject);
    const bool is_one = issuer && issuer == subject && (body_client_id.empty() || parse_client_id(body_client_id) == subject);
    if (!is_one) return refuse_at_token(StsError::ClientAssertionOfAnotherClient);
    return *subject;
}

std::variant<const ClientKey*, Refusal> assertion_key(const Application* known, const AssertionHeader& header, Instant now) {
    if (known == nullptr || !known->is_enabled) return bad_assertion_signature();
    if (known->is_public()) return refuse_at_token(StsError::PublicClientWithSecret);
    const auto* key = named_key(*known, header);
    if (key == nullptr || now < key->starts_at || now >= key->expires_at) return bad_assertion_signature();
    if (!takes_assertions(known->auth_method)) return refuse_at_token(StsError::InvalidClientSecret);
    return key;
}

std::optional<Refusal> assertion_refusal(const AssertionClaims& claims, const AssertionContext& context) {
    for (const auto check : kChecks) {
        if (auto refusal = check(claims, context)) return refusal;
    }
    return kPassed;
}

Instant assertion_memory(const AssertionClaims& claims) {
    // The skew after which it is refused for its age, and a second for the clocks of other nodes.
    return claims.expires_at.value_or(Instant{}) + kAssertionSkew + std::chrono::seconds{1};
}

Refusal bad_assertion_signature() { return refuse_at_token(StsError::ClientAssertionInvalidSignature); }
Refusal assertion_replayed() {
    return refuse_at_token(StsError::ClientAssertionOutsideValidity, "The client assertion was used before.");
}
Refusal assertion_malformed() { return refuse_at_token(StsError::InvalidJwtToken); }

}  // namespace portcullis::oidc
