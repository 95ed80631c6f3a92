#pragma once

#include <vector>

#include "adapters/sql/db.h"
#include "app/ports/sealer.h"

namespace portcullis::sql {

/// The wrapped data keys as they are stored; they change through Journal (DataKeySaved). Errors of all: unavailable.
class SqlDataKeys {
public:
    explicit SqlDataKeys(const Db& db) : db_(db) {}

    [[nodiscard]] Result<std::vector<app::WrappedDataKey>> of_tenant(TenantId tenant) const;
    /// Every tenant's keys that are not under this master key, at most `most`.
    [[nodiscard]] Result<std::vector<app::WrappedDataKey>> not_under(const std::string& master_key_id, int most) const;
    [[nodiscard]] Result<std::vector<app::WrappedDataKey>> all(int most) const;

private:
    const Db& db_;
};

}  // namespace portcullis::sql
