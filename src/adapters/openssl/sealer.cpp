#include "adapters/openssl/sealer.h"

#include <fmt/format.h>

#include "adapters/openssl/aes_gcm.h"
#include "base/encoding.h"

namespace portcullis::openssl {
namespace {

constexpr std::size_t kPlainBytesMax  = 1024 * 1024;
constexpr std::size_t kSealedBytesMax = kPlainBytesMax * 4 / 3 + 128;

Error refused(std::string_view why) { return {ErrorCode::invalidRequest, std::string(why)}; }

/// "associated data = tenant ‖ table ‖ row id ‖ column ‖ key version" (PROTO-830); each part with its length, so that no two
/// places give the same bytes.
std::string associated_data(const app::SealContext& where, std::uint32_t version) {
    return fmt::format("{}|{}:{}|{}:{}|{}:{}|{}", to_string(where.tenant), where.table.size(), where.table, where.row.size(),
                       where.row, where.column.size(), where.column, version);
}

}  // namespace

Result<std::string> Sealer::seal(const Secret& plain, const app::SealContext& where) {
    if (plain.size() > kPlainBytesMax) return refused("value is too long to seal");
    const auto keys                = TRY(keyring_.keys_of(where.tenant));
    const auto& [version, data_key] = *keys->rbegin();
    const auto bytes               = gcm_encrypt(data_key, plain.reveal(), associated_data(where, version), random_);
    return fmt::format("v1.{}.{}", version, base64url(bytes));
}

Result<Secret> Sealer::open(std::string_view sealed, const app::SealContext& where) {
    const auto version = app::sealed_key_version(sealed);
    if (version == 0 || sealed.size() > kSealedBytesMax) return refused("not a sealed value");
    const auto bytes = parse_base64url(sealed.substr(sealed.find('.', 3) + 1));
    if (!bytes) return refused("not a sealed value");

    const auto keys = TRY(keyring_.keys_of(where.tenant));
    const auto key  = keys->find(version);
    if (key == keys->end()) {
        return Error{ErrorCode::unavailable, fmt::format("tenant {} has no data key {}", to_string(where.tenant), version)};
    }
    auto opened = gcm_decrypt(key->second, *bytes, associated_data(where, version));
    if (!opened) return refused("sealed value was changed or belongs elsewhere");
    return std::move(*opened);
}

Result<std::uint32_t> Sealer::key_version(TenantId tenant) {
    const auto keys = TRY(keyring_.keys_of(tenant));
    return keys->rbegin()->first;
}

}  // namespace portcullis::openssl
