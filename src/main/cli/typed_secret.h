#pragma once

#include "base/secret.h"
#include "main/commands.h"

namespace portcullis::program {

/// One line of standard input without its line break; everything else in it belongs to what was typed. At a terminal it is asked for by its
/// name and not shown. Errors: invalidRequest when there is none, or more than 1024 bytes.
Result<Secret> typed_secret(CommandContext& context, std::string_view what);

}  // namespace portcullis::program
