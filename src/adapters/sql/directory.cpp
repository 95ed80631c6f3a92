#include "adapters/sql/directory.h"

#include <algorithm>

#include "adapters/sql/hardware_tokens.h"
#include "base/encoding.h"
#include "base/json.h"
#include "wire/identity_json.h"

namespace portcullis::sql {
namespace {

using namespace identity;

// The account with its password and its access pass in one row: a sign-in needs them.
#define PORTCULLIS_USER_COLUMNS                                                                                              \
    "u.id, u.user_principal_name, u.display_name, u.given_name, u.surname, u.mail, u.phone_number, u.preferred_language, "  \
    "u.user_type, u.account_enabled, u.created_at, u.deleted_at, u.sessions_valid_from, u.mfa_registration_deadline, "      \
    "u.version"
#define PORTCULLIS_ACCOUNT                                                                                                   \
    "SELECT " PORTCULLIS_USER_COLUMNS                                                                                        \
    ", p.phc, p.history, p.changed_at, p.generation, p.must_change, p.expires_at, p.version, "                              \
    "a.id, a.phc, a.is_one_time, a.created_at, a.starts_at, a.ends_at, a.used_at, u.mfa_valid_from, "                       \
    "u.mfa_blocked_at, u.mfa_blocked_until, u.mfa_blocked_by_report, u.mfa_block_reason "                                    \
    "FROM users u LEFT JOIN passwords p ON p.tenant_id = u.tenant_id AND p.user_id = u.id "                                 \
    "LEFT JOIN access_passes a ON a.tenant_id = u.tenant_id AND a.user_id = u.id "
constexpr std::string_view kUsers = "SELECT " PORTCULLIS_USER_COLUMNS
    " FROM users u WHERE u.tenant_id = $1 AND u.upn_key > $2 ORDER BY u.upn_key LIMIT $3";
// Membership in a group gives no role here; whoever holds one holds it by name.
constexpr std::string_view kRoleHolders = "SELECT " PORTCULLIS_USER_COLUMNS
    ", r.role_id FROM role_assignments r JOIN users u ON u.tenant_id = r.tenant_id AND u.id = r.user_id "
    "WHERE r.tenant_id = $1 AND u.deleted_at IS NULL AND u.account_enabled = 1 ORDER BY r.role_id, u.upn_key LIMIT 1000";

constexpr std::string_view kMfaBlocked = "SELECT " PORTCULLIS_USER_COLUMNS
    ", u.mfa_blocked_at, u.mfa_blocked_until, u.mfa_blocked_by_report, u.mfa_block_reason FROM users u "
    "WHERE u.tenant_id = $1 AND u.deleted_at IS NULL AND u.mfa_blocked_until > $2 ORDER BY u.upn_key LIMIT 1000";
constexpr std::string_view kRegistering = "SELECT " PORTCULLIS_USER_COLUMNS
    ", COALESCE(r.sent, 0) FROM users u LEFT JOIN registration_reminders r ON r.tenant_id = u.tenant_id AND r.user_id = u.id "
    "AND r.deadline = u.mfa_registration_deadline "
    "WHERE u.tenant_id = $1 AND u.mfa_registration_deadline > $2 AND u.deleted_at IS NULL AND u.account_enabled = 1 AND u.id > $3 "
    "ORDER BY u.id LIMIT $4";

// What belongs to the account of `USER`, an expression of its id. `account_in` sorts: there are few, and the engine would set up a sort for
// none, too. UNION, not UNION ALL: nesting may have loops.
#define PORTCULLIS_METHODS(USER)                                                                                             \
    "SELECT m.id, m.kind, m.display_name, m.sealed_secret, m.last_used_step, m.created_at, p.credential_id, p.public_key, " \
    "p.user_handle, p.aaguid, p.attestation, p.is_attested, p.is_backup_eligible, p.is_backed_up, p.is_clone_suspected, "   \
    "p.sign_count, p.transports, p.last_used_at, m.is_default, " PORTCULLIS_TOKEN_COLUMNS " FROM authentication_methods m "                                             \
    "LEFT JOIN passkeys p ON p.tenant_id = m.tenant_id AND p.user_id = m.user_id AND p.method_id = m.id "                   \
    "LEFT JOIN hardware_tokens t ON t.tenant_id = m.tenant_id AND t.user_id = m.user_id AND t.method_id = m.id "            \
    "WHERE m.tenant_id = $1 AND m.user_id = " USER
#define PORTCULLIS_GROUPS(USER)                                                                                              \
    "WITH RECURSIVE member_of (id) AS ("                                                                                    \
    "SELECT group_id FROM group_members WHERE tenant_id = $1 AND user_id = " USER " "                                       \
    "UNION SELECT n.parent_id FROM group_nesting n JOIN member_of m ON n.child_id = m.id WHERE n.tenant_id = $1) "          \
    "SELECT id FROM member_of"
#define PORTCULLIS_ROLES(USER) "SELECT role_id FROM role_assignments WHERE tenant_id = $1 AND user_id = " USER " ORDER BY role_id"
#define PORTCULLIS_ID_NAMED "(SELECT id FROM users WHERE tenant_id = $1 AND upn_key = $2)"
#define PORTCULLIS_ID_OF_PASSKEY "(SELECT user_id FROM passkeys WHERE tenant_id = $1 AND credential_id = $2)"
// Of two guests with one address neither is meant.
#define PORTCULLIS_ID_OF_GUEST "(SELECT CASE WHEN COUNT(*) = 1 THEN MIN(id) END FROM users WHERE tenant_id = $1 AND user_type = 'guest' AND lower(mail) = $2 AND deleted_at IS NULL)"
constexpr AccountReads kByGuestMail = {PORTCULLIS_ACCOUNT "WHERE u.tenant_id = $1 AND u.id = " PORTCULLIS_ID_OF_GUEST,
                                       PORTCULLIS_METHODS(PORTCULLIS_ID_OF_GUEST), PORTCULLIS_GROUPS(PORTCULLIS_ID_OF_GUEST),
                                       PORTCULLIS_ROLES(PORTCULLIS_ID_OF_GUEST)};
constexpr AccountReads kByName = {PORTCULLIS_ACCOUNT "WHERE u.tenant_id = $1 AND u.upn_key = $2", PORTCULLIS_METHODS(PORTCULLIS_ID_NAMED),
                                  PORTCULLIS_GROUPS(PORTCULLIS_ID_NAMED), PORTCULLIS_ROLES(PORTCULLIS_ID_NAMED)};
constexpr AccountReads kByPasskey = {PORTCULLIS_ACCOUNT "WHERE u.tenant_id = $1 AND u.id = " PORTCULLIS_ID_OF_PASSKEY,
                                     PORTCULLIS_METHODS(PORTCULLIS_ID_OF_PASSKEY), PORTCULLIS_GROUPS(PORTCULLIS_ID_OF_PASSKEY),
                                     PORTCULLIS_ROLES(PORTCULLIS_ID_OF_PASSKEY)};
constexpr AccountReads kById   = {PORTCULLIS_ACCOUNT "WHERE u.tenant_id = $1 AND u.id = $2", PORTCULLIS_METHODS("$2"),
                                  PORTCULLIS_GROUPS("$2"), PORTCULLIS_ROLES("$2")};
#undef PORTCULLIS_ID_OF_GUEST
#undef PORTCULLIS_ID_OF_PASSKEY
#undef PORTCULLIS_ID_NAMED
#undef PORTCULLIS_ROLES
#undef PORTCULLIS_GROUPS
#undef PORTCULLIS_METHODS
#undef PORTCULLIS_ACCOUNT
#undef PORTCULLIS_USER_COLUMNS
#undef PORTCULLIS_TOKEN_COLUMNS

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

std::vector<std::string> texts_in(const std::string& text) {
    std::vector<std::string> texts;
    const auto parsed = json::parse(text);
    if (!parsed || !parsed->is_array()) return texts;
    for (const auto& element : parsed->get_array()) texts.emplace_back(element.as_string());
    return texts;
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
    record.history = texts_in(row.text(16));
    return record;
}

std::optional<AccessPass> access_pass_in(const Row& row, UserId user) {
    if (row.is_null(22)) return std::nullopt;
    return AccessPass{.id          = row.id<MethodId>(22).value_or(MethodId{}),
                      .user        = user,
                      .phc         = row.text(23),
                      .is_one_time = row.flag(24),
                      .created_at  = row.instant(25),
                      .starts_at   = row.instant(26),
                      .ends_at     = row.instant(27),
                      .used_at     = row.maybe_instant(28)};
}

/// The block in the four columns from `first` on.
std::optional<MfaBlock> mfa_block_in(const Row& row, std::size_t first) {
    if (row.is_null(first)) return std::nullopt;
    return MfaBlock{.at = row.instant(first), .ends_at = row.instant(first + 1), .by_report = row.flag(first + 2), .reason = row.text(first + 3)};
}

std::optional<Passkey> passkey_in(const Row& row) {
    if (row.is_null(6)) return std::nullopt;
    const auto bytes = [&](std::size_t column) { return parse_base64url(row.text(column)).value_or(""); };
    return Passkey{.credential_id      = bytes(6),
                   .public_key         = bytes(7),
                   .user_handle        = bytes(8),
                   .aaguid             = row.text(9),
                   .attestation        = row.text(10),
                   .is_attested        = row.flag(11),
                   .is_backup_eligible = row.flag(12),
                   .is_backed_up       = row.flag(13),
                   .is_clone_suspected = row.flag(14),
                   .sign_count         = static_cast<std::uint32_t>(row.integer(15)),
                   .transports         = texts_in(row.text(16)),
                   .last_used_at       = row.maybe_instant(17)};
}

Result<std::optional<app::Account>> read_account(const Db& db, const AccountReads& reads, std::span<const Value> params) {
    std::vector<Query> queries;
    add_account_queries(queries, reads, params);
    return account_in(TRY(db.read(queries)));
}

}  // namespace

const AccountReads& account_by_id() { return kById; }

void add_account_queries(std::vector<Query>& queries, const AccountReads& reads, std::span<const Value> params) {
    for (const auto sql : reads) queries.push_back({sql, params});
}

std::optional<app::Account> account_in(std::span<const Rows> answers) {
    const auto &users = answers[0], &methods = answers[1], &groups = answers[2], &roles = answers[3];
    if (users.empty()) return std::nullopt;
    const auto row = users.front();
    app::Account account{.user = user_in(row), .password = {}, .methods = {}, .groups = {}, .roles = {}};
    const auto user  = account.user.id;
    account.password    = password_in(row, user);
    account.access_pass = access_pass_in(row, user);
    account.mfa_valid_from = row.instant(29);
    account.mfa_block      = mfa_block_in(row, 30);
    for (const auto& m : methods) {
        account.methods.push_back({.id             = m.id<MethodId>(0).value_or(MethodId{}),
                                   .user           = user,
                                   .kind           = parse_auth_method(m.text(1)).value_or(AuthMethod::recoveryCode),
                                   .display_name   = m.text(2),
                                   .sealed_secret  = m.text(3),
                                   .last_used_step = m.integer(4),
                                   .created_at     = m.instant(5),
                                   .passkey        = passkey_in(m),
                                   .is_default     = m.flag(18),
                                   .token          = token_in(m, 19)});
    }
    std::ranges::sort(account.methods, {}, [](const identity::AuthenticationMethod& m) { return std::pair(m.created_at, m.id); });
    for (const auto& g : groups) account.groups.push_back(g.id<GroupId>(0).value_or(GroupId{}));
    std::ranges::sort(account.groups);
    for (const auto& r : roles) account.roles.push_back(r.id<RoleId>(0).value_or(RoleId{}));
    return account;
}

Result<std::optional<app::Account>> SqlDirectory::account_named(TenantId tenant, std::string_view upn_key) const {
    return read_account(db_, kByName, std::array<Value, 2>{tenant, upn_key});
}

Result<std::optional<app::Account>> SqlDirectory::account(TenantId tenant, UserId user) const {
    return read_account(db_, kById, std::array<Value, 2>{tenant, user});
}

Result<std::optional<app::Account>> SqlDirectory::guest_with_mail(TenantId tenant, std::string_view address) const {
    return read_account(db_, kByGuestMail, std::array<Value, 2>{tenant, address});
}

Result<bool> SqlDirectory::has_guests(TenantId tenant) const {
    return !TRY(db_.query("SELECT 1 FROM users WHERE tenant_id = $1 AND user_type = 'guest' AND deleted_at IS NULL LIMIT 1", {tenant})).empty();
}

Result<std::optional<app::Account>> SqlDirectory::account_with_passkey(TenantId tenant, std::string_view credential_id) const {
    return read_account(db_, kByPasskey, std::array<Value, 2>{tenant, base64url(credential_id)});
}

Result<std::vector<User>> SqlDirectory::users(TenantId tenant, const app::UserPage& page) const {
    std::vector<User> users;
    for (const auto& row : TRY(db_.query(kUsers, {tenant, page.after, page.most}))) users.push_back(user_in(row));
    return users;
}

Result<std::vector<app::StoredRecoveryCode>> SqlDirectory::recovery_codes(TenantId tenant, UserId user) const {
    std::vector<app::StoredRecoveryCode> codes;
    for (const auto& row : TRY(db_.query("SELECT method_id, number, phc FROM recovery_codes WHERE tenant_id = $1 AND user_id = $2 ORDER BY number", {tenant, user}))) {
        codes.push_back({.method = row.id<MethodId>(0).value_or(MethodId{}), .number = static_cast<int>(row.integer(1)), .phc = row.text(2)});
    }
    return codes;
}

Result<std::vector<app::BlockedUser>> SqlDirectory::mfa_blocked(TenantId tenant, Instant now) const {
    std::vector<app::BlockedUser> blocked;
    for (const auto& row : TRY(db_.query(kMfaBlocked, {tenant, now}))) {
        if (auto block = mfa_block_in(row, 15)) blocked.push_back({user_in(row), std::move(*block)});
    }
    return blocked;
}

Result<RegistrationPrompts> SqlDirectory::prompts(TenantId tenant, UserId user) const {
    const auto rows = TRY(db_.query("SELECT reset_confirmed_at, campaign_skips, campaign_due_at FROM registration_prompts "
                                    "WHERE tenant_id = $1 AND user_id = $2", {tenant, user}));
    if (rows.empty()) return RegistrationPrompts{};
    const auto row = rows.front();
    return RegistrationPrompts{.reset_confirmed_at = row.maybe_instant(0),
                               .campaign_skips     = static_cast<int>(row.integer(1)),
                               .campaign_due_at    = row.maybe_instant(2)};
}

Result<std::vector<app::Registering>> SqlDirectory::registering(TenantId tenant, Instant now, UserId after, int most) const {
    std::vector<app::Registering> all;
    for (const auto& row : TRY(db_.query(kRegistering, {tenant, now, after, most}))) {
        all.push_back({.user = user_in(row), .reminders = static_cast<int>(row.integer(15))});
    }
    return all;
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
