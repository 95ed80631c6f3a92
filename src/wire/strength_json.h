#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "core/policy/validate.h"

/// Authentication strengths as JSON. Source: Graph authenticationStrengthPolicy; credentials.md §7.
namespace portcullis::wire {

inline constexpr std::size_t kStrengthBytesMax = 64 * 1024;

/// A strength, unless a finding rejects it; and every finding at once.
struct ParsedStrength {
    std::optional<policy::AuthenticationStrength> strength;
    std::vector<policy::Finding> findings;
};

/// Reads a custom strength. What is not evaluated is refused, never ignored: a combination that is none of the table, one that
/// nobody here can give, options for certificates. `requirementsSatisfied` follows from the combinations; one that says otherwise
/// is refused. `id`, `createdDateTime` and `modifiedDateTime` are read if they are there.
ParsedStrength parse_strength(const json::object& document);
ParsedStrength parse_strength(std::string_view text);

/// The document of a strength, built-in or custom; `parse_strength` gives a custom one back.
json::object to_json(const policy::AuthenticationStrength& strength);

}  // namespace portcullis::wire
