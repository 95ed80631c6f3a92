#include "app/live_session.h"

#include <algorithm>

namespace portcullis::app {

namespace {

bool has_void_mfa(const identity::Session& session, const Account& account) {
    return session.mfa_time && *session.mfa_time < account.mfa_valid_from;
}

}  // namespace

identity::Session without_void_mfa(identity::Session session, const Account& account) {
    if (!has_void_mfa(session, account)) return session;
    session.mfa_time.reset();
    session.closed_detections.clear();  // what that MFA closed counts again when it is seen again
    std::erase_if(session.factors, [](const identity::Factor& f) { return f.method != AuthMethod::password; });
    // A first factor that was MFA by itself is void too: what is left is as old as the password is.
    for (const auto& factor : session.factors) session.auth_time = std::min(session.auth_time, factor.at);
    return session;
}

Void session_void(const identity::Session& session, const Account& account, const identity::Lifetimes& lifetimes, Instant now) {
    if (account.user.deleted_at) return Void::userGone;
    if (!account.user.account_enabled) return Void::userDisabled;
    if (session.state != identity::SessionState::active) return Void::ended;
    if (now >= session.expires_at) return Void::expired;
    if (now >= session.last_seen_at + lifetimes.session_idle) return Void::idle;
    if (session.auth_time < account.user.sign_in_sessions_valid_from) return Void::revoked;
    // Without its MFA nothing of it is left.
    if (has_void_mfa(session, account) && !session.used_password) return Void::revoked;
    const auto generation = account.password ? account.password->generation : 0;
    if (session.used_password && session.password_generation != generation) return Void::passwordChanged;
    return Void::no;
}

Result<std::optional<LiveSession>> find_live_session(Ports& ports, const TenantSnapshot& tenant, SessionReference kind,
                                                     std::string_view reference, Instant now) {
    if (reference.empty()) return std::optional<LiveSession>{};
    auto session = TRY(ports.sessions.by_reference(tenant.tenant.id, kind, reference_digest(ports, reference)));
    if (!session) return std::optional<LiveSession>{};
    auto account = TRY(ports.directory.account(tenant.tenant.id, session->user));
    if (!account) return std::optional<LiveSession>{};
    if (session_void(*session, *account, tenant.tenant.settings.lifetimes, now) != Void::no) return std::optional<LiveSession>{};
    return std::optional(LiveSession{without_void_mfa(std::move(*session), *account), std::move(*account)});
}

}  // namespace portcullis::app
