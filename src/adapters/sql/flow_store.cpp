#include "adapters/sql/flow_store.h"

#include <array>

namespace portcullis::sql {
namespace {

using app::FlowEntry;
using app::FlowKind;

std::string_view name(FlowKind kind) {
    switch (kind) {
        case FlowKind::interaction:  return "interaction";
        case FlowKind::code:         return "code";
        case FlowKind::deviceCode:   return "deviceCode";
        case FlowKind::userCode:     return "userCode";
        case FlowKind::redeemedCode: return "redeemedCode";
        case FlowKind::lockout:      return "lockout";
        case FlowKind::factorTries:  return "factorTries";
        case FlowKind::throttle:     return "throttle";
        case FlowKind::assertion:    return "assertion";
        case FlowKind::passkeyRegistration: return "passkeyRegistration";
        case FlowKind::passwordReset:       return "passwordReset";
        case FlowKind::contactRegistration: return "contactRegistration";
        case FlowKind::totpRegistration:    return "totpRegistration";
        case FlowKind::prompts:             return "prompts";
        case FlowKind::approval:            return "approval";
        case FlowKind::accountRecovery:     return "accountRecovery";
        case FlowKind::externalAnswer:      return "externalAnswer";
        case FlowKind::guestCode:           return "guestCode";
    }
    return {};
}

constexpr std::string_view kPut =
    "INSERT INTO flows (tenant_id, kind, key, value, number, version, expires_at) VALUES ($1, $2, $3, $4, 0, 1, $5) "
    "ON CONFLICT (tenant_id, kind, key) DO UPDATE SET value = excluded.value, number = 0, version = flows.version + 1, "
    "expires_at = excluded.expires_at";
constexpr std::string_view kFind =
    "SELECT value, version, expires_at FROM flows WHERE tenant_id = $1 AND kind = $2 AND key = $3 AND expires_at > $4";
// An expired entry counts as absent: the insert of version 0 may take its place, an update may not bring it back.
constexpr std::string_view kInsert =
    "INSERT INTO flows (tenant_id, kind, key, value, number, version, expires_at) VALUES ($1, $2, $3, $4, 0, 1, $5) "
    "ON CONFLICT (tenant_id, kind, key) DO UPDATE SET value = excluded.value, number = 0, version = flows.version + 1, "
    "expires_at = excluded.expires_at WHERE flows.expires_at <= $6";
constexpr std::string_view kReplace =
    "UPDATE flows SET value = $5, version = version + 1, expires_at = $6 "
    "WHERE tenant_id = $1 AND kind = $2 AND key = $3 AND version = $4 AND expires_at > $7";
constexpr std::string_view kTake =
    "DELETE FROM flows WHERE tenant_id = $1 AND kind = $2 AND key = $3 RETURNING value, version, expires_at";
constexpr std::string_view kTakeThis =
    "DELETE FROM flows WHERE tenant_id = $1 AND kind = $2 AND key = $3 AND version = $4 AND expires_at > $5";
constexpr std::string_view kErase = "DELETE FROM flows WHERE tenant_id = $1 AND kind = $2 AND key = $3";
constexpr std::string_view kCount =
    "INSERT INTO flows (tenant_id, kind, key, value, number, version, expires_at) VALUES ($1, $2, $3, '', 1, 1, $4) "
    "ON CONFLICT (tenant_id, kind, key) DO UPDATE SET "
    "number = CASE WHEN flows.expires_at > $5 THEN flows.number + 1 ELSE 1 END, "
    "expires_at = CASE WHEN flows.expires_at > $5 THEN flows.expires_at ELSE excluded.expires_at END, "
    "version = flows.version + 1 RETURNING number";
constexpr std::string_view kExpired = "SELECT tenant_id, kind, key FROM flows WHERE expires_at <= $1 LIMIT $2";
constexpr std::string_view kDrop =
    "DELETE FROM flows WHERE tenant_id = $1 AND kind = $2 AND key = $3 AND expires_at <= $4";

std::optional<FlowEntry> entry_in(const Rows& rows) {
    if (rows.empty()) return std::nullopt;
    const auto row = rows.front();
    return FlowEntry{.value = row.text(0), .version = row.integer(1), .expires_at = row.instant(2)};
}

}  // namespace

Statement statement_of(TenantId tenant, const app::FlowWrite& write, Instant now) {
    const auto& [kind, key, version, value, expires_at] = write;
    if (!value && !version) return {kErase, {tenant, name(kind), key}};
    if (!value) return {kTakeThis, {tenant, name(kind), key, *version, now}, Expect::one};
    if (!version) return {kPut, {tenant, name(kind), key, *value, expires_at}};
    if (*version == 0) return {kInsert, {tenant, name(kind), key, *value, expires_at, now}, Expect::one};
    return {kReplace, {tenant, name(kind), key, *version, *value, expires_at, now}, Expect::one};
}

Result<void> SqlFlowStore::put(TenantId tenant, FlowKind kind, std::string_view key, std::string_view value,
                               Instant expires_at) {
    const app::FlowWrite write{.kind = kind, .key = std::string(key), .version = {}, .value = std::string(value), .expires_at = expires_at};
    TRY(db_.write_one(statement_of(tenant, write, {})));
    return {};
}

Result<std::optional<FlowEntry>> SqlFlowStore::find(TenantId tenant, FlowKind kind, std::string_view key, Instant now) const {
    return entry_in(TRY(db_.query(kFind, {tenant, name(kind), key, now})));
}

Result<void> SqlFlowStore::replace(TenantId tenant, FlowKind kind, std::string_view key, std::int64_t version,
                                   std::string_view value, Instant expires_at, Instant now) {
    // Looked at here rather than expected there: losing a race is ordinary, and must not disturb the group it was written with.
    const app::FlowWrite write{.kind = kind, .key = std::string(key), .version = version, .value = std::string(value), .expires_at = expires_at};
    auto statement   = statement_of(tenant, write, now);
    statement.expect = Expect::any;
    const auto rows  = TRY(db_.write_one(std::move(statement)));
    if (rows.affected() == 0) return Error{ErrorCode::conflict, "the flow moved on"};
    return {};
}

Result<std::optional<FlowEntry>> SqlFlowStore::take(TenantId tenant, FlowKind kind, std::string_view key, Instant now) {
    auto entry = entry_in(TRY(db_.write_one({kTake, {tenant, name(kind), key}})));
    if (entry && entry->expires_at <= now) return std::optional<FlowEntry>{};
    return entry;
}

Result<void> SqlFlowStore::erase(TenantId tenant, FlowKind kind, std::string_view key) {
    TRY(db_.write_one({kErase, {tenant, name(kind), key}}));
    return {};
}

Result<std::int64_t> SqlFlowStore::count(TenantId tenant, FlowKind kind, std::string_view key, Instant window_end, Instant now) {
    const auto rows = TRY(db_.write_one({kCount, {tenant, name(kind), key, window_end, now}}));
    return rows.front().integer(0);
}

Result<std::int64_t> SqlFlowStore::sweep(Instant now, std::int64_t most) {
    const auto expired = TRY(db_.query(kExpired, {now, most}));
    std::vector<Statement> drops;
    for (const auto& row : expired) drops.push_back({kDrop, {row.text(0), row.text(1), row.text(2), now}});
    if (drops.empty()) return std::int64_t{0};
    const auto dropped = static_cast<std::int64_t>(drops.size());
    TRY(db_.write(std::move(drops)));
    return dropped;
}

}  // namespace portcullis::sql
