#pragma once

#include <span>

#include "core/identity/user.h"

/// What a registered method is good for (credentials.md §1.1).
namespace portcullis::credentials {

/// Whether a sign-in can ask for this method after the password. A mailed code never is one (CRED-002, PROTO-526); text messages
/// and calls are not until a sign-in can send them.
bool is_second_factor(AuthMethod method);
/// Whether the person has any.
bool has_second_factor(std::span<const identity::AuthenticationMethod> methods);

}  // namespace portcullis::credentials
