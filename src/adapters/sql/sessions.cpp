#include "adapters/sql/sessions.h"

#include <sstream>

#include "adapters/sql/stored.h"
#include "wire/device_json.h"
#include "wire/identity_json.h"

namespace portcullis::sql {
namespace {

using namespace identity;

#define PORTCULLIS_SESSION "SELECT document, reference_digest, cross_site_reference_digest, state, version, device_id FROM sessions WHERE tenant_id = $1 AND "
constexpr std::string_view kById   = PORTCULLIS_SESSION "id = $2";
constexpr std::string_view kOfUser = PORTCULLIS_SESSION "user_id = $2 AND state = 'active' ORDER BY id DESC LIMIT 1000";
#undef PORTCULLIS_SESSION

#define PORTCULLIS_GRANT "SELECT g.document, g.id, g.user_id, g.client_id, g.session_id, g.state, g.revoked_because, g.expires_at, g.device_id"
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
    session.device                      = row.id<DeviceId>(5).value_or(DeviceId{});
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
    grant.device          = row.id<DeviceId>(8).value_or(DeviceId{});
    return grant;
}

#define PORTCULLIS_DEVICE                                                                                                      \
    "SELECT id, user_id, kind, recognition_digest, display_name, created_at, last_seen_at, ip_address, country, disabled_at, " \
    "disabled_by, disabled_because, valid_from FROM devices WHERE tenant_id = $1 AND "
constexpr std::string_view kRecognised    = PORTCULLIS_DEVICE "user_id = $2 AND recognition_digest = $3";
constexpr std::string_view kDevice        = PORTCULLIS_DEVICE "id = $2";
// `+ 0`: sorted when read. In SQLite an index in this order, of everybody's devices, would win over the one of this person's.
constexpr std::string_view kDevices       = PORTCULLIS_DEVICE "user_id = $2 ORDER BY last_seen_at + 0 DESC, id DESC LIMIT $3";
constexpr std::string_view kDevicesOfGrant = PORTCULLIS_DEVICE "id IN ($2, (SELECT s.device_id FROM sessions s WHERE s.tenant_id = $1 AND s.id = $3))";
#undef PORTCULLIS_DEVICE

Device device_in(const Row& row) {
    return {.id                 = row.id<DeviceId>(0).value_or(DeviceId{}),
            .user               = row.id<UserId>(1).value_or(UserId{}),
            .kind               = wire::parse_device_kind(row.text(2)).value_or(DeviceKind::browser),
            .recognition_digest = std::string(row.text(3)),
            .display_name       = std::string(row.text(4)),
            .created_at         = row.instant(5),
            .last_seen_at       = row.instant(6),
            .ip_address         = std::string(row.text(7)),
            .country            = std::string(row.text(8)),
            .disabled_at        = row.maybe_instant(9),
            .disabled_by        = std::string(row.text(10)),
            .disabled_because   = std::string(row.text(11)),
            .valid_from         = row.maybe_instant(12)};
}

std::optional<Device> one_device(const Rows& rows) { return rows.empty() ? std::nullopt : std::optional(device_in(rows.front())); }

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
std::string_view devices_of_grant() { return kDevicesOfGrant; }

std::vector<Device> devices_in(const Rows& rows) {
    std::vector<Device> devices;
    for (const auto& row : rows) devices.push_back(device_in(row));
    return devices;
}

Result<std::optional<Session>> session_in(const Rows& rows) {
    if (rows.empty()) return std::optional<Session>{};
    return std::optional(TRY(session_of(rows.front())));
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
                   .state            = row.text(9) == "current" ? RefreshTokenState::current : RefreshTokenState::used,
                   .issued_at        = row.instant(10),
                   .expires_at       = row.instant(11),
                   .used_at          = row.maybe_instant(12),
                   .sealed_successor = row.text(13)};
    return std::optional(std::move(found));
}

Result<std::optional<Device>> SqlSessions::recognised(TenantId tenant, UserId user, std::string_view digest) const {
    return one_device(TRY(db_.query(kRecognised, {tenant, user, digest})));
}

Result<std::optional<Device>> SqlSessions::device(TenantId tenant, DeviceId id) const { return one_device(TRY(db_.query(kDevice, {tenant, id}))); }

Result<std::vector<Device>> SqlSessions::devices(TenantId tenant, UserId user) const {
    return devices_in(TRY(db_.query(kDevices, {tenant, user, app::kDevicesRead})));
}

}  // namespace portcullis::sql
