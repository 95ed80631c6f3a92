#pragma once

#include <cstdint>
#include <string>

#include "app/ports/digests.h"
#include "base/result.h"

namespace portcullis::breached {

/// What each line of the source is.
enum class SourceFormat {
    sha1,       ///< 40 hexadecimal digits, then nothing or `:` and a count, as the well-known downloads have it
    passwords,  ///< a password as it was typed, UTF-8
};

struct BuiltList {
    std::uint64_t entries = 0;  ///< different ones
    std::uint64_t lines   = 0;
    std::uint64_t left_out = 0;  ///< lines that no password can be: empty, or longer than 1024 bytes
    std::uint64_t bytes   = 0;  ///< of the file
};

/// Makes a list from a file of any size: keys are spooled to 256 files beside the target first, so that memory holds one part at
/// a time (about 25 bytes an entry of it). The target appears whole or not at all.
/// Errors: invalidRequest naming the first line that is not what the format says; unavailable when a file cannot be read or written.
Result<BuiltList> build_list(const std::string& source, SourceFormat format, const std::string& target, const app::Digests& digests);

}  // namespace portcullis::breached
