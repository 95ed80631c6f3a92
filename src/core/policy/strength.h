#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/enum_set.h"
#include "base/id.h"
#include "base/time.h"
#include "core/terms/auth_terms.h"
#include "core/terms/policy_terms.h"

/// Authentication strengths: which combinations of methods a policy takes. Source: credentials.md §7; the JSON form is in
/// wire/strength_json.h.
namespace portcullis::policy {

using MethodModes = EnumSet<MethodMode, std::uint16_t>;

/// Met by any one of its combinations, and of a combination every method must be proven.
struct AuthenticationStrength {
    StrengthId id;
    std::string display_name;
    std::string description;
    bool is_built_in          = false;  // cannot be changed
    Requirements requirements = Requirements::none;  // whether every combination is MFA
    std::vector<MethodModes> combinations;
    std::vector<std::string> aaguids;  // models of passkeys, lower case with hyphens; empty: any
    Instant created_at;
    std::optional<Instant> modified_at;

    bool operator==(const AuthenticationStrength&) const = default;
};

/// Well-known ids, as in Graph.
inline constexpr StrengthId kMultifactorStrength{0, 2}, kPasswordlessStrength{0, 3}, kPhishingResistantStrength{0, 4};
/// The built-in ones, weakest first.
std::span<const AuthenticationStrength> built_in_strengths();

/// One proof. `aaguid`: of a passkey whose maker is vouched for; empty: its model is not known.
struct Proven {
    AuthMethod method = AuthMethod::password;
    Instant at;
    std::string aaguid = {};
};

/// Whether these proofs form one of its combinations. A proof that has no place in any, such as a mailed code, counts for nothing.
bool is_met_by(const AuthenticationStrength& strength, std::span<const Proven> proofs);

/// Whether a combination is several factors (table of credentials.md §7).
bool is_multifactor(MethodModes combination);
/// Whether a combination is one of the table, in any column: nothing else can be asked of anybody.
bool is_known_combination(MethodModes combination);

}  // namespace portcullis::policy
