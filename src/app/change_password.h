#pragma once

#include <vector>

#include "app/live_session.h"
#include "app/password_setter.h"
#include "app/request_facts.h"
#include "app/sign_in.h"

namespace portcullis::app {

/// What came of a person's wish for a new password.
struct PasswordChangeOutcome {
    Problem problem = Problem::none;
    std::vector<credentials::PasswordFinding> reasons;
    std::optional<OpenedSession> session;  // the session under its new reference, when it was changed
};

/// Whether a change of the password in this session settles a risk now (E08): with MFA of the last ten minutes, by an external method or by
/// somebody who had a second factor before it. A method that was enrolled by that very proof vouches for nothing yet.
bool settles_risk(const LiveSession& live, Instant now);

/// A person changes their own password because they want to. Every other session and all they gave end; the session at hand
/// goes on under a new reference. Risk moves only with a second factor given in the last ten minutes (E08), else not (E10).
class ChangePassword {
public:
    ChangePassword(Ports& ports, VerifyPassword& verify_password) : ports_(ports), verify_password_(verify_password), passwords_(ports) {}

    /// Errors: unavailable, conflict, tooManyRequests when current passwords are being guessed.
    Result<PasswordChangeOutcome> operator()(const TenantSnapshot& tenant, const LiveSession& live, const Submission& submission,
                                             const RequestFacts& facts);

private:
    Result<void> note_refusal(const TenantSnapshot& tenant, PasswordRejected why, const RequestFacts& facts);

    Ports& ports_;
    VerifyPassword& verify_password_;
    PasswordSetter passwords_;
};

}  // namespace portcullis::app
