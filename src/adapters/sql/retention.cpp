#include "adapters/sql/retention.h"

namespace portcullis::sql {
namespace {

constexpr std::string_view kOldSession = "SELECT id FROM sessions WHERE tenant_id = $1 AND id < $2 ORDER BY id LIMIT 1";
constexpr std::string_view kOldGrant   = "SELECT id FROM grants WHERE tenant_id = $1 AND id < $2 ORDER BY id LIMIT 1";
constexpr std::string_view kOldSignIn =
    "SELECT id FROM sign_ins WHERE tenant_id = $1 AND " PORTCULLIS_FORGETTABLE_SIGN_IN " ORDER BY id LIMIT 1";
constexpr std::string_view kOldAct       = "SELECT id FROM audit WHERE tenant_id = $1 AND id < $2 ORDER BY id LIMIT 1";
constexpr std::string_view kOldDetection = "SELECT id FROM risk_detections WHERE tenant_id = $1 AND closed_at < $2 ORDER BY closed_at LIMIT 1";
constexpr std::string_view kOldHistory   = "SELECT id FROM risk_history WHERE tenant_id = $1 AND id < $2 ORDER BY id LIMIT 1";
constexpr std::string_view kOldDevice =
    "SELECT d.id FROM devices d WHERE d.tenant_id = $1 AND d.last_seen_at < $2 AND " PORTCULLIS_FORGETTABLE_DEVICE " ORDER BY d.last_seen_at LIMIT 1";
constexpr std::string_view kOldAlert    = "SELECT id FROM alerts WHERE tenant_id = $1 AND id < $2 ORDER BY id LIMIT 1";

}  // namespace

Result<bool> SqlRetention::has_older(TenantId tenant, SessionId sessions_before, GrantId grants_before) const {
    if (!TRY(db_.query(kOldSession, {tenant, sessions_before})).empty()) return true;
    return !TRY(db_.query(kOldGrant, {tenant, grants_before})).empty();
}

Result<bool> SqlRetention::has_older(TenantId tenant, const app::RecordLimits& limits) const {
    if (!TRY(db_.query(kOldSignIn, {tenant, limits.sign_ins_before, limits.risky_sign_ins_before})).empty()) return true;
    if (!TRY(db_.query(kOldAct, {tenant, limits.audit_before})).empty()) return true;
    if (!TRY(db_.query(kOldDetection, {tenant, limits.detections_closed_before})).empty()) return true;
    if (!TRY(db_.query(kOldHistory, {tenant, limits.risk_history_before})).empty()) return true;
    if (!TRY(db_.query(kOldDevice, {tenant, limits.devices_seen_before})).empty()) return true;
    return !TRY(db_.query(kOldAlert, {tenant, limits.alerts_before})).empty();
}

}  // namespace portcullis::sql
