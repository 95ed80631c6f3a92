#pragma once

#include <span>

#include "app/ports/change.h"
#include "base/result.h"
#include "core/credentials/password_protection.h"
#include "core/terms/error_codes.h"

/// Passwords that were not set, as the error register knows it (credentials.md §10.4, §18).
namespace portcullis::app {

/// For the audit log: the current password was wrong; the new one was refused for these reasons.
PasswordRejected wrong_current_password(UserId user);
PasswordRejected password_rejected(UserId user, std::span<const credentials::PasswordFinding> reasons);

/// The code of a change or reset that failed without anybody being wrong.
StsError failed_password_code(ErrorCode failure);

}  // namespace portcullis::app
