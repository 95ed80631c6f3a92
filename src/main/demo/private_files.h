#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace portcullis::demo {

/// Writes a file in one step: it has the old content or the new, never half of it. `mode` as in chmod.
/// Errors: unavailable, naming the path.
Result<void> write_file(const std::string& path, std::string_view content, unsigned mode);

/// The content; nothing when there is no such file. Errors: unavailable.
Result<std::optional<std::string>> read_file(const std::string& path);

}  // namespace portcullis::demo
