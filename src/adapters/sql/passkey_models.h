#pragma once

#include "adapters/sql/db.h"
#include "app/ports/passkey_models.h"

namespace portcullis::sql {

/// Models of passkeys in `passkey_models`, and which document they came with in `passkey_metadata`. Nothing is kept in memory.
class SqlPasskeyModels : public app::PasskeyMetadataStore {
public:
    explicit SqlPasskeyModels(Db& db) : db_(db) {}

    [[nodiscard]] Result<std::optional<credentials::PasskeyModel>> find(std::string_view aaguid) const override;
    [[nodiscard]] Result<std::optional<app::HeldMetadata>> held() const override;
    [[nodiscard]] Result<std::vector<app::CompromisedPasskey>> compromised_passkeys(TenantId tenant, int most) const override;
    Result<void> replace(const credentials::PasskeyMetadata& metadata, Instant now) override;

private:
    Db& db_;
};

}  // namespace portcullis::sql
