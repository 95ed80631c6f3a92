#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "adapters/sql/db.h"
#include "app/ports/tenants.h"

namespace portcullis::sql {

/// Tenants over the Db seam. Snapshots are kept and reused while the tenant's version stands still: one short read a
/// request tells.
class SqlTenants : public app::Tenants {
public:
    explicit SqlTenants(const Db& db) : db_(db) {}

    Result<std::shared_ptr<const app::TenantSnapshot>> snapshot(TenantId tenant) const override;
    Result<std::shared_ptr<const app::TenantSnapshot>> snapshot_named(std::string_view guid_or_domain) const override;
    Result<std::vector<identity::Tenant>> all() const override;

private:
    Result<std::shared_ptr<const app::TenantSnapshot>> at_version(TenantId tenant, std::int64_t version) const;
    Result<std::shared_ptr<const app::TenantSnapshot>> read(TenantId tenant) const;

    const Db& db_;
    mutable std::mutex mutex_;
    mutable std::map<TenantId, std::shared_ptr<const app::TenantSnapshot>> kept_;
};

}  // namespace portcullis::sql
