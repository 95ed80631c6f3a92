#pragma once

#include "adapters/sql/db.h"
#include "app/ports/sessions.h"

namespace portcullis::sql {

class SqlSessions : public app::Sessions {
public:
    explicit SqlSessions(const Db& db) : db_(db) {}

    Result<std::optional<identity::Session>> by_reference(TenantId tenant, app::SessionReference kind,
                                                          std::string_view digest) const override;
    Result<std::optional<identity::Session>> session(TenantId tenant, SessionId id) const override;
    Result<std::vector<identity::Session>> of_user(TenantId tenant, UserId user) const override;
    Result<std::optional<identity::Grant>> grant(TenantId tenant, GrantId id) const override;
    Result<std::optional<app::FoundGrant>> by_refresh_token(TenantId tenant, std::string_view digest) const override;

private:
    const Db& db_;
};

}  // namespace portcullis::sql
