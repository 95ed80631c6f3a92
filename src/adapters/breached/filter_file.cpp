#include "adapters/breached/filter_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace portcullis::breached {

Result<MappedFile> MappedFile::open(const std::string& path) {
    const auto failed = [&](std::string_view why) { return Error{ErrorCode::unavailable, fmt::format("cannot use `{}`: {}", path, why)}; };
    const int file    = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return failed(std::strerror(errno));  // NOLINT(concurrency-mt-unsafe): glibc's is safe
    struct stat status {};
    const bool is_file = fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0;
    const auto size    = is_file ? static_cast<std::size_t>(status.st_size) : 0;
    void* bytes        = is_file ? mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0) : MAP_FAILED;
    ::close(file);
    if (!is_file) return failed("it is empty, or no file");
    if (bytes == MAP_FAILED) return failed("it cannot be mapped");
    return MappedFile(std::string_view(static_cast<const char*>(bytes), size));
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile::~MappedFile() {
    if (!bytes_.empty()) munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

Result<std::unique_ptr<FilterFile>> FilterFile::open(const std::string& path, const app::Digests& digests) {
    auto file   = TRY(MappedFile::open(path));
    auto filter = credentials::BreachFilter::over(file.bytes());
    if (!filter) return Error{filter.error().code, fmt::format("`{}`: {}", path, filter.error().message)};
    return std::unique_ptr<FilterFile>(new FilterFile(std::move(file), std::move(filter).value(), digests));
}

bool FilterFile::contains(const Secret& password) const {
    const auto key = credentials::breach_key(digests_.sha1(password.reveal()));
    return key && filter_.may_contain(*key);
}

Result<void> FilterFile::verify() const {
    if (digests_.sha256(filter_.body()) == filter_.sha256()) return {};
    return Error{ErrorCode::invalidRequest, "the file is not what was written: build it again"};
}

}  // namespace portcullis::breached
