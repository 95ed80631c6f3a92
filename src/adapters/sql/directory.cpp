#include "adapters/sql/directory.h"

#include "base/json.h"
#include "wire/identity_json.h"

namespace portcullis::sql {
namespace {

using namespace identity;

// The account and its password in one row: a sign-in needs both.
#define PORTCULLIS_USER_COLUMNS                                                                                              \
    "u.id, u.user_principal_name, u.display_name, u.given_name, u.surname, u.mail, u.phone_number, u.preferred_language, "  \
    "u.user_type, u.account_enabled, u.created_at, u.deleted_at, u.sessions_valid_from, u.mfa_registration_deadline, "      \
    "u.version"
#define PORTCULLIS_ACCOUNT                                                                                                   \
    "SELECT " PORTCULLIS_USER_COLUMNS                                                                                        \
    ", p.phc, p.history, p.changed_at, p.generation, p.must_change, p.expires_at, p.version "                               \
    "FROM users u LEFT JOIN passwords p ON p.tenant_id = u.tenant_id AND p.user_id = u.id "
constexpr std::string_view kByUpn = PORTCULLIS_ACCOUNT "WHERE u.tenant_id = $1 AND u.upn_key = $2";
constexpr std::string_view kById  = PORTCULLIS_ACCOUNT "WHERE u.tenant_id = $1 AND u.id = $2";
constexpr std::string_view kUsers = "SELECT " PORTCULLIS_USER_COLUMNS
    " FROM users u WHERE u.tenant_id = $1 AND u.upn_key > $2 ORDER BY u.upn_key LIMIT $3";
// Membership in a group gives no role here; whoever holds one holds it by name.
constexpr std::string_view kRoleHolders = "SELECT " PORTCULLIS_USER_COLUMNS
    ", r.role_id FROM role_assignments r JOIN users u ON u.tenant_id = r.tenant_id AND u.id = r.user_id "
    "WHERE r.tenant_id = $1 AND u.deleted_at IS NULL AND u.account_enabled = 1 ORDER BY r.role_id, u.upn_key LIMIT 1000";
#undef PORTCULLIS_ACCOUNT
#undef PORTCULLIS_USER_COLUMNS

constexpr std::string_view kMethods =
    "SELECT id, kind, display_name, sealed_secret, last_used_step, created_at FROM authentication_methods "
    "WHERE tenant_id = $1 AND user_id = $2 ORDER BY created_at, id";
// UNION, not UNION ALL: nesting may have loops.
constexpr std::string_view kGroupsOf =
    "WITH RECURSIVE member_of (id) AS ("
    "SELECT group_id FROM group_members WHERE tenant_id = $1 AND user_id = $2 "
    "UNION SELECT n.parent_id FROM group_nesting n JOIN member_of m ON n.child_id = m.id WHERE n.tenant_id = $1) "
    "SELECT id FROM member_of ORDER BY id";
constexpr std::string_view kRolesOf = "SELECT role_id FROM role_assignments WHERE tenant_id = $1 AND user_id = $2 ORDER BY role_id";
constexpr std::string_view kGroups =
    "SELECT id, display_name, version FROM directory_groups WHERE tenant_id = $1 ORDER BY display_name, id LIMIT 10000";

User user_in(const Row& row) {
    return {.id                          = row.id<UserId>(0).value_or(UserId{}),
            .user_principal_name         = row.text(1),
            .display_name                = row.text(2),
            .given_name                  = row.text(3),
            .surname                     = row.text(4),
            .mail                        = row.text(5),
            .phone_number                = row.text(6),
            .preferred_language          = row.text(7),
            .type                        = wire::parse_user_type(row.text(8)).value_or(UserType::guest),
            .account_enabled             = row.flag(9),
            .created_at                  = row.instant(10),
            .deleted_at                  = row.maybe_instant(11),
            .sign_in_sessions_valid_from = row.instant(12),
            .mfa_registration_deadline   = row.maybe_instant(13),
            .version                     = row.integer(14)};
}

std::optional<PasswordRecord> password_in(const Row& row, UserId user) {
    if (row.is_null(15)) return std::nullopt;
    PasswordRecord record{.user        = user,
                          .phc         = row.text(15),
                          .history     = {},
                          .changed_at  = row.instant(17),
                          .generation  = row.integer(18),
                          .must_change = row.flag(19),
                          .expires_at  = row.maybe_instant(20),
                          .version     = row.integer(21)};
    const auto history = json::parse(row.text(16));
    if (history && history->is_array()) {
        for (const auto& phc : history->get_array()) record.history.emplace_back(phc.as_string());
    }
    return record;
}

}  // namespace

Result<std::optional<app::Account>> SqlDirectory::account_in(TenantId tenant, const Rows& rows) const {
    if (rows.empty()) return std::optional<app::Account>{};
    const auto row = rows.front();
    app::Account account{.user = user_in(row), .password = {}, .methods = {}, .groups = {}, .roles = {}};
    const auto user  = account.user.id;
    account.password = password_in(row, user);
    for (const auto& m : TRY(db_.query(kMethods, {tenant, user}))) {
        account.methods.push_back({.id             = m.id<MethodId>(0).value_or(MethodId{}),
                                   .user           = user,
                                   .kind           = parse_auth_method(m.text(1)).value_or(AuthMethod::recoveryCode),
                                   .display_name   = m.text(2),
                                   .sealed_secret  = m.text(3),
                                   .last_used_step = m.integer(4),
                                   .created_at     = m.instant(5)});
    }
    for (const auto& g : TRY(db_.query(kGroupsOf, {tenant, user}))) account.groups.push_back(g.id<GroupId>(0).value_or(GroupId{}));
    for (const auto& r : TRY(db_.query(kRolesOf, {tenant, user}))) account.roles.push_back(r.id<RoleId>(0).value_or(RoleId{}));
    return std::optional(std::move(account));
}

Result<std::optional<app::Account>> SqlDirectory::account_named(TenantId tenant, std::string_view upn_key) const {
    return account_in(tenant, TRY(db_.query(kByUpn, {tenant, upn_key})));
}

Result<std::optional<app::Account>> SqlDirectory::account(TenantId tenant, UserId user) const {
    return account_in(tenant, TRY(db_.query(kById, {tenant, user})));
}

Result<std::vector<User>> SqlDirectory::users(TenantId tenant, const app::UserPage& page) const {
    std::vector<User> users;
    for (const auto& row : TRY(db_.query(kUsers, {tenant, page.after, page.most}))) users.push_back(user_in(row));
    return users;
}

Result<std::vector<Group>> SqlDirectory::groups(TenantId tenant) const {
    std::vector<Group> groups;
    for (const auto& row : TRY(db_.query(kGroups, {tenant}))) {
        groups.push_back({.id = row.id<GroupId>(0).value_or(GroupId{}), .display_name = row.text(1), .version = row.integer(2)});
    }
    return groups;
}

Result<std::vector<app::RoleHolder>> SqlDirectory::role_holders(TenantId tenant) const {
    std::vector<app::RoleHolder> holders;
    for (const auto& row : TRY(db_.query(kRoleHolders, {tenant}))) {
        holders.push_back({.user = user_in(row), .role = row.id<RoleId>(15).value_or(RoleId{})});
    }
    return holders;
}

}  // namespace portcullis::sql
