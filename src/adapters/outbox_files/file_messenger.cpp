#include "adapters/outbox_files/file_messenger.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

#include "base/json.h"

namespace portcullis::outbox_files {
namespace {

Error failed(const std::string& path) {
    return {ErrorCode::unavailable, fmt::format("cannot write the message `{}`: {}", path, std::generic_category().message(errno))};
}

bool write_file(const std::string& path, std::string_view bytes) {
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return false;
    bool is_written = true;
    while (is_written && !bytes.empty()) {
        const auto written = write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        is_written = written > 0;
        if (is_written) bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    is_written = is_written && fsync(fd) == 0;
    close(fd);
    return is_written;
}

}  // namespace

Result<void> FileMessenger::send(const app::Letter& letter) {
    const auto& message = letter.message;
    if (mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) return failed(folder_);
    const json::object document{{"id", to_string(message.id)}, {"to", message.to},     {"channel", message.channel},
                                {"subject", message.subject},  {"text", message.text}, {"html", message.html},
                                {"at", to_rfc3339(letter.queued_at)}};
    const auto path  = fmt::format("{}/{}.json", folder_, to_string(message.id));
    const auto draft = path + ".new";
    if (!write_file(draft, json::to_text(document) + "\n") || std::rename(draft.c_str(), path.c_str()) != 0) return failed(path);
    return {};
}

}  // namespace portcullis::outbox_files
