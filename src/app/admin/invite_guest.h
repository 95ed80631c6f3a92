#pragma once

#include <string>

#include "app/admin/admin.h"
#include "core/credentials/mail_address.h"

namespace portcullis::app {

/// A guest to be invited. Names that are empty are not known; the user principal name is the mail address when left out.
struct Invitation {
    std::string mail;
    std::string user_principal_name;
    std::string display_name, given_name, surname, preferred_language;
};

/// Makes the account of a guest: without a password, with the address that codes for signing in go to (credentials.md §6.4, CRED-022).
/// The guest is told by mail; the mail holds no secret.
class InviteGuest {
public:
    explicit InviteGuest(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden; invalidRequest for a name or address that is not allowed, saying why; conflict when there is an account or
    /// a guest with it already; unavailable.
    Result<identity::User> operator()(const Admin& admin, const Invitation& wanted);

private:
    Result<identity::User> attempt(const Admin& admin, const Invitation& wanted);
    Ports& ports_;
};

}  // namespace portcullis::app
