#include "adapters/sql/sessions.h"

#include <sstream>

#include "adapters/sql/stored.h"
#include "wire/identity_json.h"

namespace portcullis::sql {
namespace {

using namespace identity;

#define PORTCULLIS_SESSION "SELECT document, reference_digest, cross_site_reference_digest, state, version FROM sessions WHERE tenant_id = $1 AND "
constexpr std::string_view kByReference          = PORTCULLIS_SESSION "reference_digest = $2";
constexpr std::string_view kByCrossSiteReference = PORTCULLIS_SESSION "cross_site_reference_digest = $2";
constexpr std::string_view kById                 = PORTCULLIS_SESSION "id = $2";
constexpr std::string_view kOfUser               = PORTCULLIS_SESSION "user_id = $2 AND state = 'active' ORDER BY id DESC LIMIT 1000";
#undef PORTCULLIS_SESSION

#define PORTCULLIS_GRANT "SELECT g.document, g.id, g.user_id, g.client_id, g.session_id, g.state, g.revoked_because, g.expires_at"
constexpr std::string_view kGrant = PORTCULLIS_GRANT " FROM grants g WHERE g.tenant_id = $1 AND g.id = $2";
constexpr std::string_view kByRefreshToken = PORTCULLIS_GRANT
    ", t.state, t.issued_at, t.expires_at, t.used_at, t.sealed_successor FROM refresh_tokens t "
    "JOIN grants g ON g.tenant_id = t.tenant_id AND g.id = t.grant_id WHERE t.tenant_id = $1 AND t.digest = $2";
#undef PORTCULLIS_GRANT

Result<Session> session_of(const Row& row) {
    auto session                        = TRY(wire::session_from(TRY(stored_document(row.text(0), "sessions"))));
    session.reference_digest            = row.text(1);
    session.cross_site_reference_digest = row.text(2);
    session.state                       = row.text(3) == "active" ? SessionState::active : SessionState::ended;
    session.version                     = row.integer(4);
    return session;
}

Result<Grant> grant_in(const Row& row) {
    auto grant            = TRY(wire::grant_from(TRY(stored_document(row.text(0), "grants"))));
    grant.id              = row.id<GrantId>(1).value_or(GrantId{});
    grant.user            = row.id<UserId>(2).value_or(UserId{});
    grant.client          = row.id<ApplicationId>(3).value_or(ApplicationId{});
    grant.session         = row.id<SessionId>(4).value_or(SessionId{});
    grant.state           = row.text(5) == "active" ? GrantState::active : GrantState::revoked;
    grant.revoked_because = row.text(6);
    grant.expires_at      = row.instant(7);
    return grant;
}

#define PORTCULLIS_CONSENT "SELECT user_id, client_id, scopes, given_at FROM consents WHERE tenant_id = $1 AND user_id = $2"
constexpr std::string_view kConsent  = PORTCULLIS_CONSENT " AND client_id = $3";
constexpr std::string_view kConsents = PORTCULLIS_CONSENT " ORDER BY given_at DESC, client_id LIMIT 1000";
#undef PORTCULLIS_CONSENT

identity::Consent consent_in(const Row& row) {
    identity::Consent consent{.user     = row.id<UserId>(0).value_or(UserId{}),
                              .client   = row.id<ApplicationId>(1).value_or(ApplicationId{}),
                              .rights   = {},
                              .given_at = row.instant(3)};
    std::istringstream rights{std::string(row.text(2))};
    for (std::string right; rights >> right;) consent.rights.push_back(right);
    return consent;
}

}  // namespace

std::string_view session_by_id() { return kById; }

Result<std::optional<Session>> session_in(const Rows& rows) {
    if (rows.empty()) return std::optional<Session>{};
    return std::optional(TRY(session_of(rows.front())));
}

Result<std::optional<Session>> SqlSessions::by_reference(TenantId tenant, app::SessionReference kind,
                                                         std::string_view digest) const {
    const auto sql = kind == app::SessionReference::same_site ? kByReference : kByCrossSiteReference;
    return session_in(TRY(db_.query(sql, {tenant, digest})));
}

Result<std::optional<Session>> SqlSessions::session(TenantId tenant, SessionId id) const {
    return session_in(TRY(db_.query(kById, {tenant, id})));
}

Result<std::vector<Session>> SqlSessions::of_user(TenantId tenant, UserId user) const {
    std::vector<Session> sessions;
    for (const auto& row : TRY(db_.query(kOfUser, {tenant, user}))) sessions.push_back(TRY(session_of(row)));
    return sessions;
}

Result<std::optional<Grant>> SqlSessions::grant(TenantId tenant, GrantId id) const {
    const auto rows = TRY(db_.query(kGrant, {tenant, id}));
    if (rows.empty()) return std::optional<Grant>{};
    return std::optional(TRY(grant_in(rows.front())));
}

Result<std::optional<identity::Consent>> SqlSessions::consent(TenantId tenant, UserId user, ApplicationId client) const {
    const auto rows = TRY(db_.query(kConsent, {tenant, user, client}));
    if (rows.empty()) return std::optional<identity::Consent>{};
    return std::optional(consent_in(rows.front()));
}

Result<std::vector<identity::Consent>> SqlSessions::consents(TenantId tenant, UserId user) const {
    std::vector<identity::Consent> consents;
    for (const auto& row : TRY(db_.query(kConsents, {tenant, user}))) consents.push_back(consent_in(row));
    return consents;
}

Result<std::optional<app::FoundGrant>> SqlSessions::by_refresh_token(TenantId tenant, std::string_view digest) const {
    const auto rows = TRY(db_.query(kByRefreshToken, {tenant, digest}));
    if (rows.empty()) return std::optional<app::FoundGrant>{};
    const auto row = rows.front();
    auto grant     = TRY(grant_in(row));
    app::FoundGrant found{.grant = std::move(grant), .token = {}};
    found.token = {.digest           = std::string(digest),
                   .grant            = found.grant.id,
                   .state            = row.text(8) == "current" ? RefreshTokenState::current : RefreshTokenState::used,
                   .issued_at        = row.instant(9),
                   .expires_at       = row.instant(10),
                   .used_at          = row.maybe_instant(11),
                   .sealed_successor = row.text(12)};
    return std::optional(std::move(found));
}

}  // namespace portcullis::sql
