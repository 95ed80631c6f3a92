#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/signals/familiarity.h"
#include "core/signals/population.h"

/// Profiles and population shares as bytes: versioned, little-endian, bounded.
namespace portcullis::wire {

/// No profile is larger than this when stored (risk-science.md §2.3).
inline constexpr std::size_t kProfileBytesMax = 1024;

/// The profile as bytes, for one blob column.
std::string encode_profile(const signals::FamiliarityProfile& profile);
/// Errors: unavailable when the bytes are not a profile of a version we know, whole and with nothing after it.
Result<signals::FamiliarityProfile> decode_profile(std::string_view bytes);

std::string encode_shares(const signals::PopulationShares& shares);
Result<signals::PopulationShares> decode_shares(std::string_view bytes);

}  // namespace portcullis::wire
