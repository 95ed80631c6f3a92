#pragma once

#include <string_view>

namespace portcullis::pages {

/// A template or catalogue of the program is wrong: says which and why, and stops the process.
[[noreturn]] void broken(std::string_view file, std::string_view why);

}  // namespace portcullis::pages
