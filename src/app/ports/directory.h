#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "core/identity/user.h"

namespace portcullis::app {

/// Everything a sign-in needs to know of one account, read at one moment.
struct Account {
    identity::User user;
    std::optional<identity::PasswordRecord> password;
    std::vector<identity::AuthenticationMethod> methods;
    std::vector<GroupId> groups;  // transitive
    std::vector<RoleId> roles;
    std::optional<identity::AccessPass> access_pass = {};
    Instant mfa_valid_from = {};  // MFA claimed from before it is void
    std::optional<identity::MfaBlock> mfa_block = {};  // as stored: one that is over too
};

/// Somebody whom MFA is denied to.
struct BlockedUser {
    identity::User user;
    identity::MfaBlock block;
};

/// A recovery code that is not used yet.
struct StoredRecoveryCode {
    MethodId method;
    int number = 0;
    std::string phc;
};

/// Somebody with a directory role.
struct RoleHolder {
    identity::User user;
    RoleId role;
};

/// Somebody whose registration period runs.
struct Registering {
    identity::User user;
    int reminders = 0;  // sent of this period
};

/// A token of the inventory, and whose it is.
struct ListedToken {
    identity::HardwareToken token;
    std::string user_principal_name;  // empty: nobody's
};

/// Part of the inventory: by serial number, after this one; of a standing where one is named.
struct TokenPage {
    std::string after;  // as `serial_key` folds it
    int most = 100;
    std::optional<identity::TokenStanding> standing = {};
};

/// How far to list: `after` is the last user_principal_name of the page before.
struct UserPage {
    std::string after;
    int most = 100;
};

/// Accounts of a tenant. Read-only: they change through Journal. Errors of all: unavailable.
class Directory {
public:
    virtual ~Directory() = default;

    /// By user principal name, already folded by `upn_key`; deleted users are not found.
    virtual Result<std::optional<Account>> account_named(TenantId tenant, std::string_view upn_key) const = 0;
    /// By id; deleted users are found (E25).
    virtual Result<std::optional<Account>> account(TenantId tenant, UserId user) const = 0;
    /// The one guest with this mail address, in lower case; nothing when there are several. Deleted users are not found.
    virtual Result<std::optional<Account>> guest_with_mail(TenantId tenant, std::string_view address) const = 0;
    /// Whether anybody is a guest who is not deleted.
    virtual Result<bool> has_guests(TenantId tenant) const = 0;
    /// By the id of a passkey, as the authenticator gave it; deleted users are found.
    virtual Result<std::optional<Account>> account_with_passkey(TenantId tenant, std::string_view credential_id) const = 0;
    virtual Result<std::vector<identity::User>> users(TenantId tenant, const UserPage& page) const = 0;
    /// Those of the user's recovery codes that are not used yet, by number.
    virtual Result<std::vector<StoredRecoveryCode>> recovery_codes(TenantId tenant, UserId user) const = 0;
    /// Everybody whose block has not ended at `now`, by name; at most 1000. Deleted users are none of them.
    virtual Result<std::vector<BlockedUser>> mfa_blocked(TenantId tenant, Instant now) const = 0;
    /// What the user answered at earlier sign-ins.
    virtual Result<identity::RegistrationPrompts> prompts(TenantId tenant, UserId user) const = 0;
    /// Enabled users whose registration period ends after `now`, by id, after `after`.
    virtual Result<std::vector<Registering>> registering(TenantId tenant, Instant now, UserId after, int most) const = 0;
    /// Hardware tokens of the inventory.
    virtual Result<std::vector<ListedToken>> tokens(TenantId tenant, const TokenPage& page) const = 0;
    /// By serial number, as `serial_key` folds it.
    virtual Result<std::optional<identity::HardwareToken>> token(TenantId tenant, std::string_view serial_key) const = 0;
    /// Those of one person, assigned and activated, by serial number.
    virtual Result<std::vector<identity::HardwareToken>> tokens_of(TenantId tenant, UserId user) const = 0;
    virtual Result<std::vector<identity::Group>> groups(TenantId tenant) const = 0;
    /// Everybody with a directory role who is neither deleted nor disabled, one entry a role; at most 1000.
    virtual Result<std::vector<RoleHolder>> role_holders(TenantId tenant) const = 0;
};

}  // namespace portcullis::app
