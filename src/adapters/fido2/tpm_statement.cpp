#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

#include "adapters/fido2/statement_parts.h"
#include "adapters/fido2/statements.h"
#include "base/overloaded.h"

/// `tpm` (§8.3): structures of TCG's "Trusted Platform Module Library, Part 2", as far as attestation speaks of them.
namespace portcullis::fido2 {
namespace {

using app::AttestationClaim;
using cbor::Kind;
using credentials::CoseAlgorithm;

constexpr std::uint64_t kGenerated = 0xff544347;  // TPM_GENERATED_VALUE
constexpr std::uint64_t kCertify   = 0x8017;      // TPM_ST_ATTEST_CERTIFY
constexpr std::uint64_t kRsa = 0x0001, kEcc = 0x0023, kNull = 0x0010;
constexpr std::uint64_t kDefaultExponent    = 65537;
constexpr const char* kAikCertificate       = "2.23.133.8.3";  // tcg-kp-AIKCertificate
constexpr std::size_t kClockInfoAndFirmware = 17 + 8;

/// Reads big-endian numbers and sized fields, and remembers that something was missing.
class TpmReader {
public:
    explicit TpmReader(std::string_view bytes) : rest_(bytes) {}

    std::uint64_t number(std::size_t size) {
        std::uint64_t value = 0;
        for (const char c : take(size)) value = value << 8 | static_cast<unsigned char>(c);
        return value;
    }
    std::string_view take(std::size_t size) {
        if (rest_.size() < size) is_broken_ = true;
        if (is_broken_) return {};
        const auto taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    /// TPM2B: two bytes of length, then the bytes.
    std::string_view sized() { return take(static_cast<std::size_t>(number(2))); }
    [[nodiscard]] bool ended_well() const { return !is_broken_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool is_broken_ = false;
};

/// TPMS_ATTEST of a certification.
struct CertInfo {
    std::string_view extra_data, name;
};
std::optional<CertInfo> read_cert_info(std::string_view bytes) {
    TpmReader reader(bytes);
    // "Verify that magic is set to TPM_GENERATED_VALUE. Verify that type is set to TPM_ST_ATTEST_CERTIFY."
    const bool is_ours = reader.number(4) == kGenerated && reader.number(2) == kCertify;
    reader.sized();  // qualifiedSigner
    CertInfo info;
    info.extra_data = reader.sized();
    reader.take(kClockInfoAndFirmware);
    info.name = reader.sized();
    reader.sized();  // qualifiedName
    return is_ours && reader.ended_well() ? std::optional(info) : std::nullopt;
}

/// TPMT_PUBLIC, a signing key without symmetric parts.
struct PubArea {
    std::uint64_t type = 0, name_algorithm = 0, curve = 0, exponent = 0;
    std::string_view x, y;  // of RSA: the modulus in `x`
};
void skip_scheme(TpmReader& reader) {
    if (reader.number(2) != kNull) reader.number(2);  // its hash
}
std::optional<PubArea> read_pub_area(std::string_view bytes) {
    TpmReader reader(bytes);
    PubArea area;
    area.type           = reader.number(2);
    area.name_algorithm = reader.number(2);
    reader.number(4);  // objectAttributes
    reader.sized();    // authPolicy
    if (reader.number(2) != kNull) return std::nullopt;  // symmetric
    skip_scheme(reader);
    if (area.type == kRsa) {
        reader.number(2);  // keyBits
        area.exponent = reader.number(4);
        area.x        = reader.sized();
    } else if (area.type == kEcc) {
        area.curve = reader.number(2);
        skip_scheme(reader);  // kdf
        area.x = reader.sized();
        area.y = reader.sized();
    } else {
        return std::nullopt;
    }
    return reader.ended_well() ? std::optional(area) : std::nullopt;
}

bool same_number(std::string_view a, std::string_view b) {
    while (a.starts_with('\0')) a.remove_prefix(1);
    while (b.starts_with('\0')) b.remove_prefix(1);
    return !a.empty() && a == b;
}

std::uint64_t number_of(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
    return value;
}

/// TPM_ECC_NIST_P256, P384, P521.
std::uint64_t tpm_curve(CoseAlgorithm algorithm) {
    switch (algorithm) {
        case CoseAlgorithm::es256: return 3;
        case CoseAlgorithm::es384: return 4;
        case CoseAlgorithm::es512: return 5;
        case CoseAlgorithm::eddsa:
        case CoseAlgorithm::rs256: return 0;
    }
    return 0;
}

bool is_key(const PubArea& area, const credentials::CosePublicKey& key) {
    return std::visit(overloaded{
                          [&](const credentials::EcPublicKey& k) {
                              return area.type == kEcc && area.curve == tpm_curve(key.algorithm) && same_number(area.x, k.x) && same_number(area.y, k.y);
                          },
                          [](const credentials::EdPublicKey&) { return false; },
                          [&](const credentials::RsaPublicKey& k) {
                              const auto exponent = area.exponent == 0 ? kDefaultExponent : area.exponent;
                              return area.type == kRsa && exponent == number_of(k.exponent) && same_number(area.x, k.modulus);
                          },
                      },
                      key.key);
}

std::string digest(const EVP_MD* algorithm, std::string_view bytes) {
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    if (!algorithm || EVP_Digest(bytes.data(), bytes.size(), openssl::as_bytes(out), &size, algorithm, nullptr) != 1) return {};
    out.resize(size);
    return out;
}

/// TPM_ALG_SHA256, 384, 512; names under SHA-1 prove nothing.
const EVP_MD* name_hash(std::uint64_t algorithm) {
    if (algorithm == 0x000b) return EVP_sha256();
    if (algorithm == 0x000c) return EVP_sha384();
    if (algorithm == 0x000d) return EVP_sha512();
    return nullptr;
}

/// The Name of an object: its algorithm, then the hash of its public area (Part 1, §16).
bool is_named(const PubArea& area, std::string_view bytes, std::string_view name) {
    const auto hash = digest(name_hash(area.name_algorithm), bytes);
    const std::string prefix{static_cast<char>(area.name_algorithm >> 8), static_cast<char>(area.name_algorithm & 0xFF)};
    return !hash.empty() && name == prefix + hash;
}

/// §8.3.1, certificate requirements for TPM attestation statements.
bool meets_tpm_rules(X509* leaf, std::string_view aaguid) {
    // "Version MUST be set to 3. Subject field MUST be set to empty. The Subject Alternative Name extension MUST be set."
    if (X509_get_version(leaf) != X509_VERSION_3 || X509_NAME_entry_count(X509_get_subject_name(leaf)) != 0) return false;
    if (X509_get_ext_by_NID(leaf, NID_subject_alt_name, -1) < 0) return false;
    // "The Extended Key Usage extension MUST contain the OID 2.23.133.8.3"
    const openssl::Owned<ASN1_OBJECT, ASN1_OBJECT_free> wanted(OBJ_txt2obj(kAikCertificate, 1));
    const openssl::Owned<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free> usages(
        static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(leaf, NID_ext_key_usage, nullptr, nullptr)));
    bool is_aik = false;
    for (int i = 0; usages && i < sk_ASN1_OBJECT_num(usages.get()); ++i) is_aik |= OBJ_cmp(sk_ASN1_OBJECT_value(usages.get(), i), wanted.get()) == 0;
    // "The Basic Constraints extension MUST have the CA component set to false."
    return is_aik && X509_check_ca(leaf) == 0 && is_aaguid_as_certified(leaf, aaguid);
}

}  // namespace

Statement tpm(const AttestationClaim& claim) {
    const auto statement  = cbor::read_all(claim.object.statement);
    const auto algorithm  = statement ? algorithm_of(*statement) : std::nullopt;
    const auto credential = credentials::parse_cose_public_key(claim.data.attested->public_key);
    if (!algorithm || !credential) return {};
    const auto* version  = statement->find("ver", Kind::text);
    const auto* info     = statement->find("certInfo", Kind::bytes);
    const auto* pub_area = statement->find("pubArea", Kind::bytes);
    if (!version || version->content != "2.0" || !info || !pub_area) return {};
    // "Verify that the public key specified by the parameters and unique fields of pubArea is identical to the
    // credentialPublicKey in the attestedCredentialData in authenticatorData."
    const auto area = read_pub_area(pub_area->content);
    if (!area || !is_key(*area, *credential)) return {};
    // "Verify that extraData is set to the hash of attToBeSigned using the hash algorithm employed in alg. Verify that attested
    // contains a TPMS_CERTIFY_INFO structure, whose name field contains a valid Name for pubArea."
    const auto certified = read_cert_info(info->content);
    const auto expected  = digest(digest_of(*algorithm), signed_bytes(claim));
    if (!certified || expected.empty() || certified->extra_data != expected || !is_named(*area, pub_area->content, certified->name)) return {};
    // "Verify the sig is a valid signature over certInfo using the attestation public key in aikCert with the algorithm
    // specified in alg. Verify that aikCert meets the requirements in § 8.3.1."
    auto chain = chain_of(*statement);
    if (chain.empty() || !verifies(X509_get0_pubkey(chain.front().get()), *algorithm, info->content, signature_of(*statement))) return {};
    const bool is_aik = meets_tpm_rules(chain.front().get(), claim.data.attested->aaguid);
    ERR_clear_error();
    return is_aik ? Statement{credentials::Attested::unanchored, std::move(chain)} : Statement{};
}

}  // namespace portcullis::fido2
