#pragma once

#include <optional>
#include <string_view>

#include "app/ports/all.h"

namespace portcullis::app {

/// A session that still holds, with its account as it is now.
struct LiveSession {
    identity::Session session;
    Account account;
    bool has_external_method = false;  // an external method is open to them, whether or not any other is registered
};

/// Why a session or what was issued from it no longer holds.
enum class Void { no, ended, idle, expired, revoked, passwordChanged, userDisabled, userGone };

/// Whether a session of this account holds at `now`: its own state and times, the account's, and what was revoked since
/// (conditional-access.md §15.3).
Void session_void(const identity::Session& session, const Account& account, const identity::Lifetimes& lifetimes, Instant now);

/// Whether the method that gave this proof was taken away from the person since.
bool is_gone(const identity::Factor& factor, const Account& account);

/// The session with what still proves something: without the MFA that was revoked since (credentials.md §14), without proofs by a
/// method that was taken away since, and with the MFA that counts (external_methods.h), so that the next policy that wants MFA asks.
identity::Session still_proven(const TenantSnapshot& tenant, identity::Session session, const Account& account);

/// The live session a cookie refers to; nothing when there is none or it no longer holds. Errors: unavailable.
Result<std::optional<LiveSession>> find_live_session(Ports& ports, const TenantSnapshot& tenant, SessionReference kind,
                                                     std::string_view reference, Instant now);

}  // namespace portcullis::app
