#pragma once

#include "adapters/sql/db.h"
#include "app/ports/directory.h"

namespace portcullis::sql {

class SqlDirectory : public app::Directory {
public:
    explicit SqlDirectory(const Db& db) : db_(db) {}

    Result<std::optional<app::Account>> account_named(TenantId tenant, std::string_view upn_key) const override;
    Result<std::optional<app::Account>> account(TenantId tenant, UserId user) const override;
    Result<std::vector<identity::User>> users(TenantId tenant, const app::UserPage& page) const override;
    Result<std::vector<identity::Group>> groups(TenantId tenant) const override;
    Result<std::vector<app::RoleHolder>> role_holders(TenantId tenant) const override;

private:
    Result<std::optional<app::Account>> account_in(TenantId tenant, const Rows& rows) const;
    const Db& db_;
};

}  // namespace portcullis::sql
