#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What an authenticator says, in its binary forms: public keys (COSE, RFC 9052), authenticator data and the attestation
/// object (W3C Web Authentication Level 3, §6). Reading only: nothing here is proven yet.
namespace portcullis::credentials {

/// COSE algorithms of public keys that are accepted (RFC 9053, RFC 8812; protocols.md §16.1).
enum class CoseAlgorithm : std::int16_t { es256 = -7, eddsa = -8, es384 = -35, es512 = -36, rs256 = -257 };
/// In the order they are offered.
inline constexpr CoseAlgorithm kOfferedAlgorithms[]{CoseAlgorithm::es256, CoseAlgorithm::eddsa, CoseAlgorithm::rs256,
                                                    CoseAlgorithm::es384, CoseAlgorithm::es512};

/// A point of a NIST curve: both coordinates, at the curve's full length.
struct EcPublicKey {
    std::string x, y;
};
/// An Ed25519 key: 32 bytes.
struct EdPublicKey {
    std::string x;
};
struct RsaPublicKey {
    std::string modulus, exponent;
};

/// A credential's public key. Lengths fit the algorithm; whether a point lies on its curve is for the verifier to say.
struct CosePublicKey {
    CoseAlgorithm algorithm = CoseAlgorithm::es256;
    std::variant<EcPublicKey, EdPublicKey, RsaPublicKey> key;
};

/// Nothing when it is no COSE_Key, of an algorithm or curve not accepted, of a wrong length, an RSA key below 2048 bits or
/// above 4096, or carries private parameters.
std::optional<CosePublicKey> parse_cose_public_key(std::string_view bytes);

/// Flags of authenticator data (§6.1).
struct AuthenticatorFlags {
    bool user_present    = false;  // UP
    bool user_verified   = false;  // UV
    bool backup_eligible = false;  // BE
    bool backed_up       = false;  // BS
};

/// A credential made just now (§6.5.2).
struct AttestedCredential {
    std::string aaguid;         // 16 bytes
    std::string credential_id;  // 16–1023 bytes
    std::string public_key;     // COSE_Key as received
};

struct AuthenticatorData {
    std::string rp_id_hash;  // 32 bytes
    AuthenticatorFlags flags;
    std::uint32_t sign_count = 0;
    std::optional<AttestedCredential> attested;
};

/// Nothing when it is shorter than 37 bytes, a part its flags announce is missing or broken, or bytes are left over.
std::optional<AuthenticatorData> parse_authenticator_data(std::string_view bytes);

/// The attestation object of a registration (§6.5.4).
struct AttestationObject {
    std::string format;
    std::string statement;           // the CBOR map as received
    std::string authenticator_data;  // as received: the bytes that are signed
};

/// Nothing when it is not one map of exactly `fmt`, `attStmt` and `authData`, or the format's name is empty or longer than
/// 32 characters (credentials.md §6.5).
std::optional<AttestationObject> parse_attestation_object(std::string_view bytes);

/// `8446ccb9-ab1d-b374-750b-2367ff6f3a1f`; empty when it is not 16 bytes.
std::string aaguid_text(std::string_view aaguid);

}  // namespace portcullis::credentials
