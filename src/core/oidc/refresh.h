#pragma once

#include <optional>
#include <string>
#include <variant>

#include "base/time.h"
#include "core/identity/application.h"
#include "core/identity/session.h"
#include "core/identity/tenant.h"
#include "core/oidc/refusal.h"
#include "core/oidc/scopes.h"

namespace portcullis::oidc {

/// Issue the next token of the family and mark this one used.
struct Rotate {};
/// A retry within the grace window: hand out the same successor again (PROTO-124).
struct SameSuccessor {
    std::string sealed_successor{};
};
/// A used token came back: kill the family, raise anomalousToken, refuse.
struct Reused {
    Refusal refusal;
};
using RefreshDecision = std::variant<Rotate, SameSuccessor, Reused, Refusal>;

/// A token, its family and who presents it; null when the store does not know them.
struct RefreshAttempt {
    const identity::RefreshToken* token = nullptr;
    const identity::Grant* grant        = nullptr;
    const identity::Application& client;  ///< authenticated
    Instant now{};
    Duration grace = std::chrono::seconds{10};  ///< 0 to 60 s
};

/// PROTO-123 to PROTO-125, without what only the user's state can say (disabled, `sign_in_sessions_valid_from`,
/// policy).
RefreshDecision decide_refresh(const RefreshAttempt& attempt);

/// How long the refresh tokens of a new family live: each unused, and all together.
struct RefreshLife {
    Duration idle{}, absolute{};
};
/// PROTO-123: with `offline_access`, or to a single-page application with its short fixed life; nothing when the client
/// gets no refresh token, and never when the grant is not on its list.
std::optional<RefreshLife> refresh_life(const identity::Application& client, const Scopes& scopes,
                                        const identity::Lifetimes& lifetimes);

}  // namespace portcullis::oidc
