#pragma once

#include "adapters/sql/db.h"
#include "app/ports/retention.h"

namespace portcullis::sql {

class SqlRetention : public app::Retention {
public:
    explicit SqlRetention(const Db& db) : db_(db) {}
    Result<bool> has_older(TenantId tenant, SessionId sessions_before, GrantId grants_before) const override;

private:
    const Db& db_;
};

}  // namespace portcullis::sql
