#include "app/admin/block_mfa.h"

#include "core/credentials/prompt_report.h"

namespace portcullis::app {
namespace {

constexpr std::size_t kReasonBytesMax = 256;

Result<void> require_reason(std::string_view reason) {
    if (!reason.empty() && reason.size() <= kReasonBytesMax) return {};
    return Error{ErrorCode::invalidRequest, "say why, in 1 to 256 characters"};
}

}  // namespace

Result<void> BlockMfa::operator()(const Admin& admin, UserId user, std::string_view reason) {
    TRY(require(admin, Capability::resetMethods));
    TRY(require_reason(reason));
    return decide_again_on_conflict([&]() -> Result<void> {
        const auto account = TRY(present_account(ports_, admin, user));
        TRY(require_above(admin, account));
        const identity::MfaBlock block{.at = admin.now, .ends_at = admin.now + credentials::kMfaBlockLasts, .reason = std::string(reason)};
        return commit_act(ports_, admin, "BlockMfa", {MfaBlocked{user, block}});
    });
}

Result<void> UnblockMfa::operator()(const Admin& admin, UserId user, std::string_view reason) {
    TRY(require(admin, Capability::resetMethods));
    TRY(require_other(admin, user));  // who reported a prompt in their own name does not lift what that did
    TRY(require_reason(reason));
    return decide_again_on_conflict([&]() -> Result<void> {
        const auto account = TRY(present_account(ports_, admin, user));
        TRY(require_above(admin, account));
        if (!account.mfa_block) return {};
        return commit_act(ports_, admin, "UnblockMfa", {MfaUnblocked{user, std::string(reason)}});
    });
}

}  // namespace portcullis::app
