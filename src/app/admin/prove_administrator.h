#pragma once

#include <string>

#include "app/admin/admin.h"
#include "app/verify_password.h"

namespace portcullis::app {

/// What an administrator types at a desk that is not theirs to show that it is them.
struct DeskProof {
    Secret password;
    std::string code;  // of an authenticator app or hardware token
};

/// An account as an administrator at the desk of another authority, by its owner's own password and one-time code: who has the desk does not
/// name two people by themselves (credentials.md §6.8, CRED-032). Each try counts on the budgets of the sign-in; a code serves once, and both
/// that it was proven and that it was not stand in the audit log. An administrator who has only passkeys cannot prove themselves here.
/// Errors: forbidden when it is not proven (the same for a wrong password and a wrong code), and to accounts that are disabled, deleted or at
/// risk, have no app or token, or whose password somebody else knows; tooManyRequests while either is locked; unavailable.
Result<Admin> prove_administrator(Ports& ports, VerifyPassword& verify_password, const Admin& desk, const Account& account, const DeskProof& proof);

}  // namespace portcullis::app
