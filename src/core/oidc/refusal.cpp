#include "core/oidc/refusal.h"

#include <fmt/format.h>

namespace portcullis::oidc {
namespace {

Refusal refusal_of(const StsErrorEntry& entry, OAuthError error) {
    // A row without an OAuth error is only ever shown on a page; should a machine get it, the request was wrong.
    return {entry.code,
            error == OAuthError::none ? OAuthError::invalid_request : error,
            entry.suberror,
            std::string(entry.description),
            {}};
}

}  // namespace

Refusal refuse_at_authorize(StsError code) { return refusal_of(entry_of(code), entry_of(code).at_authorize); }
Refusal refuse_at_token(StsError code) { return refusal_of(entry_of(code), entry_of(code).at_token); }

Refusal refuse_at_authorize(StsError code, std::string description) {
    auto refusal        = refuse_at_authorize(code);
    refusal.description = std::move(description);
    return refusal;
}

Refusal refuse_at_token(StsError code, std::string description) {
    auto refusal        = refuse_at_token(code);
    refusal.description = std::move(description);
    return refusal;
}

int http_status(const Refusal& refusal) {
    const bool is_throttled = refusal.code == StsError::LoopDetected || refusal.code == StsError::TenantThrottlingError;
    switch (refusal.error) {
        case OAuthError::invalid_client:
        case OAuthError::invalid_token:
        case OAuthError::insufficient_user_authentication:
        case OAuthError::insufficient_claims: return 401;
        case OAuthError::insufficient_scope: return 403;
        case OAuthError::invalid_tenant: return 404;
        case OAuthError::temporarily_unavailable: return is_throttled ? 429 : 503;
        case OAuthError::server_error: return 500;
        case OAuthError::none:
        case OAuthError::invalid_request:
        case OAuthError::invalid_grant:
        case OAuthError::invalid_scope:
        case OAuthError::invalid_target:
        case OAuthError::unauthorized_client:
        case OAuthError::unsupported_grant_type:
        case OAuthError::unsupported_response_type:
        case OAuthError::access_denied:
        case OAuthError::interaction_required:
        case OAuthError::login_required:
        case OAuthError::consent_required:
        case OAuthError::account_selection_required:
        case OAuthError::unmet_authentication_requirements:
        case OAuthError::request_not_supported:
        case OAuthError::request_uri_not_supported:
        case OAuthError::authorization_pending:
        case OAuthError::slow_down:
        case OAuthError::expired_token: return 400;
    }
    return 400;
}

std::string error_description(const Refusal& refusal) {
    std::string clean;
    for (const char c : refusal.description) {
        if (c >= 0x20 && c <= 0x7E && c != '"' && c != '\\') clean.push_back(c);
    }
    return fmt::format("AADSTS{}: {}", number_of(refusal.code), clean);
}

}  // namespace portcullis::oidc
