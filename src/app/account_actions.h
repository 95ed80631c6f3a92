#pragma once

#include <optional>
#include <vector>

#include "app/registrant.h"

namespace portcullis::app {

/// What a person is asked to do about their account (UX-82, IDP-013).
enum class ActionNeeded {
    approveSignIn,   // one waits, for a minute
    approveReset,    // the same
    changePassword,  // their risk is medium or high
    reviewSignIns,   // unusual ones nobody has answered
    registerMethod,  // the registration policy wants a second way
    signInAgain,     // a rule will ask for it at the next application
};

struct PendingAction {
    ActionNeeded what = ActionNeeded::reviewSignIns;
    std::optional<Instant> until;  // of registerMethod: absent, it cannot be put off any more
    int count = 0;                 // of reviewSignIns
};

/// Everything pending, most urgent first; each is gone once done. Errors: unavailable.
Result<std::vector<PendingAction>> pending_actions(Ports& ports, const TenantSnapshot& tenant, const LiveSession& live, const RequestFacts& facts);

/// Whether a rule wants this person to sign in again before they get on in an application of this session. Errors: unavailable.
Result<bool> must_sign_in_again(Ports& ports, const TenantSnapshot& tenant, const LiveSession& live, const RequestFacts& facts);

}  // namespace portcullis::app
