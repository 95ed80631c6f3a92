#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/time.h"

/// Smart lockout (conditional-access.md §18) and the pauses of second factors (PROTO-523), as one small state machine.
///
/// One state is kept per key. Passwords: (user, familiar yes or no). Second factors: (user, method).
/// Unknown users run the same functions on a decoy state, so that timing and text are equal.
///
/// To be exact under parallel guesses, charge first and forgive afterwards: in one atomic update of the stored state
/// ask `standing`, then store `on_failure(...).state`; verify the secret only then; on success store `on_success()`.
namespace portcullis::credentials {

/// When a lock follows a failure after an earlier lock has run out.
enum class Relock : std::uint8_t { firstFailure, threshold };

struct LockoutRules {
    int threshold       = 10;
    Duration first_lock = std::chrono::seconds{60};
    Duration lock_max   = std::chrono::hours{5};
    Relock relock       = Relock::firstFailure;
    int ceiling         = 100;  ///< failures in a row that disable the secret until recovery (NIST SP 800-63B §3.2.2)
};

/// Passwords: 10 failures, 60 s doubling to 5 h, at once again after a lock.
inline constexpr LockoutRules kPasswordLockout{};
/// Codes of a second factor: 5 wrong, then that factor pauses for 15 min, doubling (protocols.md §17).
inline constexpr LockoutRules kFactorPause{.threshold  = 5,
                                           .first_lock = std::chrono::minutes{15},
                                           .lock_max   = std::chrono::hours{5},
                                           .relock     = Relock::threshold};
/// Wrong codes in a row at which the owner is told (credentials.md §13).
inline constexpr std::uint32_t kFactorAlertFailures = 30;

/// First 128 bits of HMAC-SHA-256(per-user key, pepper ‖ password): recognises a repeated wrong password, reveals
/// nothing.
using AttemptMark = std::array<std::uint8_t, 16>;
/// The mark of a keyed hash; nothing when the hash is shorter than 16 bytes.
std::optional<AttemptMark> mark_of(std::string_view keyed_hash);

struct LockoutState {
    std::uint32_t failures        = 0;  ///< since the last success, unlock or lock
    std::uint32_t failures_in_row = 0;  ///< since the last success or unlock; against the ceiling
    std::uint32_t locks           = 0;  ///< since the last success or unlock
    Instant locked_until{};
    std::array<std::optional<AttemptMark>, 3> recent{};  ///< last wrong passwords, newest first
    friend bool operator==(const LockoutState&, const LockoutState&) = default;
};

struct Open {
    friend bool operator==(const Open&, const Open&) = default;
};
struct Locked {
    Instant until;
    friend bool operator==(const Locked&, const Locked&) = default;
};
/// The ceiling was reached: only recovery or an administrator opens this again.
struct Disabled {
    friend bool operator==(const Disabled&, const Disabled&) = default;
};
using Standing = std::variant<Open, Locked, Disabled>;

/// Whether an attempt may be looked at now. Unless `Open`, refuse with 50053 whatever the secret, right or wrong.
Standing standing(const LockoutState& state, const LockoutRules& rules, Instant now);

enum class FailureEffect : std::uint8_t { repeated, counted, locked, disabled };
struct CountedFailure {
    LockoutState state;
    FailureEffect effect = FailureEffect::counted;
};
/// A failed attempt and its circumstances.
struct FailedAttempt {
    Instant now;
    std::optional<AttemptMark> mark{};  ///< absent for second factors: every wrong code counts
    double jitter = 0;                  ///< random in −1…+1; the lock is up to 10 % shorter or longer
};
/// The state after a failure. The same wrong password as one of the last three neither counts nor extends (§18). During
/// a lock a failure counts against the ceiling but does not make the lock longer.
CountedFailure on_failure(const LockoutState& state, const LockoutRules& rules, const FailedAttempt& attempt);

/// The state after a success, after a reset by the user who forgot the password, or an administrator's reset or unlock.
inline LockoutState on_success() { return {}; }

/// The state after its owner, who knows the password, proved who they are: what only recovery opens is open again, a running
/// lock stays (credentials.md §9.6, CA-072).
LockoutState on_recovery(const LockoutState& state);

/// 60 s × 2^(n−1), jittered, at most `lock_max`; `lock` counts from 1.
Duration lock_duration(const LockoutRules& rules, std::uint32_t lock, double jitter);

/// One line for one row of a store, at most 160 characters.
std::string to_text(const LockoutState& state);
/// Nothing when the text is not what to_text writes; whoever reads it must then refuse the attempt.
std::optional<LockoutState> parse_lockout(std::string_view text);

}  // namespace portcullis::credentials
