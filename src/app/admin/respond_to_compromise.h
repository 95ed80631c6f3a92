#pragma once

#include <optional>
#include <vector>

#include "app/admin/issue_access_pass.h"
#include "app/password_setter.h"
#include "app/verify_password.h"

namespace portcullis::app {

/// What to do beside the password and the sessions.
struct CompromiseResponse {
    bool blocks        = false;  // nobody signs in until an administrator unblocks
    bool keeps_methods = false;  // whoever did it cannot have registered or hold one
    bool disables_devices = false;  // every one that is known: whoever did it may sit at one of them
    std::optional<credentials::WantedPass> pass = {};  // the way back in for the owner
};

struct CompromiseOutcome {
    Secret temporary_password;
    std::vector<AuthMethod> removed;
    std::optional<IssuedPass> pass;
    int disabled_devices = 0;
};

/// The run book for an account that somebody else had (credentials.md §14, CRED-071), as one act and so one story in the audit log:
/// a temporary password, perhaps a block, every session and token void, every method that the attacker may hold removed, perhaps an
/// access pass for the owner, perhaps every device disabled. Closes the user's risk as a temporary password does (E11).
class RespondToCompromise {
public:
    RespondToCompromise(Ports& ports, PasswordSetter& passwords, VerifyPassword& verify_password)
        : ports_(ports), passwords_(passwords), verify_password_(verify_password) {}

    /// Errors: forbidden without every capability of its steps, for oneself, and for somebody above; invalidRequest for the terms of the
    /// pass; notFound; conflict for a deleted user; unavailable.
    Result<CompromiseOutcome> operator()(const Admin& admin, UserId user, const CompromiseResponse& wanted);

private:
    Result<CompromiseOutcome> attempt(const Admin& admin, UserId user, const CompromiseResponse& wanted);
    Ports& ports_;
    PasswordSetter& passwords_;
    VerifyPassword& verify_password_;
};

}  // namespace portcullis::app
