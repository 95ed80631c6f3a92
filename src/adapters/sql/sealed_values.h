#pragma once

#include "adapters/sql/db.h"
#include "app/ports/sealed_values.h"

namespace portcullis::sql {

/// A column that holds sealed values. Both statements take tenant, owner and row first; where a key has no owner it is ''.
struct SealedColumnRow {
    app::SealedColumn column;
    std::string_view table;
    std::string_view name;
    std::string_view next;     // then $4: how many
    std::string_view replace;  // then $4: the value as it was, $5: as it becomes
};
const SealedColumnRow& row_of(app::SealedColumn column);

class SqlSealedValues : public app::SealedValues {
public:
    explicit SqlSealedValues(const Db& db) : db_(db) {}
    Result<std::vector<app::SealedValue>> next(TenantId tenant, app::SealedColumn column, const app::SealedValue& after,
                                               int most) const override;

private:
    const Db& db_;
};

}  // namespace portcullis::sql
