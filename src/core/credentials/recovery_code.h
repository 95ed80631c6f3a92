#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Recovery codes (credentials.md §6.8, CRED-031): ten in a set, each for one reset, never a second factor of a sign-in.
namespace portcullis::credentials {

inline constexpr int kRecoveryCodes             = 10;
inline constexpr std::size_t kRecoveryCodeBytes = 10;  // 80 bits

/// What is typed: which code of the set it says it is, and its secret part. The number is no secret: it spares checking all ten.
struct RecoveryCode {
    int number = 0;      // 0…9
    std::string secret;  // 16 characters of base32, upper case
};

/// `3-jbsw-y3dp-ehpk-3pxp`.
std::string to_text(const RecoveryCode& code);
/// Case, spaces and hyphens do not matter, and a digit that looks like a letter is one. Nothing for anything that is no code.
std::optional<RecoveryCode> parse_recovery_code(std::string_view typed);

}  // namespace portcullis::credentials
