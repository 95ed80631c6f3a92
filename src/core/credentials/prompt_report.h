#pragma once

#include <chrono>
#include <optional>

#include "core/credentials/methods_policy.h"
#include "core/identity/tenant.h"
#include "core/identity/user.h"

/// Prompts that nobody asked for, and people whom MFA is denied to (credentials.md §8).
namespace portcullis::credentials {

/// How long a block lasts unless it is lifted (CRED-037).
inline constexpr Duration kMfaBlockLasts = std::chrono::days{90};
bool is_mfa_blocked(const std::optional<identity::MfaBlock>& block, Instant now);

/// How long a prompt can be reported after it was made.
inline constexpr Duration kPromptReportable = std::chrono::hours{24};
/// Whether the tenant lets this person report one. Off unless an administrator enabled it.
bool may_report(const identity::ReportSettings& settings, const MethodUser& who);

}  // namespace portcullis::credentials
