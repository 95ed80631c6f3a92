#include "core/oidc/refresh.h"

#include "core/oidc/token_request.h"

namespace portcullis::oidc {
namespace {

using identity::ApplicationKind;
using identity::GrantState;
using identity::RefreshTokenState;

/// Of parallel requests the one that arrived first may lose: then the token was used a moment after its clock was read, or on
/// a node whose clock is ahead.
bool is_retry(const identity::RefreshToken& token, const RefreshAttempt& attempt) {
    return token.used_at && std::chrono::abs(attempt.now - *token.used_at) <= attempt.grace && !token.sealed_successor.empty();
}

}  // namespace

RefreshDecision decide_refresh(const RefreshAttempt& attempt) {
    if (attempt.token == nullptr || attempt.grant == nullptr) return refuse_at_token(StsError::InvalidGrant);
    const auto& token = *attempt.token;
    const auto& grant = *attempt.grant;
    // Somebody else's token: says nothing about it, and does not touch its family.
    if (grant.client != attempt.client.id) return refuse_at_token(StsError::InvalidGrant);
    if (grant.state == GrantState::revoked) return refuse_at_token(StsError::FreshTokenNeeded);
    // A used token beyond its grace is a stolen one whatever else is true of it.
    if (token.state == RefreshTokenState::used && !is_retry(token, attempt))
        return Reused{refuse_at_token(StsError::InvalidGrant)};

    if (attempt.now >= grant.expires_at) {
        const bool is_spa = attempt.client.kind == ApplicationKind::spa;
        return refuse_at_token(is_spa ? StsError::SpaRefreshTokenExpired : StsError::ExpiredOrRevokedGrant);
    }
    if (attempt.now >= token.expires_at) return refuse_at_token(StsError::ExpiredOrRevokedGrantInactiveToken);
    if (token.state == RefreshTokenState::used) return SameSuccessor{token.sealed_successor};
    return Rotate{};
}

std::optional<RefreshLife> refresh_life(const identity::Application& client, const Scopes& scopes,
                                        const identity::Lifetimes& lifetimes) {
    if (!may_use(client, identity::GrantType::refresh_token)) return std::nullopt;
    if (client.kind == ApplicationKind::spa) return RefreshLife{lifetimes.refresh_spa, lifetimes.refresh_spa};
    if (!scopes.has("offline_access")) return std::nullopt;
    return RefreshLife{lifetimes.refresh_idle, lifetimes.refresh_absolute};
}

}  // namespace portcullis::oidc
