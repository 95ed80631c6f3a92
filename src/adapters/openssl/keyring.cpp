#include "adapters/openssl/keyring.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "adapters/openssl/aes_gcm.h"
#include "adapters/openssl/digests.h"
#include "base/assert.h"
#include "base/encoding.h"

namespace portcullis::openssl {
namespace {

constexpr std::size_t kKeyFileBytesMax = 1024;
/// Open key rings kept in memory; above it all are dropped and opened again on use.
constexpr std::size_t kOpenTenantsMax = 10'000;

Error refused(std::string why) { return {ErrorCode::invalidRequest, std::move(why)}; }

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const auto from                   = text.find_first_not_of(kSpace);
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(kSpace) - from + 1);
}

/// INVARIANT: unambiguous, because the lengths of all parts but the last are fixed.
std::string wrap_context(TenantId tenant, std::uint32_t version, std::string_view master_id) {
    return fmt::format("portcullis data key|{}|{:08x}|{}", to_string(tenant), version, master_id);
}

struct OpenFile {
    int fd;
    ~OpenFile() {
        if (fd >= 0) close(fd);
    }
};

Result<Secret> read_all(int fd, const std::string& path) {
    std::string text(kKeyFileBytesMax + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const auto got = read(fd, text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return refused(fmt::format("cannot read master key file `{}`", path));
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    Secret whole(std::move(text));
    if (size > kKeyFileBytesMax) return refused(fmt::format("master key file `{}` is too long", path));
    return Secret(std::string(whole.reveal().substr(0, size)));
}

}  // namespace

MasterKey::MasterKey(Secret bytes)
    : id_(hex(Digests().hmac_sha256(bytes.reveal(), "portcullis master key id").substr(0, 8))), bytes_(std::move(bytes)) {}

Result<MasterKey> MasterKey::from_text(const Secret& text) {
    const auto spelled = trimmed(text.reveal());
    auto bytes         = spelled.size() == 2 * kAesKeyBytes ? parse_hex(spelled) : parse_base64(spelled);
    if (!bytes || bytes->size() != kAesKeyBytes) return refused("a master key is 32 bytes as base64 or hexadecimal text");
    return MasterKey(Secret(std::move(*bytes)));
}

Result<MasterKey> MasterKey::from_file(const std::string& path) {
    const OpenFile file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (file.fd < 0) return refused(fmt::format("cannot open master key file `{}`", path));
    struct stat status {};
    if (fstat(file.fd, &status) != 0 || !S_ISREG(status.st_mode)) return refused(fmt::format("master key `{}` is not a file", path));
    if (status.st_uid != geteuid() && status.st_uid != 0) return refused(fmt::format("master key file `{}` belongs to another user", path));
    if (status.st_mode & (S_IRWXG | S_IRWXO)) {
        return refused(fmt::format("master key file `{}` can be read by others; its mode must be 0400", path));
    }
    return from_text(TRY(read_all(file.fd, path)));
}

Result<MasterKey> MasterKey::from_environment(const std::string& name) {
    auto* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): before the first thread
    if (!value) return refused(fmt::format("environment variable `{}` is not set", name));
    const Secret text{std::string(value)};
    wipe(value, text.size());
    unsetenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
    return from_text(text);
}

Secret new_master_key_text(app::Random& random) {
    const Secret bytes(random.bytes(kAesKeyBytes));
    return Secret(base64(bytes.reveal()) + "\n");
}

Keyring::Keyring(app::Random& random, std::vector<MasterKey> masters, Source source)
    : random_(random), masters_(std::move(masters)), source_(std::move(source)) {
    PORTCULLIS_ASSERT(!masters_.empty());
}

Result<app::WrappedDataKey> Keyring::new_data_key(TenantId tenant, std::uint32_t version) const {
    if (version == 0) return refused("data key versions count from 1");
    return wrap(Secret(random_.bytes(kAesKeyBytes)), tenant, version);
}

Result<app::WrappedDataKey> Keyring::wrap(const Secret& data_key, TenantId tenant, std::uint32_t version) const {
    const auto& master = masters_.front();
    const auto context = wrap_context(tenant, version, master.id());
    return app::WrappedDataKey{.tenant        = tenant,
                               .version       = version,
                               .master_key_id = master.id(),
                               .bytes         = gcm_encrypt(master.bytes(), data_key.reveal(), context, random_)};
}

Result<Secret> Keyring::unwrap(const app::WrappedDataKey& key) const {
    const auto master = std::ranges::find(masters_, key.master_key_id, &MasterKey::id);
    if (master == masters_.end()) {
        return Error{ErrorCode::unavailable, fmt::format("master key `{}` is not configured", key.master_key_id)};
    }
    auto opened = gcm_decrypt(master->bytes(), key.bytes, wrap_context(key.tenant, key.version, key.master_key_id));
    if (!opened || opened->size() != kAesKeyBytes) {
        return refused(fmt::format("data key {} of tenant {} does not open", key.version, to_string(key.tenant)));
    }
    return std::move(*opened);
}

Result<app::WrappedDataKey> Keyring::rewrap(const app::WrappedDataKey& key) const {
    return wrap(TRY(unwrap(key)), key.tenant, key.version);
}

bool Keyring::needs_rewrap(const app::WrappedDataKey& key) const { return key.master_key_id != masters_.front().id(); }

Result<std::shared_ptr<const Keyring::DataKeys>> Keyring::keys_of(TenantId tenant) {
    std::uint64_t forgotten = 0;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = open_.find(tenant); found != open_.end()) return found->second;
        forgotten = forgotten_;
    }
    const auto wrapped = TRY(source_(tenant));
    auto keys          = std::make_shared<DataKeys>();
    for (const auto& key : wrapped) {
        if (key.tenant != tenant) return Error{ErrorCode::unavailable, "the store gave a data key of another tenant"};
        auto opened = unwrap(key);
        if (!opened) return Error{ErrorCode::unavailable, opened.error().message};
        keys->emplace(key.version, std::move(opened).value());
    }
    if (keys->empty()) return Error{ErrorCode::unavailable, fmt::format("tenant {} has no data key", to_string(tenant))};

    const std::lock_guard lock(mutex_);
    // What was read before a `forget` may be what was to be forgotten: it serves this call and is not kept.
    if (forgotten != forgotten_) return std::shared_ptr<const DataKeys>(std::move(keys));
    if (open_.size() >= kOpenTenantsMax) open_.clear();
    open_[tenant] = keys;
    return std::shared_ptr<const DataKeys>(std::move(keys));
}

void Keyring::forget(TenantId tenant) {
    const std::lock_guard lock(mutex_);
    open_.erase(tenant);
    ++forgotten_;
}

}  // namespace portcullis::openssl
