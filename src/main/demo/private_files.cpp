#include "main/demo/private_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

namespace portcullis::demo {
namespace {

Error cannot(std::string_view what, const std::string& path) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc's is safe
    return {ErrorCode::unavailable, fmt::format("cannot {} `{}`: {}", what, path, std::strerror(errno))};
}

bool write_all(int file, std::string_view content) {
    while (!content.empty()) {
        const auto written = ::write(file, content.data(), content.size());
        if (written <= 0) return false;
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

Result<void> write_file(const std::string& path, std::string_view content, unsigned mode) {
    const auto fresh = path + ".new";
    ::unlink(fresh.c_str());
    const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0) return cannot("create", fresh);
    const bool is_written = write_all(file, content) && ::fchmod(file, mode) == 0 && ::fsync(file) == 0;
    if (::close(file) != 0 || !is_written) return cannot("write", fresh);
    if (std::rename(fresh.c_str(), path.c_str()) != 0) return cannot("replace", path);
    return {};
}

Result<std::optional<std::string>> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file && ::access(path.c_str(), F_OK) == 0) return cannot("read", path);
    if (!file) return std::optional<std::string>();
    return std::optional(std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace portcullis::demo
