#include "adapters/sql/keyring_store.h"

#include "base/encoding.h"

namespace portcullis::sql {
namespace {

constexpr std::string_view kOfTenant =
    "SELECT tenant_id, version, master_key_id, wrapped, created_at FROM data_keys WHERE tenant_id = $1 ORDER BY version";
constexpr std::string_view kNotUnder =
    "SELECT tenant_id, version, master_key_id, wrapped, created_at FROM data_keys WHERE master_key_id <> $1 ORDER BY tenant_id, version LIMIT $2";
constexpr std::string_view kAll =
    "SELECT tenant_id, version, master_key_id, wrapped, created_at FROM data_keys ORDER BY tenant_id, version LIMIT $1";

Result<std::vector<app::WrappedDataKey>> keys_in(const Rows& rows) {
    std::vector<app::WrappedDataKey> keys;
    for (const auto& row : rows) {
        auto bytes        = parse_base64url(row.text(3));
        const auto tenant = row.id<TenantId>(0);
        if (!bytes || !tenant) return Error{ErrorCode::unavailable, "a row of `data_keys` is damaged"};
        keys.push_back({*tenant, static_cast<std::uint32_t>(row.integer(1)), row.text(2), std::move(*bytes), row.instant(4)});
    }
    return keys;
}

}  // namespace

Result<std::vector<app::WrappedDataKey>> SqlDataKeys::of_tenant(TenantId tenant) const {
    return keys_in(TRY(db_.query(kOfTenant, {tenant})));
}

Result<std::vector<app::WrappedDataKey>> SqlDataKeys::not_under(const std::string& master_key_id, int most) const {
    return keys_in(TRY(db_.query(kNotUnder, {master_key_id, most})));
}

Result<std::vector<app::WrappedDataKey>> SqlDataKeys::all(int most) const { return keys_in(TRY(db_.query(kAll, {most}))); }

}  // namespace portcullis::sql
