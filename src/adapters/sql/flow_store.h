#pragma once

#include "adapters/sql/db.h"
#include "app/ports/flow_store.h"

namespace portcullis::sql {

/// What an act does to flow state, for its transaction; one that finds another version than it names is a conflict.
Statement statement_of(TenantId tenant, const app::FlowWrite& write, Instant now);

/// FlowStore over the Db seam; every act is one conditional statement, so it is exact across nodes.
class SqlFlowStore : public app::FlowStore {
public:
    explicit SqlFlowStore(Db& db) : db_(db) {}

    Result<void> put(TenantId tenant, app::FlowKind kind, std::string_view key, std::string_view value,
                     Instant expires_at) override;
    Result<std::optional<app::FlowEntry>> find(TenantId tenant, app::FlowKind kind, std::string_view key,
                                               Instant now) const override;
    Result<void> replace(TenantId tenant, app::FlowKind kind, std::string_view key, std::int64_t version,
                         std::string_view value, Instant expires_at, Instant now) override;
    Result<std::optional<app::FlowEntry>> take(TenantId tenant, app::FlowKind kind, std::string_view key, Instant now) override;
    Result<void> erase(TenantId tenant, app::FlowKind kind, std::string_view key) override;
    Result<std::int64_t> count(TenantId tenant, app::FlowKind kind, std::string_view key, Instant window_end,
                               Instant now) override;
    Result<std::int64_t> sweep(Instant now, std::int64_t most) override;

private:
    Db& db_;
};

}  // namespace portcullis::sql
