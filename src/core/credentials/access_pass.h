#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/identity/session.h"
#include "core/identity/tenant.h"
#include "core/identity/user.h"

/// Temporary access passes: what may be issued, when one works, and what rests on it (credentials.md §6.6; CRED-028, CRED-029).
namespace portcullis::credentials {

/// What an administrator asks for; what is left out is the tenant's default.
struct WantedPass {
    std::optional<Instant> starts_at = {};
    std::optional<Duration> lifetime = {};
    std::optional<bool> is_one_time  = {};
};
struct PassTerms {
    Instant starts_at;
    Instant ends_at;
    bool is_one_time = false;
};
/// The terms of a new pass, or everything that is wrong with what was asked for.
std::variant<PassTerms, std::vector<std::string>> decide_pass(const identity::AccessPassSettings& settings, const WantedPass& wanted, Instant now);

enum class PassStanding { usable, disabledByPolicy, notYetValid, expired, oneTimeUsed };
/// As Graph's `methodUsabilityReason` says it.
std::string_view to_string(PassStanding standing);

/// What decides about a pass beside itself.
struct PassFacts {
    const identity::AccessPassSettings& settings;
    bool is_allowed = false;  // the methods policy means its owner
    Instant now;
};
/// Whether the pass works now. One for several uses does not while the tenant has passes work once.
PassStanding standing_of(const identity::AccessPass& pass, const PassFacts& facts);

/// When what rests on these proofs ends at the latest: with the first pass among them. Nothing: no pass is.
std::optional<Instant> end_of(std::span<const identity::Factor> factors);

/// Wrong or right, from all places together that are not familiar to its owner: what many networks guess for the whole life of a pass
/// finds less than one in ten million of the shortest.
inline constexpr int kPassTriesElsewherePerHour = 60;

/// Who signed in with a one-time pass has this long to register something.
inline constexpr Duration kRegisterWithin = std::chrono::minutes{10};
/// Whether the MFA of `mfa_at` was a one-time pass.
bool is_by_one_time_pass(std::span<const identity::Factor> factors, std::optional<Instant> mfa_at);
/// Whether it is not too late to register on the strength of these proofs.
bool may_still_register(std::span<const identity::Factor> factors, std::optional<Instant> mfa_at, Instant now);

}  // namespace portcullis::credentials
