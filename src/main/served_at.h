#pragma once

#include <optional>
#include <string>

#include "main/config.h"

/// Where a server is reached, told to the commands on its directory (`--data DIR`): links in what they mail lead there.
namespace portcullis::program {

/// A server leaves its base URL in `base-url` (mode 0600) of the directory that `--data` would name; one whose store and keys do not
/// lie as `config_of_directory` has them is run with `--config` alone and leaves nothing. Errors: unavailable.
Result<void> leave_base_url(const Config& config);

/// What the last server on the directory left; nothing when none did. Errors: invalidRequest when it is no origin; unavailable.
Result<std::optional<std::string>> left_base_url(const std::string& directory);

}  // namespace portcullis::program
