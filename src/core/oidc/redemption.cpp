#include "core/oidc/redemption.h"

#include "core/oidc/pkce.h"

namespace portcullis::oidc {
namespace {

/// A verifier without a stored challenge, or the reverse, is as wrong as one that does not match.
bool proof_holds(const StoredCode& code, const RedemptionAttempt& attempt) {
    if (code.code_challenge.empty()) return !attempt.code_verifier;
    return attempt.code_verifier && is_code_verifier(*attempt.code_verifier) &&
           verifier_matches(code.code_challenge, attempt.s256_of_verifier);
}

}  // namespace

std::optional<Refusal> redemption_refusal(const StoredCode* code, const RedemptionAttempt& attempt) {
    // code known and unexpired
    if (code == nullptr) return refuse_at_token(StsError::InvalidGrant);
    if (code->is_spent) return refuse_at_token(StsError::CodeAlreadyRedeemed);
    if (attempt.now >= code->expires_at) return refuse_at_token(StsError::ExpiredOrRevokedGrant);
    // code's client = this client
    if (code->client != attempt.client) return refuse_at_token(StsError::InvalidGrant);
    // redirect_uri identical to the authorization request's
    if (code->redirect_uri != attempt.redirect_uri) return refuse_at_token(StsError::InvalidReplyTo);
    // code_verifier (43-128 characters) matches
    if (!proof_holds(*code, attempt)) return refuse_at_token(StsError::CodeVerifierMismatch);
    return std::nullopt;
}

}  // namespace portcullis::oidc
