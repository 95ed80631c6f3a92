#include "adapters/sql/retention.h"

namespace portcullis::sql {
namespace {

constexpr std::string_view kOldSession = "SELECT id FROM sessions WHERE tenant_id = $1 AND id < $2 ORDER BY id LIMIT 1";
constexpr std::string_view kOldGrant   = "SELECT id FROM grants WHERE tenant_id = $1 AND id < $2 ORDER BY id LIMIT 1";

}  // namespace

Result<bool> SqlRetention::has_older(TenantId tenant, SessionId sessions_before, GrantId grants_before) const {
    if (!TRY(db_.query(kOldSession, {tenant, sessions_before})).empty()) return true;
    return !TRY(db_.query(kOldGrant, {tenant, grants_before})).empty();
}

}  // namespace portcullis::sql
