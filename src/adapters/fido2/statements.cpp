#include "adapters/fido2/statements.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "adapters/fido2/statement_parts.h"
#include "adapters/openssl/digests.h"

namespace portcullis::fido2 {
namespace {

using app::AttestationClaim;
using cbor::Item;
using cbor::Kind;
using credentials::Attested;
using credentials::CoseAlgorithm;

constexpr const char* kAaguidExtension  = "1.3.6.1.4.1.45724.1.1.4";
constexpr const char* kAndroidExtension = "1.3.6.1.4.1.11129.2.1.17";
constexpr const char* kAppleExtension   = "1.2.840.113635.100.8.2";

Statement invalid() { return {}; }
Statement chained(std::vector<X509Ptr> chain) { return {Attested::unanchored, std::move(chain)}; }

/// The credential's own key, when it is one.
openssl::PkeyPtr credential_key(const AttestationClaim& claim) {
    const auto key = credentials::parse_cose_public_key(claim.data.attested->public_key);
    return key ? pkey_of(*key) : nullptr;
}

bool has_subject_entry(X509* certificate, int nid, std::string_view wanted) {
    auto* name   = X509_get_subject_name(certificate);
    const int at = X509_NAME_get_index_by_NID(name, nid, -1);
    if (at < 0) return false;
    const auto* text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
    const std::string_view value(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), static_cast<std::size_t>(ASN1_STRING_length(text)));
    return wanted.empty() || value == wanted;
}

/// §8.2.1, certificate requirements for packed attestation statements.
bool meets_packed_rules(X509* leaf, std::string_view aaguid) {
    // "Version MUST be set to 3"
    if (X509_get_version(leaf) != X509_VERSION_3) return false;
    // "Subject-C, Subject-O, Subject-OU: literal string Authenticator Attestation, Subject-CN"
    const bool named = has_subject_entry(leaf, NID_countryName, "") && has_subject_entry(leaf, NID_organizationName, "") &&
                       has_subject_entry(leaf, NID_organizationalUnitName, "Authenticator Attestation") &&
                       has_subject_entry(leaf, NID_commonName, "");
    // "The Basic Constraints extension MUST have the CA component set to false"
    if (!named || X509_check_ca(leaf) != 0) return false;
    return is_aaguid_as_certified(leaf, aaguid);
}

bool is_key_of(X509* leaf, EVP_PKEY* key) { return key && EVP_PKEY_eq(X509_get0_pubkey(leaf), key) == 1; }

/// One element of DER: its class and tag, its content, and what follows.
struct Der {
    int tag = -1, klass = -1;
    std::string_view content, rest;
};
std::optional<Der> read_der(std::string_view bytes) {
    const auto* at = openssl::as_bytes(bytes);
    Der der;
    long length       = 0;
    const int outcome = ASN1_get_object(&at, &length, &der.tag, &der.klass, static_cast<long>(bytes.size()));
    ERR_clear_error();
    if ((outcome & 0x80) != 0 || (outcome & 0x01) != 0 || length < 0) return std::nullopt;
    const auto from = static_cast<std::size_t>(at - openssl::as_bytes(bytes));
    der.content     = bytes.substr(from, static_cast<std::size_t>(length));
    der.rest        = bytes.substr(from + der.content.size());
    return der;
}

/// AuthorizationList of Android's key description: nothing may be for all applications; a key that says where it comes from
/// was made there, and one that says what it is for signs.
bool allows_signing(std::string_view list) {
    constexpr int kPurpose = 1, kAllApplications = 600, kOrigin = 702;
    while (!list.empty()) {
        const auto entry = read_der(list);
        if (!entry) return false;
        if (entry->klass == V_ASN1_CONTEXT_SPECIFIC) {
            if (entry->tag == kAllApplications) return false;
            if (entry->tag == kOrigin && entry->content != std::string_view("\x02\x01\x00", 3)) return false;   // KM_ORIGIN_GENERATED
            if (entry->tag == kPurpose && entry->content != "\x31\x03\x02\x01\x02") return false;  // { KM_PURPOSE_SIGN }
        }
        list = entry->rest;
    }
    return true;
}

/// KeyDescription ::= SEQUENCE { version, security level, keymaster version, security level, challenge, unique id,
/// software enforced, TEE enforced }.
bool describes_key(std::string_view extension, std::string_view challenge) {
    const auto whole = read_der(extension);
    if (!whole || whole->tag != V_ASN1_SEQUENCE || !whole->rest.empty()) return false;
    std::vector<Der> members;
    for (auto rest = whole->content; !rest.empty() && members.size() < 8;) {
        const auto member = read_der(rest);
        if (!member) return false;
        members.push_back(*member);
        rest = member->rest;
    }
    if (members.size() != 8 || members[4].tag != V_ASN1_OCTET_STRING) return false;
    return members[4].content == challenge && members[6].tag == V_ASN1_SEQUENCE && members[7].tag == V_ASN1_SEQUENCE &&
           allows_signing(members[6].content) && allows_signing(members[7].content);
}

}  // namespace

std::optional<CoseAlgorithm> algorithm_of(const Item& statement) {
    const auto* number = statement.find("alg", Kind::integer);
    if (!number) return std::nullopt;
    for (const auto known : credentials::kOfferedAlgorithms) {
        if (static_cast<std::int64_t>(known) == number->integer) return known;
    }
    return std::nullopt;
}

std::vector<X509Ptr> chain_of(const Item& statement) {
    const auto* array = statement.find("x5c", Kind::array);
    if (!array) return {};
    std::vector<std::string_view> ders;
    for (const auto& element : array->elements) {
        if (element.kind != Kind::bytes) return {};
        ders.push_back(element.content);
    }
    return certificates_of(ders);
}

std::string signed_bytes(const AttestationClaim& claim) { return claim.object.authenticator_data + std::string(claim.client_data_hash); }

std::string_view signature_of(const Item& statement) {
    const auto* signature = statement.find("sig", Kind::bytes);
    return signature ? signature->content : std::string_view();
}

bool is_aaguid_as_certified(const X509* leaf, std::string_view aaguid) {
    // "If attestnCert contains an extension with OID id-fido-gen-ce-aaguid verify that the value of this extension matches the
    // aaguid in authenticatorData": an OCTET STRING of 16 bytes.
    const auto extension = extension_of(leaf, kAaguidExtension);
    return !extension || (extension->size() == 18 && extension->substr(0, 2) == "\x04\x10" && extension->substr(2) == aaguid);
}

Statement packed(const AttestationClaim& claim) {
    const auto statement = cbor::read_all(claim.object.statement);
    const auto algorithm = statement ? algorithm_of(*statement) : std::nullopt;
    if (!algorithm) return invalid();
    const auto signature = signature_of(*statement);
    if (!statement->find("x5c")) {
        // "Validate that alg matches the algorithm of the credentialPublicKey in authenticatorData. Verify that sig is a valid
        // signature over the concatenation of authenticatorData and clientDataHash using the credential public key with alg."
        const auto key = credentials::parse_cose_public_key(claim.data.attested->public_key);
        if (!key || key->algorithm != *algorithm) return invalid();
        const auto made = pkey_of(*key);
        return verifies(made.get(), *algorithm, signed_bytes(claim), signature) ? Statement{Attested::self, {}} : invalid();
    }
    // "Verify that sig is a valid signature over the concatenation of authenticatorData and clientDataHash using the attestation
    // public key in attestnCert with the algorithm specified in alg."
    auto chain = chain_of(*statement);
    if (chain.empty() || !verifies(X509_get0_pubkey(chain.front().get()), *algorithm, signed_bytes(claim), signature)) return invalid();
    if (!meets_packed_rules(chain.front().get(), claim.data.attested->aaguid)) return invalid();
    return chained(std::move(chain));
}

Statement android_key(const AttestationClaim& claim) {
    const auto statement = cbor::read_all(claim.object.statement);
    const auto algorithm = statement ? algorithm_of(*statement) : std::nullopt;
    if (!algorithm) return invalid();
    // "Verify that sig is a valid signature over the concatenation of authenticatorData and clientDataHash using the public key in
    // the first certificate in x5c with the algorithm specified in alg."
    auto chain = chain_of(*statement);
    if (chain.empty()) return invalid();
    auto* leaf = chain.front().get();
    if (!verifies(X509_get0_pubkey(leaf), *algorithm, signed_bytes(claim), signature_of(*statement))) return invalid();
    // "Verify that the public key in the first certificate in x5c matches the credentialPublicKey."
    if (!is_key_of(leaf, credential_key(claim).get())) return invalid();
    // "Verify that the attestationChallenge field in the attestation certificate extension data is identical to clientDataHash."
    const auto extension = extension_of(leaf, kAndroidExtension);
    if (!extension || !describes_key(*extension, claim.client_data_hash)) return invalid();
    return chained(std::move(chain));
}

Statement apple(const AttestationClaim& claim) {
    const auto statement = cbor::read_all(claim.object.statement);
    auto chain           = statement ? chain_of(*statement) : std::vector<X509Ptr>();
    if (chain.empty()) return invalid();
    // "Concatenate authenticatorData and clientDataHash to form nonceToHash. Perform SHA-256 hash of nonceToHash to produce nonce.
    // Verify that nonce equals the value of the extension with OID 1.2.840.113635.100.8.2 in credCert":
    // SEQUENCE { [1] { OCTET STRING } }.
    const auto nonce     = std::string("\x30\x24\xa1\x22\x04\x20") + openssl::Digests().sha256(signed_bytes(claim));
    const auto extension = extension_of(chain.front().get(), kAppleExtension);
    if (!extension || *extension != nonce) return invalid();
    // "Verify that the credential public key equals the Subject Public Key of credCert."
    if (!is_key_of(chain.front().get(), credential_key(claim).get())) return invalid();
    return chained(std::move(chain));
}

Statement fido_u2f(const AttestationClaim& claim) {
    const auto statement = cbor::read_all(claim.object.statement);
    auto chain           = statement ? chain_of(*statement) : std::vector<X509Ptr>();
    // "Check that x5c has exactly one element"; its key and the credential's are on P-256.
    const auto key    = credentials::parse_cose_public_key(claim.data.attested->public_key);
    const auto* point = key && key->algorithm == CoseAlgorithm::es256 ? std::get_if<credentials::EcPublicKey>(&key->key) : nullptr;
    if (chain.size() != 1 || !point) return invalid();
    // "Let verificationData be the concatenation of (0x00 || rpIdHash || clientDataHash || credentialId || publicKeyU2F). Verify the
    // sig using verificationData and the certificate public key with the algorithm ES256."
    const auto verification = std::string(1, '\0') + claim.data.rp_id_hash + std::string(claim.client_data_hash) +
                              claim.data.attested->credential_id + "\x04" + point->x + point->y;
    if (!verifies(X509_get0_pubkey(chain.front().get()), CoseAlgorithm::es256, verification, signature_of(*statement))) return invalid();
    return chained(std::move(chain));
}

}  // namespace portcullis::fido2
