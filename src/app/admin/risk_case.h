#pragma once

#include <string>
#include <vector>

#include "app/admin/admin.h"
#include "app/risk_changes.h"

/// What the administrators' acts on risk have in common: what they read, and what they commit.
namespace portcullis::app {

/// What an administrator says of a user's or a sign-in's risk.
risk::Happening said_by(const Admin& admin, risk::RiskEvent event, risk::Target target);

/// A user and their risk, read for one act.
struct UserCase {
    Account account;
    risk::Target target;
    RiskChanges book;
};
/// Errors: notFound, unavailable.
Result<UserCase> open_user_case(Ports& ports, const Admin& admin, UserId user);

/// A line of the sign-in log and its user's risk, read for one act.
struct SignInCase {
    SignInRecord record;
    risk::Target target;
    RiskChanges book;

    /// Whether a detection of this sign-in is in `state`.
    [[nodiscard]] bool has(RiskState state) const;
    [[nodiscard]] bool has_detections() const;
};
/// Errors: notFound; conflict when the name typed was nobody's, so that there is no risk to speak of; unavailable.
Result<SignInCase> open_sign_in_case(Ports& ports, const Admin& admin, SignInId sign_in);

/// What the act changed, the line of the log included; empty when it changed nothing. Errors: unavailable.
Result<std::vector<Change>> changes_of(Ports& ports, const Admin& admin, SignInCase& open);

}  // namespace portcullis::app
