#pragma once

#include <optional>
#include <string_view>

#include "app/ports/network_intelligence.h"

namespace portcullis::geo {

/// Where a country is, roughly: its middle, and as accuracy the radius of a circle of its area (risk-science.md §4.3). For
/// installations without city data; nothing for a code we do not know.
std::optional<app::Place> country_place(std::string_view code);

}  // namespace portcullis::geo
