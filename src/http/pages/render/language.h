#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace portcullis::pages {

/// Language tags of an Accept-Language value, most wanted first; `q=0` is left out. Reads at most the first 1000 bytes
/// and 32 entries, and skips what it cannot read. Source: RFC 9110 §12.5.4.
std::vector<std::string_view> accepted_languages(std::string_view header);

/// The first of `available` that `tag` (BCP 47) asks for, by its primary language: `de-CH` gets `de`. Empty when none.
std::string match_language(std::string_view tag, const std::vector<std::string>& available);

}  // namespace portcullis::pages
