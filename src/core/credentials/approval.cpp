#include "core/credentials/approval.h"

#include <algorithm>

#include "base/secret.h"

namespace portcullis::credentials {

std::optional<std::string> approval_number(unsigned char random) {
    constexpr unsigned kLeast = 10, kNumbers = 90;
    if (random >= 2 * kNumbers) return std::nullopt;  // the last multiple of ninety in a byte
    return std::to_string(kLeast + random % kNumbers);
}

std::optional<ApprovalRefusal> approval_refusal(const PendingApproval& pending, const Approver& approver, Instant now) {
    if (pending.state != ApprovalState::waiting || now >= pending.expires_at) return ApprovalRefusal::over;
    const bool is_same_device = approver.device_id.empty() || approver.device_id == pending.device_id;
    if (is_same_device || pending.session == approver.session) return ApprovalRefusal::sameDevice;
    return std::nullopt;
}

bool may_approve(std::span<const identity::Factor> factors, Instant now) {
    return std::ranges::any_of(factors, [&](const identity::Factor& f) {
        // A mailed code is how a guest begins, as others do with a password.
        const bool is_first = f.method == AuthMethod::password || f.method == AuthMethod::email;
        const bool is_own   = !is_first && f.method != AuthMethod::push && f.method != AuthMethod::temporaryAccessPass;
        return is_own && now - f.at <= kApproverProof;
    });
}

ApprovalState match_number(const PendingApproval& pending, std::string_view typed) {
    std::string digits(typed.substr(0, 64));
    std::erase(digits, ' ');
    const bool is_right = !pending.number.empty() && equal_constant_time(digits, pending.number);
    return is_right ? ApprovalState::approved : ApprovalState::wrongNumber;
}

}  // namespace portcullis::credentials
