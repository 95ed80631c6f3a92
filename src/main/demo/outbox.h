#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace portcullis::demo {

/// A message as it lies in the outbox.
struct Mail {
    std::string to, channel, subject, text;
    Instant at;
};

/// The newest messages of the directory, newest first; files of another form are passed over. Errors: unavailable.
Result<std::vector<Mail>> read_outbox(const std::string& directory, std::size_t most = 200);

}  // namespace portcullis::demo
