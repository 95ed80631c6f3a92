#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "core/credentials/passkey_metadata.h"

namespace portcullis::app {

/// The FIDO metadata that is held.
struct HeldMetadata {
    std::int64_t number = 0;
    Instant next_update;
    Instant imported_at;  // when this number came
    Instant checked_at;   // when it was last seen to be the newest, or came
    std::int64_t models = 0;
};

/// A registered passkey whose model the metadata calls compromised.
struct CompromisedPasskey {
    UserId user;
    std::string user_principal_name;
    std::string display_name;
    std::string aaguid;
    bool is_attested = false;  // false: the model is what the browser said
    std::string model;         // its description
    std::string status;
};

/// What the operator imported from the FIDO Metadata Service: of the installation, not of a tenant. Errors of all: unavailable.
class PasskeyModels {
public:
    virtual ~PasskeyModels() = default;
    /// The entry of a model; nothing when there is none.
    [[nodiscard]] virtual Result<std::optional<credentials::PasskeyModel>> find(std::string_view aaguid) const = 0;
    /// Nothing: no metadata was ever imported.
    [[nodiscard]] virtual Result<std::optional<HeldMetadata>> held() const = 0;
    /// A tenant's passkeys of models that are compromised, by user; at most `most`.
    [[nodiscard]] virtual Result<std::vector<CompromisedPasskey>> compromised_passkeys(TenantId tenant, int most) const = 0;
};

/// Where the metadata is kept. Nothing here belongs to a tenant, so none of it is an act of the journal.
class PasskeyMetadataStore : public PasskeyModels {
public:
    /// This takes the place of what was held, whole or not at all. Errors: also conflict when what is held has a higher number.
    virtual Result<void> replace(const credentials::PasskeyMetadata& metadata, Instant now) = 0;
};

/// Whether a document is the FIDO Metadata Service's own.
class MetadataVerifier {
public:
    virtual ~MetadataVerifier() = default;
    /// The payload, JSON, of a document in JWS compact form that the service signed. Errors: invalidRequest with what is wrong;
    /// unavailable when the root that vouches for it cannot be read, or nobody says whether a certificate was revoked.
    [[nodiscard]] virtual Result<std::string> payload_of(std::string_view document, Instant now) const = 0;
};

}  // namespace portcullis::app
