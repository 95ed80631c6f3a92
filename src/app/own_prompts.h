#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "app/mfa_prompts.h"
#include "app/registrant.h"

namespace portcullis::app {

/// Why a prompt was not reported.
enum class ReportRefusal {
    off,       // the tenant does not let this person report
    unknown,   // not theirs, older than a day, or reported already
    notFresh,  // a report asks for a proof of the last five minutes
    tooMany,
};

/// A person says that they did not ask for a prompt (credentials.md §8, CRED-036, IDP-120). Only its owner can, signed in and freshly
/// proven: the mail that leads here carries no right to anything, so whoever it is forwarded to can do nothing with it.
class OwnPrompts {
public:
    explicit OwnPrompts(Ports& ports) : ports_(ports), prompts_(ports) {}

    /// Whether this person may report at all.
    static bool is_offered(const TenantSnapshot& tenant, const Account& account);
    /// Newest first; none where it is not offered. Errors of all: unavailable.
    Result<std::vector<MfaPrompt>> list(const TenantSnapshot& tenant, const LiveSession& live, Instant now);
    Result<std::variant<MfaPrompt, ReportRefusal>> find(const TenantSnapshot& tenant, const LiveSession& live, FlowId id, Instant now);
    /// Once a prompt: the user's risk becomes high, the sign-in or reset behind it ends, administrators are told, and MFA is blocked where
    /// the tenant wants that. A passwordless prompt moves nothing.
    Result<std::optional<ReportRefusal>> report(const TenantSnapshot& tenant, const LiveSession& live, FlowId id, const RequestFacts& facts);

private:
    Result<void> act_on(const TenantSnapshot& tenant, const LiveSession& live, const MfaPrompt& prompt, const RequestFacts& facts);
    Result<std::optional<Change>> denied_sign_in(const TenantSnapshot& tenant, const LiveSession& live, const MfaPrompt& prompt, const RequestFacts& facts);
    Result<void> end(TenantId tenant, UserId user, const MfaPrompt& prompt, Instant now);

    Ports& ports_;
    MfaPrompts prompts_;
};

}  // namespace portcullis::app
