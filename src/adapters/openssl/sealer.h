#pragma once

#include "adapters/openssl/keyring.h"
#include "app/ports/sealer.h"

namespace portcullis::openssl {

/// Envelope encryption with the data keys of a Keyring.
class Sealer : public app::Sealer {
public:
    /// Both must outlive the sealer.
    Sealer(Keyring& keyring, app::Random& random) : keyring_(keyring), random_(random) {}

    Result<std::string> seal(const Secret& plain, const app::SealContext& where) override;
    Result<Secret> open(std::string_view sealed, const app::SealContext& where) override;
    Result<std::uint32_t> key_version(TenantId tenant) override;

private:
    Keyring& keyring_;
    app::Random& random_;
};

}  // namespace portcullis::openssl
