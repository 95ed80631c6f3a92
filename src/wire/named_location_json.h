#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "core/policy/validate.h"

/// Named locations as JSON. Source: graph-api.md §2.8 (Graph ipNamedLocation, countryNamedLocation),
/// conditional-access.md §8.
namespace portcullis::wire {

inline constexpr std::size_t kNamedLocationBytesMax = 512 * 1024;

/// A location, unless a finding rejects it; and every finding at once.
struct ParsedNamedLocation {
    std::optional<policy::NamedLocation> location;
    std::vector<policy::Finding> findings;
};

/// Reads a named location. `@odata.type` is mandatory, its leading `#` optional. As with policies, what is not
/// evaluated is refused, and `id`, `createdDateTime` and `modifiedDateTime` are read if they are there.
ParsedNamedLocation parse_named_location(const json::object& document);
ParsedNamedLocation parse_named_location(std::string_view text);

/// The document of a location; `parse_named_location` gives the same location back.
json::object to_json(const policy::NamedLocation& location);

}  // namespace portcullis::wire
