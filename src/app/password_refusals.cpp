#include "app/password_refusals.h"

namespace portcullis::app {
namespace {

constexpr std::string_view kFuzzy = "FuzzyPolicyViolationInvalidPassword";  // as reports name it (credentials.md §18)

PasswordRejected rejected(UserId user, StsError code, std::string_view reason) {
    return {.user = user, .error_code = static_cast<int>(number_of(code)), .reason = std::string(reason)};
}

}  // namespace

PasswordRejected wrong_current_password(UserId user) {
    const auto code = StsError::PasswordChangeIncorrectCurrentPassword;
    return rejected(user, code, to_string(code));
}

PasswordRejected password_rejected(UserId user, std::span<const credentials::PasswordFinding> reasons) {
    const auto worst = credentials::register_code(reasons);
    return rejected(user, worst, worst == StsError::PasswordChangePasswordDoesnotComplyFuzzyPolicy ? kFuzzy : to_string(worst));
}

StsError failed_password_code(ErrorCode failure) {
    switch (failure) {
        case ErrorCode::notFound:        return StsError::PasswordChangeUserNotFoundBySspr;
        case ErrorCode::unavailable:     return StsError::PartnerServiceSsprInternalServiceError;
        case ErrorCode::invalidRequest:
        case ErrorCode::unauthenticated:
        case ErrorCode::forbidden:
        case ErrorCode::conflict:
        case ErrorCode::tooManyRequests: return StsError::PasswordChangeFailure;
    }
    return StsError::PasswordChangeFailure;
}

}  // namespace portcullis::app
