#pragma once

#include <array>
#include <atomic>
#include <mutex>
#include <variant>

#include "app/guess_guard.h"
#include "app/ports/all.h"
#include "app/request_facts.h"

namespace portcullis::app {

/// The password is right and the account may be assessed. Only VerifyPassword makes one.
struct PasswordAccepted {
    Account account;
    std::string rehashed;  // the same password under better parameters; empty: not needed
    signals::PasswordWatch watch;
};

enum class PasswordRefusal {
    wrong,     // also: nobody has this name, no password, a temporary one that is over (50126)
    locked,    // right or wrong was not looked at (50053)
    disabled,  // the password is right, the account is not enabled (50057)
    stopped,   // this address or network fails at many accounts; right or wrong was not looked at (50053, PROTO-806)
};

struct PasswordRefused {
    PasswordRefusal because = PasswordRefusal::wrong;
    std::optional<identity::User> user;  // for the log only
};

using PasswordOutcome = std::variant<PasswordAccepted, PasswordRefused>;

/// The first factor. Names nobody has, wrong passwords and locked accounts take the same path and the same time
/// (PROTO-803, PROTO-804), with smart lockout per account and familiar or unfamiliar place (conditional-access.md §18). Whoever fails at many accounts
/// is stopped, but not the owner on a device that is known to be theirs (PROTO-806).
/// Guesses at one account are looked at one after the other, so the count is exact however many arrive at once.
class VerifyPassword {
public:
    explicit VerifyPassword(Ports& ports) : ports_(ports), guesses_(ports.random) {}

    /// Errors: tooManyRequests when too many attempts at one account wait; unavailable.
    Result<PasswordOutcome> operator()(const TenantSnapshot& tenant, std::string_view typed_name, const Secret& typed_password,
                                       const RequestFacts& facts);
    /// The same of somebody who is signed in and is asked for their current password: every door has the one budget.
    Result<PasswordOutcome> current(const TenantSnapshot& tenant, const Account& account, const Secret& typed_password, const RequestFacts& facts);
    /// Clears every lock of a user: after a reset, or by an administrator.
    Result<void> unlock(TenantId tenant, UserId user);
    /// Opens what only recovery opens, and leaves running locks (CA-072): the owner proved who they are and keeps the password.
    Result<void> lift_ceiling(TenantId tenant, UserId user, Instant now);

private:
    /// Attempts at one account, one at a time.
    struct Turnstile {
        std::mutex busy;
        std::atomic<int> waiting{0};
    };

    Result<PasswordOutcome> in_turn(const TenantSnapshot& tenant, const std::optional<Account>& account, const std::string& subject,
                                    const Secret& password, const RequestFacts& facts);
    Result<PasswordOutcome> attempt(const TenantSnapshot& tenant, const std::optional<Account>& account, std::string_view subject,
                                    const Secret& password, const RequestFacts& facts);
    Result<Verified> verify(const std::optional<Account>& account, const Secret& password, Instant now);
    /// What is counted by account; `where` tells which of its two counters.
    Result<PasswordOutcome> count(const TenantSnapshot& tenant, const std::optional<Account>& account, std::string_view subject,
                                  const Secret& typed, const Whereabouts& where, Instant now);

    Ports& ports_;
    GuessGuard guesses_;
    std::array<Turnstile, 1024> turnstiles_;
};

}  // namespace portcullis::app
