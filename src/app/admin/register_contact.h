#pragma once

#include <variant>

#include "app/admin/admin.h"
#include "core/credentials/mail_address.h"
#include "core/credentials/phone_number.h"

namespace portcullis::app {

/// What an administrator knows of a person before that person has registered anything (credentials.md §2). It serves recovery only.
using NewContact = std::variant<credentials::MailAddress, credentials::PhoneNumber>;

/// Registers a recovery address or a telephone for a user. There is one of each: a new one takes the place of the old, and the old
/// address is told.
class RegisterContact {
public:
    explicit RegisterContact(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden, also for oneself and for somebody above; notFound; conflict for a deleted user; unavailable.
    Result<MethodId> operator()(const Admin& admin, UserId user, const NewContact& contact);

private:
    Result<MethodId> attempt(const Admin& admin, UserId user, const NewContact& contact);
    Ports& ports_;
};

}  // namespace portcullis::app
