#include "adapters/sql/hardware_tokens.h"

#include <algorithm>
#include <array>

#include "adapters/sql/directory.h"

namespace portcullis::sql {
namespace {

constexpr std::string_view kTokens = "SELECT " PORTCULLIS_TOKEN_COLUMNS
    ", COALESCE(u.user_principal_name, '') FROM hardware_tokens t LEFT JOIN users u ON u.tenant_id = t.tenant_id AND u.id = t.user_id "
    "WHERE t.tenant_id = $1 AND t.serial_key > $2 AND (CAST($4 AS TEXT) = '' OR "
    "CASE WHEN t.user_id IS NULL THEN 'available' WHEN t.method_id IS NULL THEN 'assigned' ELSE 'activated' END = CAST($4 AS TEXT)) "
    "ORDER BY t.serial_key LIMIT $3";
constexpr std::string_view kToken = "SELECT " PORTCULLIS_TOKEN_COLUMNS " FROM hardware_tokens t WHERE t.tenant_id = $1 AND t.serial_key = $2";
constexpr std::string_view kTokensOf = "SELECT " PORTCULLIS_TOKEN_COLUMNS
    " FROM hardware_tokens t WHERE t.tenant_id = $1 AND t.user_id = $2 ORDER BY t.serial_key LIMIT 100";

template <class IdType>
std::optional<IdType> maybe_id(const Row& row, std::size_t column) {
    return row.is_null(column) ? std::nullopt : row.id<IdType>(column);
}

}  // namespace

std::optional<identity::HardwareToken> token_in(const Row& row, std::size_t first) {
    if (row.is_null(first)) return std::nullopt;
    const auto id   = row.id<HardwareTokenId>(first);
    const auto hash = identity::parse_hash_function(row.text(first + 5));
    const auto interval = row.integer(first + 6);
    if (!id || !hash || interval <= 0) return std::nullopt;
    return identity::HardwareToken{.id             = *id,
                                   .serial_number  = row.text(first + 1),
                                   .manufacturer   = row.text(first + 2),
                                   .model          = row.text(first + 3),
                                   .sealed_secret  = row.text(first + 4),
                                   .hash           = *hash,
                                   .interval       = std::chrono::seconds{interval},
                                   .drift          = static_cast<int>(row.integer(first + 7)),
                                   .last_used_step = row.integer(first + 8),
                                   .user           = maybe_id<UserId>(row, first + 9),
                                   .method         = maybe_id<MethodId>(row, first + 10),
                                   .created_at     = row.instant(first + 11),
                                   .assigned_at    = row.maybe_instant(first + 12).value_or(Instant{}),
                                   .activated_at   = row.maybe_instant(first + 13).value_or(Instant{})};
}

Result<std::vector<app::ListedToken>> SqlDirectory::tokens(TenantId tenant, const app::TokenPage& page) const {
    const std::string_view standing = page.standing ? identity::to_string(*page.standing) : "";
    std::vector<app::ListedToken> tokens;
    for (const auto& row : TRY(db_.query(kTokens, {tenant, page.after, page.most, standing}))) {
        if (auto token = token_in(row, 0)) tokens.push_back({std::move(*token), row.text(kTokenColumns)});
    }
    return tokens;
}

Result<std::optional<identity::HardwareToken>> SqlDirectory::token(TenantId tenant, std::string_view serial_key) const {
    const auto rows = TRY(db_.query(kToken, {tenant, serial_key}));
    return rows.empty() ? std::optional<identity::HardwareToken>{} : token_in(rows.front(), 0);
}

Result<std::vector<identity::HardwareToken>> SqlDirectory::tokens_of(TenantId tenant, UserId user) const {
    std::vector<identity::HardwareToken> tokens;
    for (const auto& row : TRY(db_.query(kTokensOf, {tenant, user}))) {
        if (auto token = token_in(row, 0)) tokens.push_back(std::move(*token));
    }
    return tokens;
}

}  // namespace portcullis::sql
