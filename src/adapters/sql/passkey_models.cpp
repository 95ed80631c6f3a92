#include "adapters/sql/passkey_models.h"

#include "base/json.h"

namespace portcullis::sql {
namespace {

constexpr std::string_view kFind =
    "SELECT description, is_fido2, verifies_user, keeps_passkeys, certification, compromised, roots, is_hardware FROM passkey_models WHERE aaguid = $1";
constexpr std::string_view kHeld =
    "SELECT number, next_update, imported_at, checked_at, (SELECT COUNT(*) FROM passkey_models) FROM passkey_metadata WHERE id = 1";
constexpr std::string_view kCompromised =
    "SELECT p.user_id, u.user_principal_name, m.display_name, p.aaguid, p.is_attested, k.description, k.compromised FROM passkeys p "
    "JOIN passkey_models k ON k.aaguid = p.aaguid JOIN users u ON u.tenant_id = p.tenant_id AND u.id = p.user_id "
    "JOIN authentication_methods m ON m.tenant_id = p.tenant_id AND m.user_id = p.user_id AND m.id = p.method_id "
    "WHERE p.tenant_id = $1 AND k.compromised <> '' ORDER BY p.user_id, p.method_id LIMIT $2";
// INVARIANT: the number never goes down, whichever of two nodes is slower.
constexpr std::string_view kHold =
    "INSERT INTO passkey_metadata (id, number, next_update, imported_at, checked_at) VALUES (1, $1, $2, $3, $4) "
    "ON CONFLICT (id) DO UPDATE SET imported_at = CASE WHEN passkey_metadata.number < excluded.number THEN excluded.imported_at "
    "ELSE passkey_metadata.imported_at END, number = excluded.number, next_update = excluded.next_update, checked_at = excluded.checked_at "
    "WHERE passkey_metadata.number <= excluded.number";
constexpr std::string_view kClear = "DELETE FROM passkey_models";
constexpr std::string_view kAdd =
    "INSERT INTO passkey_models (aaguid, description, is_fido2, verifies_user, keeps_passkeys, is_hardware, certification, compromised, "
    "roots) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

Error damaged() { return {ErrorCode::unavailable, "a row of `passkey_models` is damaged"}; }

std::string roots_text(const std::vector<std::string>& roots) {
    json::array array;
    for (const auto& root : roots) array.emplace_back(root);
    return json::to_text(array);
}

Result<std::vector<std::string>> roots_in(const std::string& text) {
    const auto parsed = json::parse(text, {.bytes_max = std::size_t{2} << 20, .depth_max = 2});
    const auto* array = parsed ? parsed->if_array() : nullptr;
    if (!array) return damaged();
    std::vector<std::string> roots;
    for (const auto& root : *array) {
        if (!root.is_string()) return damaged();
        roots.emplace_back(root.get_string().data(), root.get_string().size());
    }
    return roots;
}

Statement added(const credentials::PasskeyModel& m) {
    return {kAdd, {m.aaguid, m.description, m.is_fido2, m.verifies_user, m.keeps_passkeys, m.is_hardware, static_cast<int>(m.certification), m.compromised,
                   roots_text(m.roots)}};
}

}  // namespace

Result<std::optional<credentials::PasskeyModel>> SqlPasskeyModels::find(std::string_view aaguid) const {
    const auto rows = TRY(db_.query(kFind, {aaguid}));
    if (rows.empty()) return std::optional<credentials::PasskeyModel>();
    const auto row   = rows.front();
    const auto level = row.integer(4);
    if (level < 0 || level > static_cast<int>(identity::Certification::l3plus)) return damaged();
    auto roots = TRY(roots_in(row.text(6)));
    return std::optional(credentials::PasskeyModel{.aaguid         = std::string(aaguid),
                                                   .description    = row.text(0),
                                                   .is_fido2       = row.flag(1),
                                                   .verifies_user  = row.flag(2),
                                                   .keeps_passkeys = row.flag(3),
                                                   .is_hardware    = row.flag(7),
                                                   .certification  = static_cast<identity::Certification>(level),
                                                   .compromised    = row.text(5),
                                                   .roots          = std::move(roots)});
}

Result<std::optional<app::HeldMetadata>> SqlPasskeyModels::held() const {
    const auto rows = TRY(db_.query(kHeld));
    if (rows.empty()) return std::optional<app::HeldMetadata>();
    const auto row = rows.front();
    return std::optional(app::HeldMetadata{.number      = row.integer(0),
                                           .next_update = row.instant(1),
                                           .imported_at = row.instant(2),
                                           .checked_at  = row.instant(3),
                                           .models      = row.integer(4)});
}

Result<std::vector<app::CompromisedPasskey>> SqlPasskeyModels::compromised_passkeys(TenantId tenant, int most) const {
    std::vector<app::CompromisedPasskey> passkeys;
    for (const auto& row : TRY(db_.query(kCompromised, {tenant, most}))) {
        const auto user = row.id<UserId>(0);
        if (!user) return Error{ErrorCode::unavailable, "a row of `passkeys` is damaged"};
        passkeys.push_back({.user                = *user,
                            .user_principal_name = row.text(1),
                            .display_name        = row.text(2),
                            .aaguid              = row.text(3),
                            .is_attested         = row.flag(4),
                            .model               = row.text(5),
                            .status              = row.text(6)});
    }
    return passkeys;
}

Result<void> SqlPasskeyModels::replace(const credentials::PasskeyMetadata& metadata, Instant now) {
    std::vector<Statement> statements;
    statements.reserve(metadata.models.size() + 2);
    statements.push_back({kHold, {metadata.number, metadata.next_update, now, now}, Expect::one});
    statements.push_back({kClear});
    for (const auto& model : metadata.models) statements.push_back(added(model));
    TRY(db_.write(std::move(statements)));
    return {};
}

}  // namespace portcullis::sql
