#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/time.h"
#include "core/oidc/refusal.h"

namespace portcullis::oidc {

/// What the provider kept of a code it gave (PROTO-106).
struct StoredCode {
    ApplicationId client{};
    std::string redirect_uri{};
    std::string code_challenge{};  ///< empty: an exempted client
    Instant expires_at{};
    bool is_spent = false;  ///< redeemed before; its grant must be revoked now (PROTO-120)
};

struct RedemptionAttempt {
    ApplicationId client{};  ///< authenticated
    std::string_view redirect_uri{};
    std::optional<std::string_view> code_verifier{};
    std::string_view s256_of_verifier{};  ///< base64url(SHA-256(verifier)); anything when there is none
    Instant now{};
};

/// The checks of PROTO-121 after client authentication, in order; nothing means redeem. A refusal here consumes the
/// code: take it from the store before asking.
std::optional<Refusal> redemption_refusal(const StoredCode* code, const RedemptionAttempt& attempt);

}  // namespace portcullis::oidc
