#pragma once

#include <string>
#include <vector>

#include "app/ports/all.h"
#include "core/credentials/mail_address.h"
#include "core/credentials/phone_number.h"

namespace portcullis::app {

/// A mail address or telephone number as a method: private, sealed, never taken from the profile (credentials.md §2, CRED-003).
struct Contact {
    AuthMethod kind = AuthMethod::email;  // or `sms`
    std::string value;                    // the address, or the number as E.164
    std::string masked;                   // what is shown
};

Contact contact_from(const credentials::MailAddress& address);
Contact contact_from(const credentials::PhoneNumber& number);

/// The method to store. Errors: unavailable.
Result<identity::AuthenticationMethod> contact_method(Ports& ports, TenantId tenant, UserId user, const Contact& contact, Instant now);
/// The address or number behind a method. Errors: unavailable, invalidRequest when it was tampered with.
Result<std::string> contact_value(Ports& ports, TenantId tenant, const identity::AuthenticationMethod& method);
/// The account's method of this kind, or null; there is at most one.
const identity::AuthenticationMethod* contact_of(const Account& account, AuthMethod kind);

/// Every mail address registered for recovery: they too are told what happens to the account. Errors: as contact_value.
Result<std::vector<std::string>> recovery_addresses(Ports& ports, TenantId tenant, const Account& account);

/// `digits` random decimal digits, all equally likely.
Secret random_digits(Random& random, int digits);

}  // namespace portcullis::app
