#include "core/credentials/authenticator_data.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/cbor.h"
#include "base/encoding.h"

namespace portcullis::credentials {
namespace {

using cbor::Item;
using cbor::Kind;

constexpr std::size_t kHeaderBytes       = 37;  // rpIdHash, flags, signCount (§6.1)
constexpr std::size_t kAaguidBytes       = 16;
constexpr std::size_t kCredentialIdMin   = 16;  // protocols.md §16.2, row 12
constexpr std::size_t kCredentialIdMax   = 1023;
constexpr std::size_t kFormatNameMax     = 32;
constexpr std::size_t kRsaModulusBitsMin = 2048;
constexpr std::size_t kRsaModulusMax     = 4096 / 8;  // so that one signature cannot cost without bound
constexpr std::size_t kRsaExponentMax    = 4;

// Flags (§6.1).
constexpr unsigned kUserPresent = 0x01, kUserVerified = 0x04, kBackupEligible = 0x08, kBackedUp = 0x10, kAttested = 0x40,
                   kExtensions = 0x80;

// COSE_Key parameters (RFC 9052 §7.1, RFC 9053 §7).
constexpr std::int64_t kKty = 1, kAlg = 3, kCrv = -1, kX = -2, kY = -3, kD = -4, kN = -1, kE = -2, kRsaD = -3;
constexpr std::int64_t kKtyOkp = 1, kKtyEc2 = 2, kKtyRsa = 3;

/// A row for every algorithm: what its keys look like. `curve` and `bytes` say nothing of RSA.
struct KeyShape {
    CoseAlgorithm algorithm;
    std::int64_t key_type, curve;
    std::size_t bytes;
};
// clang-format off
constexpr auto kShapes = std::to_array<KeyShape>({
    {CoseAlgorithm::es256, kKtyEc2, 1, 32},
    {CoseAlgorithm::es384, kKtyEc2, 2, 48},
    {CoseAlgorithm::es512, kKtyEc2, 3, 66},
    {CoseAlgorithm::eddsa, kKtyOkp, 6, 32},
    {CoseAlgorithm::rs256, kKtyRsa, 0, 0},
});
// clang-format on

std::optional<std::string> bytes_at(const Item& map, std::int64_t key) {
    const auto* item = map.find(key, Kind::bytes);
    if (!item) return std::nullopt;
    return std::string(item->content);
}

std::optional<CosePublicKey> rsa_key(const Item& map) {
    const auto modulus = bytes_at(map, kN), exponent = bytes_at(map, kE);
    if (!modulus || !exponent || modulus->empty() || modulus->size() > kRsaModulusMax) return std::nullopt;
    // No leading zeros (RFC 8230 §4), so the first byte says how long the number is.
    const auto first = static_cast<unsigned char>(modulus->front());
    const auto bits  = (modulus->size() - 1) * 8 + static_cast<std::size_t>(std::bit_width(first));
    if (first == 0 || bits < kRsaModulusBitsMin || exponent->empty() || exponent->size() > kRsaExponentMax) return std::nullopt;
    return CosePublicKey{CoseAlgorithm::rs256, RsaPublicKey{*modulus, *exponent}};
}

std::optional<CosePublicKey> curve_key(const Item& map, const KeyShape& shape) {
    const auto* curve = map.find(kCrv, Kind::integer);
    const auto x      = bytes_at(map, kX);
    if (!curve || curve->integer != shape.curve || !x || x->size() != shape.bytes) return std::nullopt;
    if (shape.key_type == kKtyOkp) return CosePublicKey{shape.algorithm, EdPublicKey{*x}};
    // WebAuthn §5.8.5: no compressed points.
    const auto y = bytes_at(map, kY);
    if (!y || y->size() != shape.bytes) return std::nullopt;
    return CosePublicKey{shape.algorithm, EcPublicKey{*x, *y}};
}

std::optional<AttestedCredential> read_attested(std::string_view& rest) {
    if (rest.size() < kAaguidBytes + 2) return std::nullopt;
    AttestedCredential credential{.aaguid = std::string(rest.substr(0, kAaguidBytes)), .credential_id = {}, .public_key = {}};
    const auto length = std::size_t{static_cast<unsigned char>(rest[16])} << 8 | static_cast<unsigned char>(rest[17]);
    rest.remove_prefix(kAaguidBytes + 2);
    if (length < kCredentialIdMin || length > kCredentialIdMax || rest.size() < length) return std::nullopt;
    credential.credential_id = rest.substr(0, length);
    rest.remove_prefix(length);
    const auto key = cbor::read_first(rest);
    if (!key || key->kind != Kind::map) return std::nullopt;
    credential.public_key = key->encoded;
    rest.remove_prefix(key->encoded.size());
    return credential;
}

bool skip_extensions(std::string_view& rest) {
    const auto extensions = cbor::read_first(rest);
    if (!extensions || extensions->kind != Kind::map) return false;
    rest.remove_prefix(extensions->encoded.size());
    return true;
}

}  // namespace

std::optional<CosePublicKey> parse_cose_public_key(std::string_view bytes) {
    const auto map = cbor::read_all(bytes);
    if (!map || map->kind != Kind::map) return std::nullopt;
    const auto* type      = map->find(kKty, Kind::integer);
    const auto* algorithm = map->find(kAlg, Kind::integer);
    if (!type || !algorithm) return std::nullopt;
    const auto* shape = std::ranges::find_if(kShapes, [&](const KeyShape& s) {
        return static_cast<std::int64_t>(s.algorithm) == algorithm->integer && s.key_type == type->integer;
    });
    if (shape == kShapes.end()) return std::nullopt;
    if (shape->key_type == kKtyRsa) return map->find(kRsaD) ? std::nullopt : rsa_key(*map);
    return map->find(kD) ? std::nullopt : curve_key(*map, *shape);
}

std::optional<AuthenticatorData> parse_authenticator_data(std::string_view bytes) {
    if (bytes.size() < kHeaderBytes) return std::nullopt;
    const unsigned flags = static_cast<unsigned char>(bytes[32]);
    AuthenticatorData data{.rp_id_hash = std::string(bytes.substr(0, 32)),
                           .flags      = {.user_present    = (flags & kUserPresent) != 0,
                                          .user_verified   = (flags & kUserVerified) != 0,
                                          .backup_eligible = (flags & kBackupEligible) != 0,
                                          .backed_up       = (flags & kBackedUp) != 0},
                           .sign_count = 0,
                           .attested   = {}};
    for (std::size_t i = 33; i < kHeaderBytes; ++i) data.sign_count = data.sign_count << 8 | static_cast<unsigned char>(bytes[i]);
    auto rest = bytes.substr(kHeaderBytes);
    if ((flags & kAttested) != 0) {
        data.attested = read_attested(rest);
        if (!data.attested) return std::nullopt;
    }
    if ((flags & kExtensions) != 0 && !skip_extensions(rest)) return std::nullopt;
    if (!rest.empty()) return std::nullopt;
    return data;
}

std::optional<AttestationObject> parse_attestation_object(std::string_view bytes) {
    const auto map = cbor::read_all(bytes);
    if (!map || map->kind != Kind::map || map->elements.size() != 6) return std::nullopt;
    const auto* format    = map->find("fmt", Kind::text);
    const auto* statement = map->find("attStmt", Kind::map);
    const auto* data      = map->find("authData", Kind::bytes);
    if (!format || !statement || !data) return std::nullopt;
    if (format->content.empty() || format->content.size() > kFormatNameMax) return std::nullopt;
    return AttestationObject{.format             = std::string(format->content),
                             .statement          = std::string(statement->encoded),
                             .authenticator_data = std::string(data->content)};
}

std::string aaguid_text(std::string_view aaguid) {
    if (aaguid.size() != kAaguidBytes) return {};
    auto text = hex(aaguid);
    for (const std::size_t at : {20U, 16U, 12U, 8U}) text.insert(at, 1, '-');
    return text;
}

}  // namespace portcullis::credentials
