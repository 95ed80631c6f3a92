#pragma once

#include "adapters/sql/db.h"
#include "app/ports/retention.h"

namespace portcullis::sql {

/// A sign-in that may go: before $2, or, when it ever had risk, before $3; never while its risk is active.
#define PORTCULLIS_FORGETTABLE_SIGN_IN                                                                                       \
    "id < $2 AND (id < $3 OR (risk_level_during_sign_in = 'none' AND risk_level_aggregated = 'none' AND risk_state = 'none')) " \
    "AND risk_state NOT IN ('atRisk', 'confirmedCompromised')"

/// A device `d` that may go when it is of no use: enabled, and nothing is on it that has not ended.
#define PORTCULLIS_FORGETTABLE_DEVICE                                                                                          \
    "d.disabled_at IS NULL AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.tenant_id = d.tenant_id AND s.user_id = d.user_id "     \
    "AND s.device_id = d.id AND s.state = 'active') AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.tenant_id = d.tenant_id "       \
    "AND g.user_id = d.user_id AND g.device_id = d.id AND g.state = 'active')"

class SqlRetention : public app::Retention {
public:
    explicit SqlRetention(const Db& db) : db_(db) {}
    Result<bool> has_older(TenantId tenant, SessionId sessions_before, GrantId grants_before) const override;
    Result<bool> has_older(TenantId tenant, const app::RecordLimits& limits) const override;

private:
    const Db& db_;
};

}  // namespace portcullis::sql
