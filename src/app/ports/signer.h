#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/json.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

/// Signed tokens: JWS compact serialisation (RFC 7515) of JSON claims (RFC 7519) under keys described as JWK (RFC 7517).
namespace portcullis::app {

/// The public half of a key. Algorithms are names, so that adding one needs no schema change (PROTO-015).
struct PublicKey {
    /// RFC 7638 thumbprint with SHA-256 for our own keys; whatever the owner chose for a client's. May be empty then.
    std::string kid;
    /// `RS256`, `ES256`; `PS256` too for keys of others. A verifier takes the algorithm from here, never from the token.
    std::string alg;
    /// The public members only: `kty`, `n`, `e` or `kty`, `crv`, `x`, `y`.
    json::object jwk;
};

/// One of our signing keys and its life (PROTO-012): published, then active, then retired, then withdrawn.
struct SigningKey {
    PublicKey key;
    /// PKCS#8 DER. Stored sealed.
    Secret private_der;
    Instant activates_at{}, retires_at{}, published_until{};

    [[nodiscard]] bool is_active(Instant now) const { return activates_at <= now && now < retires_at; }
    [[nodiscard]] bool is_published(Instant now) const { return now < published_until; }
    [[nodiscard]] SigningKey copy() const { return {key, private_der.copy(), activates_at, retires_at, published_until}; }
};

/// What to sign.
struct ToSign {
    TenantId tenant;
    /// `RS256` or `ES256`: the tenant's active key of that algorithm signs; the one activated last when there are two.
    std::string_view alg;
    /// The `typ` of the header: `JWT`, `at+jwt` (RFC 9068), `logout+jwt`...
    std::string_view typ;
    /// One JSON object as text.
    std::string_view claims;
    Instant now{};
};

/// Makes keys and signs tokens. Private keys are parsed once and stay in memory.
class Signer {
public:
    virtual ~Signer() = default;

    /// A new key for `RS256` (RSA 2048) or `ES256` (P-256); its times are the caller's to fill in.
    /// Errors: invalidRequest for another algorithm.
    virtual Result<SigningKey> generate(std::string_view alg) = 0;

    /// The compact JWT. Safe to call from many threads.
    /// Errors: unavailable when the tenant has no active key of that algorithm.
    virtual Result<std::string> sign(const ToSign& what) = 0;

    /// The tenant's keys that are published at `now`, for verifying our own tokens. Same errors.
    virtual Result<std::vector<PublicKey>> published(TenantId tenant, Instant now) = 0;
};

/// The JSON Web Key Set of `keys`: public members, `kid`, `alg` and `use: sig`; nothing else (PROTO-010, 011).
json::object public_jwks(std::span<const PublicKey> keys);

/// What a verifier demands of a token (RFC 8725 §3).
struct JwtRules {
    /// The acceptable `typ` values, without regard to case and with `application/` left out; an empty string allows a
    /// missing `typ`. No value at all refuses every token.
    std::vector<std::string_view> typ;
};

/// A token whose signature is good. Nothing is known yet about issuer, audience or time: see `check_times`.
struct VerifiedJwt {
    std::string kid, typ;
    json::object claims;
};

/// A token as it stands, for choosing the key to verify it with. Nothing of it is to be believed.
struct UnverifiedJwt {
    json::object header, claims;
};

/// What is taken from an X.509 certificate that somebody else made: its key and what names it. Nothing else in it counts: a
/// certificate is trusted because an administrator registered it.
struct Certificate {
    /// RFC 2253, at most 256 characters.
    std::string subject;
    /// SHA-1 and SHA-256 of the DER, base64url (RFC 7515 §4.1.7, §4.1.8).
    std::string x5t, x5t_s256;
    /// `kid` is the key's RFC 7638 thumbprint; `alg` is the one preferred.
    PublicKey key;
    /// `PS256` and `RS256`, or `ES256`.
    std::vector<std::string> algs;
    Instant not_before{}, not_after{};
};

/// Verifies signed tokens: PROTO-013 (the key decides the algorithm; `none` and symmetric algorithms do not exist; `jku`, `x5u`,
/// `jwk` and `crit` are refused) and PROTO-014 (16 KiB, three parts, strict base64url, no duplicate members, depth 16).
class JwtVerifier {
public:
    virtual ~JwtVerifier() = default;

    /// Errors: invalidRequest, saying why (for the log).
    virtual Result<VerifiedJwt> verify(std::string_view token, const JwtRules& rules, std::span<const PublicKey> keys) = 0;

    /// A key that somebody else published (a client's JWKS): checked, with private members refused. Without `alg` in the JWK,
    /// RSA means `RS256` and P-256 means `ES256`. Errors: invalidRequest for symmetric keys, RSA under 2048 bits or above 8192,
    /// other curves, a point off the curve, `use` other than `sig`.
    virtual Result<PublicKey> parse_jwk(const json::object& jwk) = 0;

    /// Header and claims under the rules of `verify`, but for the signature. Errors: invalidRequest, saying why.
    virtual Result<UnverifiedJwt> read_unverified(std::string_view token, const JwtRules& rules) = 0;

    /// One certificate, PEM or DER, at most 64 KiB. Errors: invalidRequest for a private key beside it, for more than one, for
    /// keys that `parse_jwk` refuses, and for one whose key usage leaves signatures out.
    virtual Result<Certificate> parse_certificate(std::string_view pem_or_der) = 0;

    /// RFC 7638 thumbprint (SHA-256, base64url) of an RSA or EC key. Errors: invalidRequest when members are missing.
    virtual Result<std::string> thumbprint(const json::object& jwk) = 0;
};

/// How a caller wants the times of a token read.
struct TimeRules {
    /// PROTO-016: 60 s for tokens of others, 0 for our own codes and reference tokens.
    Duration skew = std::chrono::seconds{60};
};

/// Refuses a token that has no `exp`, is expired, is not yet valid (`nbf`), or was issued in the future (`iat`) (PROTO-016).
/// Fractions of a second count. Errors: invalidRequest, saying which.
Result<void> check_times(const json::object& claims, Instant now, TimeRules rules = {});

}  // namespace portcullis::app
