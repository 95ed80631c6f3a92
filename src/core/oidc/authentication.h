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

/// One proof and when it was given.
struct ProvenFactor {
    AuthMethod method = AuthMethod::password;
    Instant at;
    friend bool operator==(const ProvenFactor&, const ProvenFactor&) = default;
};

/// A session's or grant's factors in these words.
std::vector<ProvenFactor> proven(std::span<const identity::Factor> factors);

/// The factors no older than a policy's sign-in frequency; without one, all (PROTO-200). A factor from the future is dropped.
std::vector<ProvenFactor> fresh_factors(std::span<const ProvenFactor> factors, std::optional<Duration> frequency,
                                        Instant now);

/// The level these factors reach (table 10.1). A mailed code never makes a second factor (PROTO-526).
Acr acr_of(std::span<const ProvenFactor> factors);

/// What else took part in the decision.
enum class RiskEngine { absent, decided };
enum class LocationUse { absent, used };

/// `amr` values in the order they happened, without repeats (table 10.2, PROTO-201).
std::vector<std::string> amr_of(std::span<const ProvenFactor> factors, RiskEngine risk = RiskEngine::absent,
                                LocationUse location = LocationUse::absent);

}  // namespace portcullis::oidc
