#include "core/oidc/session_choice.h"

#include <algorithm>

namespace portcullis::oidc {
namespace {

/// Did the person authenticate for this very interaction?
bool is_new(const LiveSession& session, const SessionContext& context) {
    return session.auth_time >= context.started_at;
}

/// `prompt=login`, `max_age`, `access_token.nbf`: must a first factor be given again (PROTO-109, PROTO-110, PROTO-204)?
bool needs_first_factor(const LiveSession& session, const AuthorizeRequest& request, const SessionContext& context) {
    const auto& newer_than = request.demand.newer_than;
    if (newer_than && session.auth_time <= *newer_than) return true;
    if (is_new(session, context)) return false;
    if (request.asks(Prompt::login) || request.max_age_s == 0) return true;
    return request.max_age_s && context.now - session.auth_time > std::chrono::seconds{*request.max_age_s};
}

const LiveSession* session_of(std::optional<UserId> user, std::span<const LiveSession> sessions) {
    if (!user) return nullptr;
    const auto session = std::ranges::find(sessions, *user, &LiveSession::user);
    return session == sessions.end() ? nullptr : &*session;
}

const LiveSession* chosen_session(const SessionContext& context) {
    if (!context.chosen) return nullptr;
    const auto session = std::ranges::find(context.sessions, *context.chosen, &LiveSession::id);
    return session == context.sessions.end() ? nullptr : &*session;
}

Refusal with_reason(StsError code, std::string description) {
    return refuse_at_authorize(code, std::move(description));
}

/// prompt=none: the session that answers alone, or why none does (PROTO-108, PROTO-113).
std::variant<const LiveSession*, Refusal> silent_session(const SessionContext& context) {
    if (context.sessions.empty()) return refuse_at_authorize(StsError::UserInformationNotProvided);
    if (context.hinted_user) {
        const auto* session = session_of(context.hinted_user, context.sessions);
        if (session == nullptr) {
            return with_reason(StsError::UserInformationNotProvided,
                               "Another user than the one of the hint is signed in.");
        }
        return session;
    }
    if (context.sessions.size() == 1) return &context.sessions.front();
    if (const auto* session = session_of(context.login_hint_user, context.sessions)) return session;
    return refuse_at_authorize(StsError::UserAccountSelectionInvalid,
                               "One of several signed-in accounts has to be chosen.");
}

/// A demand as essential `acr` that neither the session nor the person's methods can meet (PROTO-111).
bool is_out_of_reach(const LiveSession& session, const AuthenticationDemand& demand) {
    return demand.is_unmeetable || std::max(session.acr, session.reachable) < demand.demanded();
}

/// The first wish within reach; `session` when there is none.
Acr reachable_wish(const LiveSession& session, const AuthenticationDemand& demand) {
    const auto reach = std::max(session.acr, session.reachable);
    const auto wish  = std::ranges::find_if(demand.wishes, [&](Acr acr) { return acr <= reach; });
    return wish == demand.wishes.end() ? Acr::session : *wish;
}

SessionDecision decide_silently(const AuthorizeRequest& request, const SessionContext& context) {
    const auto found = silent_session(context);
    if (const auto* refusal = std::get_if<Refusal>(&found)) return *refusal;
    const auto& session = *std::get<const LiveSession*>(found);
    if (needs_first_factor(session, request, context)) {
        return with_reason(StsError::UserInformationNotProvided, "The session is older than the request allows.");
    }
    if (is_out_of_reach(session, request.demand)) return unmet_demand();
    if (session.acr < request.demand.demanded())
        return refuse_at_authorize(StsError::UserStrongAuthClientAuthNRequired);
    return UseSession{session.id};
}

/// The session the person means, or what to ask to find out.
std::variant<const LiveSession*, SessionDecision> meant_session(const AuthorizeRequest& request,
                                                                const SessionContext& context) {
    if (const auto* chosen = chosen_session(context)) {
        const bool is_another = context.hinted_user && chosen->user != *context.hinted_user;
        if (is_another) return SessionDecision{ChooseAccount{}};
        return chosen;
    }
    if (context.sessions.empty()) return SessionDecision{ShowSignIn{}};
    if (request.asks(Prompt::select_account)) return SessionDecision{ChooseAccount{}};
    if (context.hinted_user) {
        if (const auto* session = session_of(context.hinted_user, context.sessions)) return session;
        return SessionDecision{ChooseAccount{}};
    }
    if (const auto* session = session_of(context.login_hint_user, context.sessions)) return session;
    // A hint that names somebody without a session here, or two sessions and no hint: the person says who they are.
    const bool is_clear = context.sessions.size() == 1 && request.login_hint.empty();
    if (!is_clear) return SessionDecision{ChooseAccount{}};
    return &context.sessions.front();
}

}  // namespace

Refusal unmet_demand() {
    auto refusal     = refuse_at_authorize(StsError::UserStrongAuthClientAuthNRequired,
                                           "The requested level of authentication cannot be reached.");
    refusal.error    = OAuthError::unmet_authentication_requirements;
    refusal.suberror = Suberror::none;
    return refusal;
}

SessionDecision decide_session(const AuthorizeRequest& request, const SessionContext& context) {
    if (request.asks(Prompt::none)) return decide_silently(request, context);
    if (request.demand.is_unmeetable) return unmet_demand();
    if (request.asks(Prompt::create) && !chosen_session(context)) return ShowSignUp{};

    auto meant = meant_session(request, context);
    if (auto* ask = std::get_if<SessionDecision>(&meant)) return std::move(*ask);
    const auto& session = *std::get<const LiveSession*>(meant);
    if (needs_first_factor(session, request, context)) return Reauthenticate{session.id, session.user};

    if (is_out_of_reach(session, request.demand)) return unmet_demand();
    const auto demanded = request.demand.demanded(), wish = reachable_wish(session, request.demand);
    if (session.acr < demanded) return StepUp{session.id, demanded, Strength::demand};
    if (session.acr < wish) return StepUp{session.id, wish, Strength::wish};
    return UseSession{session.id};
}

}  // namespace portcullis::oidc
