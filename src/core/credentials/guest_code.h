#pragma once

#include <limits>

#include "core/credentials/lockout.h"
#include "core/credentials/methods_policy.h"
#include "core/identity/user.h"

/// Guests sign in with a code by mail (credentials.md §6.4, protocols.md §17, CRED-022). It is one factor and never a second one
/// (PROTO-526).
namespace portcullis::credentials {

inline constexpr int kGuestCodeDigits        = 8;
inline constexpr Duration kGuestCodeLives    = std::chrono::minutes{30};
inline constexpr Duration kGuestSessionLives = std::chrono::hours{24};  // what rests on a code ends then
inline constexpr Duration kGuestResendAfter  = std::chrono::seconds{30};
inline constexpr int kGuestMailsPerHour      = 5;   // of familiar places, and of each other network
inline constexpr int kGuestMailsElsewherePerHour = 15;  // of all networks that are not familiar
/// Five wrong codes, then 15 min, doubling. Never for good: every code is a new secret, which a stranger's tries say nothing of, and
/// a guest has no other way in.
inline constexpr LockoutRules kGuestCodePause{.threshold  = kFactorPause.threshold,
                                              .first_lock = kFactorPause.first_lock,
                                              .lock_max   = kFactorPause.lock_max,
                                              .relock     = kFactorPause.relock,
                                              .ceiling    = std::numeric_limits<int>::max()};

/// What decides whether somebody signs in with a mailed code.
struct GuestFacts {
    const identity::User& user;
    bool has_password = false;
    std::span<const GroupId> groups;
    const CompiledMethods& policy;
};
/// Guests do who have no password, as far as the methods policy lets them. Where a guest's account lives elsewhere that place
/// would vouch for them; no such account exists here yet.
bool signs_in_by_mail(const GuestFacts& facts);

}  // namespace portcullis::credentials
