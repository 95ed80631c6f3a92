#pragma once

#include "adapters/sql/db.h"
#include "app/ports/sessions.h"

namespace portcullis::sql {

/// The session of one id: `$1` the tenant, `$2` the session.
std::string_view session_by_id();
/// The session in its answer; nothing when there is none. Errors: unavailable, when the document is damaged.
Result<std::optional<identity::Session>> session_in(const Rows& rows);

/// The devices of a grant: `$1` the tenant, `$2` the grant's own, `$3` the session whose device is another.
std::string_view devices_of_grant();
std::vector<identity::Device> devices_in(const Rows& rows);

class SqlSessions : public app::Sessions {
public:
    explicit SqlSessions(const Db& db) : db_(db) {}

    Result<std::optional<identity::Session>> session(TenantId tenant, SessionId id) const override;
    Result<std::vector<identity::Session>> of_user(TenantId tenant, UserId user) const override;
    Result<std::optional<identity::Grant>> grant(TenantId tenant, GrantId id) const override;
    Result<std::optional<identity::Consent>> consent(TenantId tenant, UserId user, ApplicationId client) const override;
    Result<std::vector<identity::Consent>> consents(TenantId tenant, UserId user) const override;
    Result<std::optional<app::FoundGrant>> by_refresh_token(TenantId tenant, std::string_view digest) const override;
    Result<std::optional<identity::Device>> recognised(TenantId tenant, UserId user, std::string_view digest) const override;
    Result<std::optional<identity::Device>> device(TenantId tenant, DeviceId id) const override;
    Result<std::vector<identity::Device>> devices(TenantId tenant, UserId user) const override;

private:
    const Db& db_;
};

}  // namespace portcullis::sql
