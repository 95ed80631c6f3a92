#include "login/device_key.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "base/encoding.h"

namespace portcullis::login {
namespace {

constexpr std::size_t kKeyBytes = 32;

/// Closes what it holds.
class File {
public:
    File(const std::string& path, int flags) : fd_(open(path.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR)), error_(fd_ < 0 ? errno : 0) {}
    ~File() {
        if (fd_ >= 0) close(fd_);
    }
    File(const File&)            = delete;
    File& operator=(const File&) = delete;

    [[nodiscard]] bool is_open() const { return fd_ >= 0; }
    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] int error() const { return error_; }

private:
    int fd_, error_;
};

std::string default_file() {
    if (geteuid() == 0) return "/var/lib/portcullis-login/device-key";
    // NOLINTBEGIN(concurrency-mt-unsafe): the program has one thread
    if (const auto* state = std::getenv("XDG_STATE_HOME"); state && *state) return std::string(state) + "/portcullis-login/device-key";
    if (const auto* home = std::getenv("HOME"); home && *home) return std::string(home) + "/.local/state/portcullis-login/device-key";
    // NOLINTEND(concurrency-mt-unsafe)
    return {};
}

/// Errors: invalidRequest.
Result<Secret> read_key(const File& file, const std::string& path) {
    const auto wrong = [&](std::string_view what) { return Error{ErrorCode::invalidRequest, fmt::format("`{}` {}", path, what)}; };
    struct stat facts{};
    if (fstat(file.fd(), &facts) != 0 || !S_ISREG(facts.st_mode)) return wrong("is no file");
    if (facts.st_uid != geteuid() || (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) return wrong("is not kept from others");
    std::array<char, 128> bytes{};
    const auto size = read(file.fd(), bytes.data(), bytes.size());
    std::string key(bytes.data(), size < 0 ? 0 : static_cast<std::size_t>(size));
    while (!key.empty() && key.back() == '\n') key.pop_back();
    const auto raw = parse_base64url(key);
    if (!raw || raw->size() != kKeyBytes) return wrong("holds no key");
    return Secret(std::move(key));
}

/// Errors: unavailable.
Result<Secret> make_key(const std::string& path) {
    const auto failed = [&](int error) { return Error{ErrorCode::unavailable, fmt::format("`{}` cannot be written: {}", path, std::generic_category().message(error))}; };
    std::string raw(kKeyBytes, '\0');
    if (getrandom(raw.data(), raw.size(), 0) != static_cast<ssize_t>(raw.size())) return failed(errno);
    auto key        = base64url(raw);
    const auto line = key + "\n";
    // Under a name of its own first, so that of two at once nobody reads half a key; the first one stays.
    const auto draft = fmt::format("{}.{}", path, getpid());
    const File file(draft, O_WRONLY | O_CREAT | O_EXCL);
    if (!file.is_open()) return failed(file.error());
    const bool is_written = write(file.fd(), line.data(), line.size()) == static_cast<ssize_t>(line.size()) && fsync(file.fd()) == 0;
    const bool is_placed  = is_written && link(draft.c_str(), path.c_str()) == 0;
    const int error       = errno;
    unlink(draft.c_str());
    if (!is_placed && error != EEXIST) return failed(error);
    if (is_placed) return Secret(std::move(key));
    const File faster(path, O_RDONLY);
    return faster.is_open() ? read_key(faster, path) : failed(faster.error());
}

}  // namespace

Result<Secret> device_key(const std::string& file) {
    const auto path = file.empty() ? default_file() : file;
    if (path.empty()) return Error{ErrorCode::unavailable, "there is no place for the key of this machine"};
    const File known(path, O_RDONLY);
    if (known.is_open()) return read_key(known, path);
    if (known.error() != ENOENT) return Error{ErrorCode::invalidRequest, fmt::format("`{}` cannot be read", path)};
    std::error_code ignored;  // what is wrong shows when the file is made
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
    return make_key(path);
}

std::string host_name() {
    std::array<char, 256> name{};
    if (gethostname(name.data(), name.size() - 1) != 0) return {};
    return name.data();
}

}  // namespace portcullis::login
