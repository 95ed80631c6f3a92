#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/openssl/keyring.h"
#include "adapters/openssl/sealer.h"
#include "app/ports/secret_keys.h"

/// The keys of an installation, each a file of mode 0400 in a folder of mode 0700, outside of the database.
namespace portcullis::openssl {

/// The bytes of a key file: base64 or hexadecimal text of 32 bytes. Errors: invalidRequest when it cannot be read, is not a regular
/// file, belongs to another user than us or root, or may be read by group or others.
Result<Secret> read_key_file(const std::string& path);
/// Writes a key file of mode 0400, durably and whole or not at all. Errors: conflict when there is one; unavailable.
Result<void> write_key_file(const std::string& path, const Secret& text);
/// Gives `from` the name `to`, in place of what had it, durably. Errors: unavailable.
Result<void> move_key_file(const std::string& from, const std::string& to);

/// Makes the folder and every key that is missing: `master` (skipped when empty), and in the folder `pepper.key`, `pairwise.key` and
/// `features.key`; answers the paths it made. What is there stays as it is. Errors: unavailable.
Result<std::vector<std::string>> make_missing_keys(const std::string& folder, const std::string& master, app::Random& random);

/// `pepper.key`, `pairwise.key` and `features.key` of the folder. Errors: as read_key_file.
Result<app::SecretKeys> load_secret_keys(const std::string& folder);

/// Where the master keys come from.
struct MasterKeySources {
    std::string file;      // the current one; empty: from the environment
    std::string previous;  // the one before it; need not be there
    std::string environment;
};

/// Envelope encryption that follows a rotation by another process: when a data key does not open, the files of the master keys are
/// read again before that is an error, and a value under a newer data key has the data keys read again. Safe to call from many threads.
class FollowingSealer : public app::Sealer {
public:
    /// Errors: invalidRequest when the current master key cannot be had. `random` must outlive the sealer.
    static Result<std::unique_ptr<FollowingSealer>> open(app::Random& random, MasterKeySources sources, Keyring::Source source);

    Result<std::string> seal(const Secret& plain, const app::SealContext& where) override;
    Result<Secret> open(std::string_view sealed, const app::SealContext& where) override;
    Result<std::uint32_t> key_version(TenantId tenant) override;

    /// The key ring as it is now.
    [[nodiscard]] std::shared_ptr<Keyring> keyring() const;
    /// Reads the files again. Errors: invalidRequest; what was known stays.
    Result<void> reload();
    /// The id of the current master key.
    [[nodiscard]] std::string master_key_id() const;

private:
    struct Current {
        std::shared_ptr<Keyring> keyring;
        std::string master_id;
    };
    FollowingSealer(app::Random& random, MasterKeySources sources, Keyring::Source source)
        : random_(random), sources_(std::move(sources)), source_(std::move(source)) {}
    /// A key ring that opens the tenant's keys.
    Result<std::shared_ptr<Keyring>> ring_for(TenantId tenant);

    app::Random& random_;
    const MasterKeySources sources_;
    const Keyring::Source source_;
    Secret from_environment_;  // the variable is gone once it was read
    mutable std::mutex mutex_;
    Current current_;
};

}  // namespace portcullis::openssl
