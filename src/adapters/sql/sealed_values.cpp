#include "adapters/sql/sealed_values.h"

namespace portcullis::sql {
namespace {

using app::SealedColumn;

constexpr SealedColumnRow kAuthenticatorSeed{
    SealedColumn::authenticatorSeed, "authentication_methods", "sealed_secret",
    "SELECT user_id, id, sealed_secret FROM authentication_methods WHERE tenant_id = $1 AND (user_id, id) > ($2, $3) "
    "ORDER BY user_id, id LIMIT $4",
    "UPDATE authentication_methods SET sealed_secret = $5 WHERE tenant_id = $1 AND user_id = $2 AND id = $3 AND sealed_secret = $4"};
constexpr SealedColumnRow kHardwareTokenSecret{
    SealedColumn::hardwareTokenSecret, "hardware_tokens", "sealed_secret",
    "SELECT CAST($2 AS TEXT) AS owner, id, sealed_secret FROM hardware_tokens WHERE tenant_id = $1 AND id > $3 ORDER BY id LIMIT $4",
    "UPDATE hardware_tokens SET sealed_secret = $5 WHERE tenant_id = $1 AND CAST($2 AS TEXT) = '' AND id = $3 AND sealed_secret = $4"};
constexpr SealedColumnRow kSigningKey{
    SealedColumn::signingKey, "signing_keys", "sealed_private",
    "SELECT CAST($2 AS TEXT) AS owner, kid, sealed_private FROM signing_keys WHERE tenant_id = $1 AND kid > $3 ORDER BY kid LIMIT $4",
    "UPDATE signing_keys SET sealed_private = $5 WHERE tenant_id = $1 AND CAST($2 AS TEXT) = '' AND kid = $3 AND sealed_private = $4"};
constexpr SealedColumnRow kSuccessorToken{
    SealedColumn::successorToken, "refresh_tokens", "sealed_successor",
    "SELECT CAST($2 AS TEXT) AS owner, digest, sealed_successor FROM refresh_tokens WHERE tenant_id = $1 AND digest > $3 "
    "ORDER BY digest LIMIT $4",
    "UPDATE refresh_tokens SET sealed_successor = $5 WHERE tenant_id = $1 AND CAST($2 AS TEXT) = '' AND digest = $3 "
    "AND sealed_successor = $4"};

}  // namespace

const SealedColumnRow& row_of(SealedColumn column) {
    switch (column) {
        case SealedColumn::authenticatorSeed: return kAuthenticatorSeed;
        case SealedColumn::hardwareTokenSecret: return kHardwareTokenSecret;
        case SealedColumn::signingKey: return kSigningKey;
        case SealedColumn::successorToken: return kSuccessorToken;
    }
    return kAuthenticatorSeed;
}

Result<std::vector<app::SealedValue>> SqlSealedValues::next(TenantId tenant, SealedColumn column, const app::SealedValue& after,
                                                            int most) const {
    std::vector<app::SealedValue> values;
    for (const auto& row : TRY(db_.query(row_of(column).next, {tenant, after.owner, after.row, most}))) {
        values.push_back({row.text(0), row.text(1), row.text(2)});
    }
    return values;
}

}  // namespace portcullis::sql
