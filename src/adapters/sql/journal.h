#pragma once

#include "adapters/sql/db.h"
#include "app/ports/journal.h"

namespace portcullis::sql {

/// Journal over the Db seam: an act is one batch of statements, its audit row the last of them.
class SqlJournal : public app::Journal {
public:
    explicit SqlJournal(Db& db) : db_(db) {}
    Result<void> commit(const app::Act& act) override;

private:
    Db& db_;
};

}  // namespace portcullis::sql
