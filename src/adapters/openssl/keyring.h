#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/openssl/evp.h"
#include "app/ports/random.h"
#include "app/ports/sealer.h"

namespace portcullis::openssl {

/// The key that opens the data keys. It never is in the database (PROTO-831), and a backup is useless without it (PROTO-836).
class MasterKey {
public:
    /// From 32 bytes as base64 or hexadecimal text; white space around it is ignored. Errors: invalidRequest.
    static Result<MasterKey> from_text(const Secret& text);
    /// From a file of that text: a configured path, or a systemd credential. Errors: invalidRequest when it cannot be read, is not
    /// a regular file, belongs to another user than us or root, or may be read by group or others.
    static Result<MasterKey> from_file(const std::string& path);
    /// From the environment variable `name`, which is then removed from this process's environment.
    static Result<MasterKey> from_environment(const std::string& name);

    /// 16 hexadecimal characters derived from the key, so that two keys cannot be mistaken for one another.
    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] const Secret& bytes() const { return bytes_; }

private:
    explicit MasterKey(Secret bytes);
    std::string id_;
    Secret bytes_;
};

/// The text of a new master key, to be written to a file of mode 0400.
Secret new_master_key_text(app::Random& random);

/// The data keys of tenants, opened on first use by the master keys this process knows. Safe to call from many threads.
class Keyring {
public:
    /// The wrapped keys of one tenant, from the store.
    using Source = std::function<Result<std::vector<app::WrappedDataKey>>(TenantId)>;
    /// A tenant's open data keys by version.
    using DataKeys = std::map<std::uint32_t, Secret>;

    /// `masters` is not empty; the first wraps new keys, the others (the one before, during a rotation) only open.
    /// `random` must outlive the keyring.
    Keyring(app::Random& random, std::vector<MasterKey> masters, Source source);

    /// A new random data key under the current master key. The caller stores it, then calls `forget`.
    Result<app::WrappedDataKey> new_data_key(TenantId tenant, std::uint32_t version) const;
    /// The same data key under the current master key: one step of `rotate-master`. Errors: unavailable when its master key is not
    /// known here; invalidRequest when it does not open.
    Result<app::WrappedDataKey> rewrap(const app::WrappedDataKey& key) const;
    /// Whether `key` waits for `rewrap`.
    [[nodiscard]] bool needs_rewrap(const app::WrappedDataKey& key) const;

    /// The tenant's data keys; from memory when they were asked for before. Errors: unavailable when there are none, or one does not
    /// open (nothing is sealed under half a key ring).
    Result<std::shared_ptr<const DataKeys>> keys_of(TenantId tenant);
    /// Drops what is remembered of a tenant, after its keys changed.
    void forget(TenantId tenant);

private:
    Result<Secret> unwrap(const app::WrappedDataKey& key) const;
    Result<app::WrappedDataKey> wrap(const Secret& data_key, TenantId tenant, std::uint32_t version) const;

    app::Random& random_;
    std::vector<MasterKey> masters_;
    Source source_;
    std::mutex mutex_;  // guards what follows
    std::uint64_t forgotten_ = 0;
    std::unordered_map<TenantId, std::shared_ptr<const DataKeys>> open_;
};

}  // namespace portcullis::openssl
