#pragma once

#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "core/oidc/authorize_request.h"
#include "core/oidc/refusal.h"

/// Step 10 of protocols.md §4.1 up to where policy takes over: which session answers, or what to ask the person first
/// (PROTO-108 to 111, 113).
namespace portcullis::oidc {

/// A live session of this browser in this tenant.
struct LiveSession {
    SessionId id{};
    UserId user{};
    Instant auth_time{};
    Acr acr       = Acr::oneFactor;  ///< reached now, stale factors dropped
    Acr reachable = Acr::mfa;        ///< the highest this person's registered methods can reach
};

/// What is known of the browser and of this interaction.
struct SessionContext {
    std::span<const LiveSession> sessions;
    std::optional<UserId> hinted_user{};      ///< of a valid id_token_hint
    std::optional<UserId> login_hint_user{};  ///< whom the login_hint names, if anybody; decides nothing but order
    std::optional<SessionId> chosen{};        ///< the account the person chose, or signed in with, in this interaction
    Instant started_at{};                     ///< of this interaction: newer authentications happened for it
    Instant now{};
};

/// Go on with this session to policy and consent.
struct UseSession {
    SessionId session{};
};
/// Ask who the person is and for a first factor.
struct ShowSignIn {};
/// Ask this session's person for a first factor again (`prompt=login`, `max_age`, `nbf`).
struct Reauthenticate {
    SessionId session{};
    UserId user{};
};
/// Let the person choose among the known accounts.
struct ChooseAccount {};
struct ShowSignUp {};
/// A demand must be met or the request fails; a wish may stay unmet.
enum class Strength { wish, demand };
/// Ask this session's person for more factors.
struct StepUp {
    SessionId session{};
    Acr acr           = Acr::mfa;
    Strength strength = Strength::wish;
};

using SessionDecision =
    std::variant<UseSession, ShowSignIn, Reauthenticate, ChooseAccount, ShowSignUp, StepUp, Refusal>;

/// Decided anew after every step of the interaction until it says UseSession or refuses; a StepUp for a wish may be
/// declined. Under `prompt=none` it never asks for anything. What authentication contexts (`c1`) demand is policy's to
/// decide afterwards.
SessionDecision decide_session(const AuthorizeRequest& request, const SessionContext& context);

/// An essential `acr` that the person cannot reach (PROTO-111).
Refusal unmet_demand();

}  // namespace portcullis::oidc
