#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/admin/admin.h"
#include "app/password_setter.h"

namespace portcullis::app {

/// An account to be made. Names that are empty are not known; the mail address is the user principal name when left out.
struct NewUser {
    std::string user_principal_name;
    std::string display_name, given_name, surname;
    std::string mail, phone_number, preferred_language;
    identity::UserType type = identity::UserType::member;
    /// Nothing: a temporary one is made, to be changed at the first sign-in.
    std::optional<Secret> password;
};

struct CreatedUser {
    identity::User user;
    std::optional<Secret> temporary_password;  // shown this once
};

/// Why this cannot be the user principal name of a member of a tenant with this domain (credentials.md §12), in words; or
/// nothing. At most 113 characters, 64 before the `@` and 48 after, no dot right before it.
std::optional<std::string> upn_problem(std::string_view upn, std::string_view domain);

/// Makes an account.
class CreateUser {
public:
    CreateUser(Ports& ports, PasswordSetter& passwords) : ports_(ports), passwords_(passwords) {}

    /// Errors: forbidden; invalidRequest for a name or password that is not allowed, saying why; conflict when the name is
    /// taken; unavailable.
    Result<CreatedUser> operator()(const Admin& admin, const NewUser& wanted);

private:
    Result<CreatedUser> attempt(const Admin& admin, const NewUser& wanted);
    Ports& ports_;
    PasswordSetter& passwords_;
};

}  // namespace portcullis::app
