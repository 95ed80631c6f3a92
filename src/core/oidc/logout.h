#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/id.h"
#include "core/identity/application.h"

/// RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0, PROTO-190, PROTO-191).
namespace portcullis::oidc {

/// How the request came: a link, or the confirmation form with its anti-forgery value.
enum class LogoutStep { asked, confirmed };
/// Whether a valid `id_token_hint` (signature, issuer, known audience; expiry does not matter) is this browser's
/// session. A forged or foreign hint counts as none.
enum class HintFit { noHint, fits, otherSession };

struct LogoutRequest {
    LogoutStep step = LogoutStep::asked;
    HintFit hint    = HintFit::noHint;
    /// Of a valid hint's `aud`, else of `client_id`; null when neither names a known one.
    const identity::Application* client = nullptr;
    std::string_view post_logout_redirect_uri{};
    std::string_view state{};
    bool has_session = false;
};

/// End the session, then go there; no target: our own signed-out page.
struct SignOut {
    std::string redirect_to{};  ///< with `state` appended; empty: our page
};
/// Show the confirmation page and change nothing.
struct AskToSignOut {};
/// Nobody is signed in: only the page or the redirect.
struct AlreadySignedOut {
    std::string redirect_to{};
};
using LogoutDecision = std::variant<SignOut, AskToSignOut, AlreadySignedOut>;

LogoutDecision decide_logout(const LogoutRequest& request);

}  // namespace portcullis::oidc
