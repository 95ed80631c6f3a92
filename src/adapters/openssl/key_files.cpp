#include "adapters/openssl/key_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "base/encoding.h"

namespace portcullis::openssl {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kFileMode   = 0400;
constexpr mode_t kFolderMode = 0700;
constexpr std::array kOwnKeys = {"pepper.key", "pairwise.key", "features.key"};

Error failed(std::string_view what, const std::string& path) {
    return {ErrorCode::unavailable, fmt::format("cannot {} `{}`: {}", what, path, std::generic_category().message(errno))};
}

bool exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

Result<void> sync_folder_of(const std::string& path) {
    const auto folder = fs::path(path).parent_path();
    const int fd      = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return failed("open the folder of", path);
    const bool is_durable = fsync(fd) == 0;
    close(fd);
    if (!is_durable) return failed("make durable", path);
    return {};
}

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

Result<Secret> read_key_file(const std::string& path) { return TRY(MasterKey::from_file(path)).bytes().copy(); }

Result<void> write_key_file(const std::string& path, const Secret& text) {
    const auto draft = path + ".new";
    unlink(draft.c_str());
    const int fd = open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kFileMode);
    if (fd < 0) return failed("make", draft);
    const bool is_written = write_all(fd, text.reveal()) && fsync(fd) == 0;
    close(fd);
    if (!is_written) {
        unlink(draft.c_str());
        return failed("write", draft);
    }
    // link, unlike rename, never takes the place of a key.
    const bool is_linked = link(draft.c_str(), path.c_str()) == 0;
    const int why        = errno;
    unlink(draft.c_str());
    if (!is_linked && why == EEXIST) return Error{ErrorCode::conflict, fmt::format("`{}` exists", path)};
    if (!is_linked) return failed("make", path);
    return sync_folder_of(path);
}

Result<void> move_key_file(const std::string& from, const std::string& to) {
    if (rename(from.c_str(), to.c_str()) != 0) return failed("rename", from);
    return sync_folder_of(to);
}

Result<std::vector<std::string>> make_missing_keys(const std::string& folder, const std::string& master, app::Random& random) {
    std::error_code error;
    fs::create_directories(fs::path(folder).parent_path(), error);
    if (mkdir(folder.c_str(), kFolderMode) != 0 && errno != EEXIST) return failed("make the folder", folder);

    std::vector<std::string> wanted;
    if (!master.empty()) wanted.push_back(master);
    for (const auto* name : kOwnKeys) wanted.push_back(folder + "/" + name);

    std::vector<std::string> made;
    for (const auto& path : wanted) {
        if (exists(path)) continue;
        TRY(write_key_file(path, new_master_key_text(random)));
        made.push_back(path);
    }
    return made;
}

Result<app::SecretKeys> load_secret_keys(const std::string& folder) {
    auto pepper   = TRY(read_key_file(folder + "/" + kOwnKeys[0]));
    auto pairwise = TRY(read_key_file(folder + "/" + kOwnKeys[1]));
    auto features = TRY(read_key_file(folder + "/" + kOwnKeys[2]));
    return app::SecretKeys{.pepper = std::move(pepper), .pairwise = std::move(pairwise), .features = std::move(features)};
}

Result<std::unique_ptr<FollowingSealer>> FollowingSealer::open(app::Random& random, MasterKeySources sources, Keyring::Source source) {
    std::unique_ptr<FollowingSealer> sealer(new FollowingSealer(random, std::move(sources), std::move(source)));
    const auto& variable = sealer->sources_.environment;
    if (!variable.empty()) {
        const auto key = TRY(MasterKey::from_environment(variable));
        sealer->from_environment_ = key.bytes().copy();
    }
    TRY(sealer->reload());
    return sealer;
}

Result<void> FollowingSealer::reload() {
    std::vector<MasterKey> masters;
    if (from_environment_.empty()) {
        masters.push_back(TRY(MasterKey::from_file(sources_.file)));
    } else {
        masters.push_back(TRY(MasterKey::from_text(Secret(hex(from_environment_.reveal())))));
    }
    if (exists(sources_.previous)) masters.push_back(TRY(MasterKey::from_file(sources_.previous)));
    auto id   = masters.front().id();
    auto ring = std::make_shared<Keyring>(random_, std::move(masters), source_);

    const std::lock_guard lock(mutex_);
    current_ = {std::move(ring), std::move(id)};
    return {};
}

std::shared_ptr<Keyring> FollowingSealer::keyring() const {
    const std::lock_guard lock(mutex_);
    return current_.keyring;
}

std::string FollowingSealer::master_key_id() const {
    const std::lock_guard lock(mutex_);
    return current_.master_id;
}

Result<std::shared_ptr<Keyring>> FollowingSealer::ring_for(TenantId tenant) {
    auto ring = keyring();
    if (ring->keys_of(tenant)) return ring;
    TRY(reload());
    ring = keyring();
    TRY(ring->keys_of(tenant));
    return ring;
}

Result<std::string> FollowingSealer::seal(const Secret& plain, const app::SealContext& where) {
    const auto ring = TRY(ring_for(where.tenant));
    return openssl::Sealer(*ring, random_).seal(plain, where);
}

Result<Secret> FollowingSealer::open(std::string_view sealed, const app::SealContext& where) {
    const auto ring = TRY(ring_for(where.tenant));
    // Another process has made a newer data key since the ring was read.
    const bool is_newer = app::sealed_key_version(sealed) > TRY(openssl::Sealer(*ring, random_).key_version(where.tenant));
    if (is_newer) ring->forget(where.tenant);
    return openssl::Sealer(*ring, random_).open(sealed, where);
}

Result<std::uint32_t> FollowingSealer::key_version(TenantId tenant) {
    const auto ring = TRY(ring_for(tenant));
    return openssl::Sealer(*ring, random_).key_version(tenant);
}

}  // namespace portcullis::openssl
