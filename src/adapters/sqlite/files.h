#pragma once

#include <string>

#include "base/result.h"

namespace portcullis::sqlite {

/// Makes an empty file with mode 0600 when there is none, and makes that durable. Errors: unavailable.
Result<void> make_private_file(const std::string& path);
/// A file of that name exists.
bool exists(const std::string& path);
/// Gives `from` the name `to`, durably, unless that is taken. Errors: conflict, unavailable.
Result<void> rename_to_new(const std::string& from, const std::string& to);
/// Removes a half-made copy and what SQLite put beside it.
void remove_database(const std::string& path);

}  // namespace portcullis::sqlite
