#include "app/live_session.h"

#include <algorithm>

#include "app/external_methods.h"
#include "core/oidc/authentication.h"

namespace portcullis::app {

namespace {

bool has_void_mfa(const identity::Session& session, const Account& account) {
    return session.mfa_time && *session.mfa_time < account.mfa_valid_from;
}

bool holds(const identity::Factor& factor, const identity::Session& session, const Account& account) {
    return !is_gone(factor, account) && !(oidc::makes_mfa(factor) && has_void_mfa(session, account));
}

/// Everything it was opened with has lost its force.
bool rests_on_nothing(const identity::Session& session, const Account& account) {
    const auto proves = [&](const identity::Factor& f) { return holds(f, session, account); };
    return !session.factors.empty() && std::ranges::none_of(session.factors, proves);
}

/// Without what was revoked or taken away.
identity::Session without_gone(identity::Session session, const Account& account) {
    const auto before = session;
    if (std::erase_if(session.factors, [&](const identity::Factor& f) { return !holds(f, before, account); }) == 0) return session;
    session.mfa_time = oidc::mfa_of(session.factors);
    session.closed_detections.clear();  // what that MFA closed counts again when it is seen again
    // A first factor that was MFA by itself is gone too: what is left is as old as the password is.
    for (const auto& factor : session.factors) session.auth_time = std::min(session.auth_time, factor.at);
    return session;
}

}  // namespace

bool is_gone(const identity::Factor& factor, const Account& account) {
    return factor.registered && std::ranges::find(account.methods, *factor.registered, &identity::AuthenticationMethod::id) == account.methods.end();
}

identity::Session still_proven(const TenantSnapshot& tenant, identity::Session session, const Account& account) {
    return with_counting_mfa(tenant, account, without_gone(std::move(session), account));
}

Void session_void(const identity::Session& session, const Account& account, const identity::Lifetimes& lifetimes, Instant now) {
    if (account.user.deleted_at) return Void::userGone;
    if (!account.user.account_enabled) return Void::userDisabled;
    if (session.state != identity::SessionState::active) return Void::ended;
    if (now >= session.expires_at) return Void::expired;
    if (now >= session.last_seen_at + lifetimes.session_idle) return Void::idle;
    if (session.auth_time < account.user.sign_in_sessions_valid_from) return Void::revoked;
    if (rests_on_nothing(session, account)) return Void::revoked;
    if (now >= without_gone(session, account).auth_time + lifetimes.session_absolute) return Void::expired;
    const auto generation = account.password ? account.password->generation : 0;
    if (session.used_password && session.password_generation != generation) return Void::passwordChanged;
    return Void::no;
}

Result<std::optional<LiveSession>> find_live_session(Ports& ports, const TenantSnapshot& tenant, SessionReference kind,
                                                     std::string_view reference, Instant now) {
    const auto id = referred_to<SessionId>(reference);
    if (!id) return std::optional<LiveSession>{};
    auto session = TRY(ports.sessions.session(tenant.tenant.id, *id));
    if (!session) return std::optional<LiveSession>{};
    const auto& digest = kind == SessionReference::same_site ? session->reference_digest : session->cross_site_reference_digest;
    if (!equal_constant_time(digest, reference_digest(ports, reference))) return std::optional<LiveSession>{};
    auto account = TRY(ports.directory.account(tenant.tenant.id, session->user));
    if (!account) return std::optional<LiveSession>{};
    if (session_void(*session, *account, tenant.tenant.settings.lifetimes, now) != Void::no) return std::optional<LiveSession>{};
    const bool is_external = !offered_external(tenant, *account).empty();
    return std::optional(LiveSession{still_proven(tenant, std::move(*session), *account), std::move(*account), is_external});
}

}  // namespace portcullis::app
