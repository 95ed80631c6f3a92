#pragma once

#include <string>

#include <sqlite3.h>

#include "base/result.h"

namespace portcullis::sqlite {

/// Copies what `source` sees to a new file `path`: under another name first, checked, then renamed.
/// Errors: conflict when `path` exists; unavailable.
Result<void> copy_to_new(sqlite3* source, const std::string& path);

}  // namespace portcullis::sqlite
