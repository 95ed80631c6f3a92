#pragma once

#include <string>
#include <vector>

#include "app/ports/all.h"

namespace portcullis::app {

/// Where a person stands in a reset: which question is put to them next.
enum class ResetStage {
    wish,         // forgotten, or locked out? (only where the tenant unlocks)
    method,       // UX-61: what will you prove?
    number,       // UX-61: which telephone?
    code,         // UX-61
    approval,     // UX-163: the number for the other device
    password,     // UX-62
    done,         // UX-63: the end
    asked,        // UX-64: the help desk was asked; the end
    stopped,      // UX-64: too many tries; the end
    unavailable,  // UX-64: not by oneself; the end
};

/// "I forgot my password", or "I know it, but cannot sign in".
enum class ResetWish { forgotten, unlock };

/// One reset between browser round trips: 15 minutes, in FlowStore, bound to the browser that began it. Somebody nobody knows has
/// one like everybody else; its `user` is nobody's.
struct ResetFlow {
    FlowId id;
    std::int64_t version = 0;  // of the stored entry
    std::string browser_digest, csrf;
    Instant expires_at;
    ResetStage stage = ResetStage::method;
    ResetWish wish   = ResetWish::forgotten;
    std::string typed_name;
    UserId user;
    std::string subject;      // of ResetLimits
    std::string sign_in_flow;  // the sign-in to go back to; empty: none

    std::vector<AuthMethod> proven;
    AuthMethod asked = AuthMethod::softwareOath;  // which proof is waited for
    std::string code_digest;                       // of the code that was sent; empty: none was, and no code is right
    Instant code_expires_at;
    FlowId approval;              // that was asked for last; nil: none
    std::string approval_number;  // two digits, shown where the reset is
};

/// How long a reset lives (credentials.md §9.3, CRED-042).
inline constexpr Duration kResetLives = std::chrono::minutes{15};
/// Every reset of this person that began until now is over, whatever id it goes on under: they reported one.
Result<void> end_resets(Ports& ports, TenantId tenant, UserId user, Instant now);
/// When that was last said; one that cannot be read counts as now. Nothing: not within the life of a reset.
Result<std::optional<Instant>> resets_ended_at(Ports& ports, TenantId tenant, UserId user, Instant now);

/// The flow as FlowStore keeps it.
std::string to_text(const ResetFlow& flow);
Result<ResetFlow> reset_flow_from(std::string_view text);

}  // namespace portcullis::app
