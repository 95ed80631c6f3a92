#include "adapters/fido2/passkey_verifier.h"

#include <algorithm>
#include <array>

#include "adapters/fido2/statement_parts.h"
#include "adapters/fido2/statements.h"
#include "base/assert.h"
#include "base/encoding.h"

namespace portcullis::fido2 {
namespace {

using credentials::Attested;

struct Format {
    std::string_view name;
    Statement (*check)(const app::AttestationClaim&);
};
// clang-format off
constexpr auto kFormats = std::to_array<Format>({
    {"packed",      packed},
    {"tpm",         tpm},
    {"fido-u2f",    fido_u2f},
    {"android-key", android_key},
    {"apple",       apple},
});
// clang-format on

std::vector<X509Ptr> certificates(std::span<const std::string> roots) {
    std::vector<X509Ptr> parsed;
    for (const auto& root : roots) {
        const auto der   = parse_base64(root);
        auto certificate = der ? certificate_of(*der) : nullptr;
        if (certificate) parsed.push_back(std::move(certificate));
    }
    return parsed;
}

/// `none` says so with an empty map (§8.7).
Attested of_no_statement(const credentials::AttestationObject& object) {
    return object.statement == "\xa0" ? Attested::none : Attested::invalid;
}

/// Signed with an algorithm nobody here verifies, like a TPM's RS1: it claims nothing, and contradicts nothing.
bool is_unreadable(const credentials::AttestationObject& object) {
    const auto statement = cbor::read_all(object.statement);
    return statement && statement->find("alg", cbor::Kind::integer) && !algorithm_of(*statement);
}

}  // namespace

bool PasskeyVerifier::is_sound(std::string_view cose_public_key) const {
    const auto key = credentials::parse_cose_public_key(cose_public_key);
    return key && pkey_of(*key);
}

bool PasskeyVerifier::is_signed(std::string_view cose_public_key, const app::SignedByPasskey& what) const {
    const auto key = credentials::parse_cose_public_key(cose_public_key);
    if (!key) return false;
    const auto made = pkey_of(*key);
    // "Using credentialRecord.publicKey, verify that sig is a valid signature over the binary concatenation of authData and
    // hash" (§7.2 step 21).
    return verifies(made.get(), key->algorithm, std::string(what.authenticator_data) + std::string(what.client_data_hash), what.signature);
}

Attested PasskeyVerifier::attestation(const app::AttestationClaim& claim, std::span<const std::string> roots, Instant now) const {
    PORTCULLIS_ASSERT(claim.data.attested.has_value());
    if (claim.object.format == "none") return of_no_statement(claim.object);
    const auto* format = std::ranges::find(kFormats, claim.object.format, &Format::name);
    if (format == kFormats.end() || is_unreadable(claim.object)) return Attested::none;
    const auto statement = format->check(claim);
    if (statement.shows != Attested::unanchored) return statement.shows;
    return leads_to(statement.chain, certificates(roots), unix_ms(now) / 1000) ? Attested::trusted : Attested::unanchored;
}

}  // namespace portcullis::fido2
