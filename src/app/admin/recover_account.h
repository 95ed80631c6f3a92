#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/admin/issue_access_pass.h"
#include "app/notices.h"
#include "app/password_setter.h"
#include "app/verify_password.h"

namespace portcullis::app {

/// A recovery that one administrator has asked for and another has yet to confirm.
struct PendingRecovery {
    UserId asked_by;
    std::string reason;
    Instant asked_at;
    Instant ends_at;
};

struct RecoveredAccount {
    IssuedPass pass;
    Secret temporary_password;  // a pass does not replace it: for whoever sets up an app, which needs one beside it
    std::vector<AuthMethod> removed;
};

/// The way back for somebody who lost everything they sign in with (credentials.md §6.8, CRED-032). Two administrators, neither of
/// them the person: one who made sure who it is asks and says how; within a day another one confirms. Then every method is removed,
/// every session ends, the password is a temporary one, and a temporary access pass lets the owner set up new methods. Closes the user's risk as a
/// temporary password does (E11).
///
/// Both act under accounts of their own, with the roles that these have now: a command line that is nobody's cannot be two people.
class RecoverAccount {
public:
    RecoverAccount(Ports& ports, PasswordSetter& passwords, VerifyPassword& verify_password)
        : ports_(ports), passwords_(passwords), verify_password_(verify_password) {}

    /// Asks. `reason`: how they made sure who it is, for the audit log and the one who confirms. Its owner hears of it at every address,
    /// and so do the other administrators. Errors: forbidden without the capabilities, for oneself, for somebody above, and for nobody's command line;
    /// invalidRequest for a reason that says nothing; notFound; conflict for a deleted user, and when one is pending; unavailable.
    Result<PendingRecovery> ask(const Admin& admin, UserId user, std::string_view reason);
    /// Confirms and recovers. Errors: as ask; forbidden also to who asked, and when they may not ask any more; invalidRequest for the
    /// terms of the pass; notFound when none is pending.
    Result<RecoveredAccount> confirm(const Admin& admin, UserId user, const credentials::WantedPass& wanted);
    /// Takes it back, whoever asked. Errors: as ask; notFound when none is pending.
    Result<void> withdraw(const Admin& admin, UserId user);
    /// Errors: as ask.
    Result<std::optional<PendingRecovery>> pending(const Admin& admin, UserId user);

private:
    Result<Account> recoverable(const Admin& admin, UserId user);
    Result<void> require_asker(const Admin& admin, const PendingRecovery& asked, const Account& account);
    Result<PendingRecovery> required(const Admin& admin, UserId user);
    Result<void> take(const Admin& admin, UserId user, const PendingRecovery& asked);
    Result<RecoveredAccount> attempt(const Admin& admin, UserId user, const PendingRecovery& asked, const credentials::WantedPass& wanted);
    Result<void> tell(const Admin& admin, const TenantSnapshot& tenant, const Account& account, Notice notice, std::vector<Change>& changes);

    Ports& ports_;
    PasswordSetter& passwords_;
    VerifyPassword& verify_password_;
};

/// This account as an administrator at the desk of another authority: its own roles, its own id; the audit log names both. Errors: forbidden when it is disabled or
/// deleted.
Result<Admin> administrator_of(const Admin& desk, const Account& account);

}  // namespace portcullis::app
