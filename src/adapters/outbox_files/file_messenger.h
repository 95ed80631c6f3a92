#pragma once

#include <string>

#include "app/ports/outbox.h"

namespace portcullis::outbox_files {

/// Writes every message as `<message id>.json` into a folder: `{"id", "to", "channel", "subject", "text", "html", "at"}`, mode 0600.
/// Names sort by time. A message sent twice is the same file, so delivery may be repeated.
class FileMessenger : public app::Messenger {
public:
    /// The folder is made, with mode 0700, when it is missing.
    explicit FileMessenger(std::string folder) : folder_(std::move(folder)) {}
    Result<void> send(const app::Letter& letter) override;

private:
    const std::string folder_;
};

}  // namespace portcullis::outbox_files
