#include "app/oauth.h"

namespace portcullis::app {

using oidc::HintFit;

Result<LoggedOut> OAuth::log_out(const TenantSnapshot& tenant, const oidc::Parameters& request, oidc::LogoutStep step,
                                 const std::optional<LiveSession>& session, const RequestFacts& facts) {
    oidc::LogoutRequest asked{.step                     = step,
                              .post_logout_redirect_uri = request.get("post_logout_redirect_uri"),
                              .state                    = request.get("state"),
                              .has_session              = session.has_value()};
    if (const auto client = oidc::parse_client_id(request.get("client_id"))) asked.client = tenant.application(*client);

    // A hint that is not ours, or not whole, counts as none; its age does not matter (PROTO-190).
    const auto keys = TRY(ports_.signer.published(tenant.tenant.id, facts.now));
    const auto hint = ports_.verifier.verify(request.get("id_token_hint"), {.typ = {"JWT"}}, keys);
    if (hint && json::string_at(hint->claims, "iss") == issuer(tenant)) {
        const auto audience = oidc::parse_client_id(json::string_at(hint->claims, "aud").value_or(""));
        asked.client        = audience ? tenant.application(*audience) : nullptr;
        if (asked.client && session) {
            const auto sid = client_session_of(ports_, tenant, *audience, session->session.id);
            const bool fits = json::string_at(hint->claims, "sid") == sid || json::string_at(hint->claims, "oid") == to_string(session->session.user);
            asked.hint      = fits ? HintFit::fits : HintFit::otherSession;
        } else if (asked.client) {
            asked.hint = HintFit::fits;
        }
    }
    const auto decision = oidc::decide_logout(asked);
    if (std::holds_alternative<oidc::AskToSignOut>(decision)) return LoggedOut{.must_ask = true};
    if (const auto* already = std::get_if<oidc::AlreadySignedOut>(&decision)) return LoggedOut{.redirect_to = already->redirect_to};
    TRY(commit(tenant, "SignOut", {risk::ActorKind::user, session->session.user, ""},
               {SessionEnded{session->session.id, session->session.user, "signed out"}}, facts));
    return LoggedOut{.redirect_to = std::get<oidc::SignOut>(decision).redirect_to, .ended = true};
}

}  // namespace portcullis::app
