#include "adapters/sqlite/files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "adapters/sql/errors.h"

namespace portcullis::sqlite {
namespace {

Error failed(const char* what, const std::string& path) {
    return sql::unavailable(std::string("cannot ") + what + " `" + path + "`: " + std::generic_category().message(errno));
}

/// A new name is durable only once its folder is.
Result<void> sync_folder_of(const std::string& path) {
    auto folder = std::filesystem::path(path).parent_path().string();
    if (folder.empty()) folder = ".";
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return failed("open folder", folder);
    const int rc = ::fsync(fd);
    ::close(fd);
    if (rc != 0) return failed("sync folder", folder);
    return {};
}

}  // namespace

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

Result<void> make_private_file(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST) return {};
    if (fd < 0) return failed("make", path);
    ::close(fd);
    return sync_folder_of(path);
}

Result<void> rename_to_new(const std::string& from, const std::string& to) {
    int rc = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
    // A file system without RENAME_NOREPLACE: look, then rename.
    if (rc != 0 && errno == EINVAL && !exists(to)) rc = ::rename(from.c_str(), to.c_str());
    if (rc != 0 && (errno == EEXIST || exists(to))) return Error{ErrorCode::conflict, "`" + to + "` exists already"};
    if (rc != 0) return failed("rename to", to);
    return sync_folder_of(to);
}

void remove_database(const std::string& path) {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) ::unlink((path + suffix).c_str());
}

}  // namespace portcullis::sqlite
