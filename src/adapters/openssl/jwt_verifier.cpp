#include "adapters/openssl/jwt_verifier.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>

#include "adapters/openssl/certificate.h"
#include "adapters/openssl/jwk.h"
#include "base/assert.h"
#include "base/encoding.h"

namespace portcullis::openssl {
namespace {

constexpr json::Limits kJoseLimits{.bytes_max = 16 * 1024, .depth_max = 16};  // PROTO-014
constexpr std::size_t kKidBytesMax     = 256;
constexpr std::size_t kCandidatesMax   = 16;    // keys tried for a token without `kid`
constexpr std::size_t kReadyKeysMax    = 1024;  // parsed keys remembered; above it all are dropped
constexpr std::array kAlgorithms       = {std::string_view("RS256"), std::string_view("PS256"), std::string_view("ES256")};
constexpr std::array kForbiddenHeaders = {"jku", "x5u", "jwk", "crit"};  // PROTO-013
constexpr std::array kPrivateMembers   = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

Error refused(std::string why) { return {ErrorCode::invalidRequest, std::move(why)}; }

bool fits(std::string_view alg, std::string_view kty) { return alg == "ES256" ? kty == "EC" : kty == "RSA"; }

struct Parts {
    std::string_view signed_part, header, payload, signature;
};

Result<Parts> split(std::string_view token) {
    if (token.size() > kJoseLimits.bytes_max) return refused("token is larger than 16 KiB");
    const auto first = token.find('.');
    const auto last  = token.rfind('.');
    if (first == std::string_view::npos || first == last || token.find('.', first + 1) != last) {
        return refused("token does not have three parts");
    }
    return Parts{token.substr(0, last), token.substr(0, first), token.substr(first + 1, last - first - 1), token.substr(last + 1)};
}

Result<json::object> decode(std::string_view part, std::string_view name) {
    const auto text = parse_base64url(part);
    if (!text) return refused(fmt::format("{} of the token is not base64url", name));
    auto parsed = json::parse_object(*text, kJoseLimits);
    if (!parsed) return refused(fmt::format("{} of the token: {}", name, parsed.error().message));
    return parsed;
}

/// RFC 7515 §4.1.9: a media type, compared without regard to case, `application/` left out when there is no other slash.
std::string media_type(std::string_view typ) {
    std::string lower(typ);
    std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    constexpr std::string_view kApplication = "application/";
    if (lower.starts_with(kApplication) && lower.find('/', kApplication.size()) == std::string::npos) lower.erase(0, kApplication.size());
    return lower;
}

struct Header {
    std::string alg, kid, typ;
};

/// A member that is text, or absent. Errors when it is anything else.
Result<std::string> text_or_nothing(const json::object& header, std::string_view name) {
    if (!header.contains(name)) return std::string();
    auto text = json::string_at(header, name);
    if (!text) return refused(fmt::format("`{}` of the token is not text", name));
    return std::move(*text);
}

Result<Header> check_header(const json::object& header, const app::JwtRules& rules) {
    for (const auto* name : kForbiddenHeaders) {
        if (header.contains(name)) return refused(fmt::format("token header has `{}`", name));
    }
    auto alg = TRY(text_or_nothing(header, "alg"));
    auto kid = TRY(text_or_nothing(header, "kid"));
    auto typ = TRY(text_or_nothing(header, "typ"));
    typ      = media_type(typ);
    if (std::ranges::find(kAlgorithms, alg) == kAlgorithms.end()) return refused("algorithm of the token is not allowed");
    if (kid.size() > kKidBytesMax) return refused("`kid` of the token is too long");
    if (std::ranges::none_of(rules.typ, [&](auto allowed) { return media_type(allowed) == typ; })) {
        return refused("`typ` of the token is not the expected one");
    }
    return Header{std::move(alg), std::move(kid), std::move(typ)};
}

}  // namespace

Result<app::VerifiedJwt> JwtVerifier::verify(std::string_view token, const app::JwtRules& rules,
                                             std::span<const app::PublicKey> keys) {
    const auto parts     = TRY(split(token));
    const auto members   = TRY(decode(parts.header, "header"));
    auto header          = TRY(check_header(members, rules));
    const auto signature = parse_base64url(parts.signature);
    if (!signature || signature->empty()) return refused("signature of the token is not base64url");

    std::size_t tried = 0;
    for (const auto& key : keys) {
        if (!header.kid.empty() && key.kid != header.kid) continue;
        // INVARIANT: the algorithm is the key's; a token that names another is never tried with it (PROTO-013).
        if (key.alg != header.alg) continue;
        if (++tried > kCandidatesMax) return refused("token names no key, and too many would have to be tried");
        if (!TRY(is_signed_by(key, parts.signed_part, *signature))) continue;
        auto claims = TRY(decode(parts.payload, "payload"));
        return app::VerifiedJwt{.kid = key.kid, .typ = std::move(header.typ), .claims = std::move(claims)};
    }
    return refused(tried == 0 ? "no known key of that algorithm and `kid`" : "signature of the token is wrong");
}

Result<bool> JwtVerifier::is_signed_by(const app::PublicKey& key, std::string_view input, std::string_view signature) {
    const auto name  = key.alg + json::to_text(key.jwk);
    // INVARIANT: unambiguous, because neither JSON text nor base64url holds a line feed.
    const auto proof = digests_.sha256(fmt::format("{}\n{}\n{}", name, input, signature));
    if (good_.find(proof)) return true;

    const auto ready = TRY(ready_to_verify(key, name));
    const auto bytes = key.alg == "ES256" ? der_of_raw(signature) : std::string(signature);
    if (bytes.empty()) return false;
    const MdCtxPtr ctx(EVP_MD_CTX_new());
    PORTCULLIS_ASSERT(ctx && EVP_MD_CTX_copy_ex(ctx.get(), ready.get()) == 1);
    const bool is_good = EVP_DigestVerify(ctx.get(), as_bytes(bytes), bytes.size(), as_bytes(input), input.size()) == 1;
    if (!is_good) ERR_clear_error();
    if (is_good) good_.insert(proof, {});
    return is_good;
}

Result<JwtVerifier::Ready> JwtVerifier::ready_to_verify(const app::PublicKey& key, const std::string& name) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = ready_.find(name); found != ready_.end()) return found->second;
    }
    if (!fits(key.alg, json::string_at(key.jwk, "kty").value_or(""))) return refused("the key is not one for its algorithm");
    const auto pkey     = TRY(pkey_of(key.jwk));
    EVP_PKEY_CTX* inner = nullptr;
    MdCtxPtr ctx(EVP_MD_CTX_new());
    PORTCULLIS_ASSERT(ctx && EVP_DigestVerifyInit_ex(ctx.get(), &inner, "SHA256", nullptr, nullptr, pkey.get(), nullptr) == 1);
    if (key.alg == "PS256") {  // RFC 7518 §3.5: MGF1 with SHA-256, a salt as long as the hash
        PORTCULLIS_ASSERT(EVP_PKEY_CTX_set_rsa_padding(inner, RSA_PKCS1_PSS_PADDING) == 1);
        PORTCULLIS_ASSERT(EVP_PKEY_CTX_set_rsa_pss_saltlen(inner, RSA_PSS_SALTLEN_DIGEST) == 1);
    }
    Ready ready(ctx.release(), EVP_MD_CTX_free);

    const std::lock_guard lock(mutex_);
    if (ready_.size() >= kReadyKeysMax) ready_.clear();
    ready_.emplace(name, ready);
    return ready;
}

Result<app::PublicKey> JwtVerifier::parse_jwk(const json::object& jwk) {
    for (const auto* name : kPrivateMembers) {
        if (jwk.contains(name)) return refused(fmt::format("key has the private member `{}`", name));
    }
    if (jwk.contains("use") && json::string_at(jwk, "use") != "sig") return refused("key is not for signatures");
    const auto kty = json::string_at(jwk, "kty").value_or("");
    auto alg       = TRY(text_or_nothing(jwk, "alg"));
    auto kid       = TRY(text_or_nothing(jwk, "kid"));
    if (alg.empty()) alg = kty == "EC" ? "ES256" : "RS256";
    if (std::ranges::find(kAlgorithms, alg) == kAlgorithms.end() || !fits(alg, kty)) {
        return refused(fmt::format("no `{}` key is accepted for `{}`", kty, alg));
    }
    if (kid.size() > kKidBytesMax) return refused("`kid` of the key is too long");
    const auto pkey = TRY(pkey_of(jwk));
    return app::PublicKey{.kid = std::move(kid), .alg = std::move(alg), .jwk = public_jwk(pkey.get())};
}

Result<app::UnverifiedJwt> JwtVerifier::read_unverified(std::string_view token, const app::JwtRules& rules) {
    const auto parts = TRY(split(token));
    auto header      = TRY(decode(parts.header, "header"));
    TRY(check_header(header, rules));
    auto claims = TRY(decode(parts.payload, "payload"));
    return app::UnverifiedJwt{.header = std::move(header), .claims = std::move(claims)};
}

Result<app::Certificate> JwtVerifier::parse_certificate(std::string_view pem_or_der) { return certificate_of(pem_or_der); }

Result<std::string> JwtVerifier::thumbprint(const json::object& jwk) { return thumbprint_of(jwk); }

}  // namespace portcullis::openssl
