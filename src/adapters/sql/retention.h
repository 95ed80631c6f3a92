#pragma once

#include "adapters/sql/db.h"
#include "app/ports/retention.h"

namespace portcullis::sql {

/// A sign-in that may go: before $2, or, when it ever had risk, before $3; never while its risk is active.
#define PORTCULLIS_FORGETTABLE_SIGN_IN                                                                                       \
    "id < $2 AND (id < $3 OR (risk_level_during_sign_in = 'none' AND risk_level_aggregated = 'none' AND risk_state = 'none')) " \
    "AND risk_state NOT IN ('atRisk', 'confirmedCompromised')"

class SqlRetention : public app::Retention {
public:
    explicit SqlRetention(const Db& db) : db_(db) {}
    Result<bool> has_older(TenantId tenant, SessionId sessions_before, GrantId grants_before) const override;
    Result<bool> has_older(TenantId tenant, const app::RecordLimits& limits) const override;

private:
    const Db& db_;
};

}  // namespace portcullis::sql
