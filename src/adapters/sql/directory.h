#pragma once

#include <array>

#include "adapters/sql/db.h"
#include "app/ports/directory.h"

namespace portcullis::sql {

/// The reads that make one account: the user with its password, methods, groups, roles. `$1` is the tenant, `$2` who.
using AccountReads = std::array<std::string_view, 4>;
const AccountReads& account_by_id();

/// Adds those reads to others that are made with them.
void add_account_queries(std::vector<Query>& queries, const AccountReads& reads, std::span<const Value> params);
/// The account in their answers; nothing when there is none.
std::optional<app::Account> account_in(std::span<const Rows> answers);

class SqlDirectory : public app::Directory {
public:
    explicit SqlDirectory(const Db& db) : db_(db) {}

    Result<std::optional<app::Account>> account_named(TenantId tenant, std::string_view upn_key) const override;
    Result<std::optional<app::Account>> account(TenantId tenant, UserId user) const override;
    Result<std::optional<app::Account>> guest_with_mail(TenantId tenant, std::string_view address) const override;
    Result<bool> has_guests(TenantId tenant) const override;
    Result<std::optional<app::Account>> account_with_passkey(TenantId tenant, std::string_view credential_id) const override;
    Result<std::vector<identity::User>> users(TenantId tenant, const app::UserPage& page) const override;
    Result<std::vector<app::StoredRecoveryCode>> recovery_codes(TenantId tenant, UserId user) const override;
    Result<std::vector<app::BlockedUser>> mfa_blocked(TenantId tenant, Instant now) const override;
    Result<identity::RegistrationPrompts> prompts(TenantId tenant, UserId user) const override;
    Result<std::vector<app::Registering>> registering(TenantId tenant, Instant now, UserId after, int most) const override;
    Result<std::vector<app::ListedToken>> tokens(TenantId tenant, const app::TokenPage& page) const override;
    Result<std::optional<identity::HardwareToken>> token(TenantId tenant, std::string_view serial_key) const override;
    Result<std::vector<identity::HardwareToken>> tokens_of(TenantId tenant, UserId user) const override;
    Result<std::vector<identity::Group>> groups(TenantId tenant) const override;
    Result<std::vector<app::RoleHolder>> role_holders(TenantId tenant) const override;

private:
    const Db& db_;
};

}  // namespace portcullis::sql
