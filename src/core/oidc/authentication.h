#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "core/identity/session.h"
#include "core/terms/auth_terms.h"

/// `acr` and `amr` from what happened in a session (protocols.md §10, PROTO-200).
namespace portcullis::oidc {

/// The factors no older than a policy's sign-in frequency; without one, all (PROTO-200). A factor from the future is
/// dropped.
std::vector<identity::Factor> fresh_factors(std::span<const identity::Factor> factors,
                                            std::optional<Duration> frequency, Instant now);

/// The level these factors reach (table 10.1). A mailed code never makes a second factor (PROTO-526); a guest's, which came first,
/// makes two with something they have.
Acr acr_of(std::span<const identity::Factor> factors);

/// `idp` of tokens: `mail` for whom a mailed code let in, as Entra has it for guests; else nothing (PROTO-142).
std::string_view idp_of(std::span<const identity::Factor> factors);

/// Whether this proof makes MFA of a password; a mailed code does not.
bool makes_mfa(const identity::Factor& factor);
/// When these factors last made MFA; nothing when together they make none.
std::optional<Instant> mfa_of(std::span<const identity::Factor> factors);

/// What else took part in the decision.
enum class RiskEngine { absent, decided };
enum class LocationUse { absent, used };

/// `amr` values in the order they happened, without repeats (table 10.2, PROTO-201).
std::vector<std::string> amr_of(std::span<const identity::Factor> factors, RiskEngine risk = RiskEngine::absent,
                                LocationUse location = LocationUse::absent);

}  // namespace portcullis::oidc
