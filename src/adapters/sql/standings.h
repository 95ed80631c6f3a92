#pragma once

#include "adapters/sql/db.h"
#include "app/ports/standings.h"

namespace portcullis::sql {

class SqlStandings : public app::Standings {
public:
    explicit SqlStandings(const Db& db) : db_(db) {}
    Result<app::Standing> of(TenantId tenant, const identity::Grant& grant) const override;

private:
    const Db& db_;
};

}  // namespace portcullis::sql
