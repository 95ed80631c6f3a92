#include "adapters/openssl/jwk.h"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "adapters/openssl/digests.h"
#include "base/assert.h"
#include "base/encoding.h"

namespace portcullis::openssl {
namespace {

using BignumPtr   = Owned<BIGNUM, BN_free>;
using BuilderPtr  = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using ParamsPtr   = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using EcdsaSigPtr = Owned<ECDSA_SIG, ECDSA_SIG_free>;

constexpr int kRsaBitsMin = 2048, kRsaBitsMax = 8192;  // below: forgeable; above: a verification takes milliseconds
constexpr std::size_t kCoordinateBytes = 32;

Error refused(std::string why) { return {ErrorCode::invalidRequest, std::move(why)}; }

Result<std::string> bytes_at(const json::object& jwk, std::string_view member) {
    const auto text = json::string_at(jwk, member);
    if (!text) return refused(fmt::format("key has no `{}`", member));
    auto bytes = parse_base64url(*text);
    if (!bytes || bytes->empty()) return refused(fmt::format("`{}` of the key is not base64url", member));
    return std::move(*bytes);
}

Result<PkeyPtr> built(const char* type, OSSL_PARAM_BLD* builder) {
    const ParamsPtr params(OSSL_PARAM_BLD_to_param(builder));
    const PkeyCtxPtr ctx(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    PORTCULLIS_ASSERT(params && ctx && EVP_PKEY_fromdata_init(ctx.get()) == 1);
    if (EVP_PKEY_fromdata(ctx.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
        ERR_clear_error();
        return refused("key is not valid");
    }
    return PkeyPtr(key);
}

Result<PkeyPtr> rsa_of(const json::object& jwk) {
    const auto n_bytes = TRY(bytes_at(jwk, "n"));
    const auto e_bytes = TRY(bytes_at(jwk, "e"));
    if (n_bytes.size() > kRsaBitsMax / 8 || e_bytes.size() > 8) return refused("RSA key is too large");
    const BignumPtr n(BN_bin2bn(as_bytes(n_bytes), static_cast<int>(n_bytes.size()), nullptr));
    const BignumPtr e(BN_bin2bn(as_bytes(e_bytes), static_cast<int>(e_bytes.size()), nullptr));
    PORTCULLIS_ASSERT(n && e);
    if (BN_num_bits(n.get()) < kRsaBitsMin) return refused(fmt::format("RSA key has fewer than {} bits", kRsaBitsMin));
    if (!BN_is_odd(n.get()) || !BN_is_odd(e.get()) || BN_is_one(e.get())) return refused("RSA key is not valid");

    const BuilderPtr builder(OSSL_PARAM_BLD_new());
    PORTCULLIS_ASSERT(builder && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
                      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1);
    return built("RSA", builder.get());
}

Result<PkeyPtr> ec_of(const json::object& jwk) {
    if (json::string_at(jwk, "crv") != "P-256") return refused("the curve of the key is not P-256");
    const auto x = TRY(bytes_at(jwk, "x"));
    const auto y = TRY(bytes_at(jwk, "y"));
    if (x.size() != kCoordinateBytes || y.size() != kCoordinateBytes) return refused("a coordinate of the key is not 32 bytes");

    const auto point = "\x04" + x + y;
    const BuilderPtr builder(OSSL_PARAM_BLD_new());
    PORTCULLIS_ASSERT(builder &&
                      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
                      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1);
    auto key = TRY(built("EC", builder.get()));
    const PkeyCtxPtr ctx(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    if (EVP_PKEY_public_check(ctx.get()) != 1) {
        ERR_clear_error();
        return refused("the point of the key is not on the curve");
    }
    return key;
}

std::string number_of(const EVP_PKEY* key, const char* name, std::size_t bytes) {
    BIGNUM* taken = nullptr;
    PORTCULLIS_ASSERT(EVP_PKEY_get_bn_param(key, name, &taken) == 1);
    const BignumPtr number(taken);
    std::string out(bytes ? bytes : static_cast<std::size_t>(BN_num_bytes(number.get())), '\0');
    PORTCULLIS_ASSERT(BN_bn2binpad(number.get(), as_bytes(out), static_cast<int>(out.size())) >= 0);
    return base64url(out);
}

Result<std::string> text_at(const json::object& jwk, std::string_view member) {
    TRY(bytes_at(jwk, member));
    return *json::string_at(jwk, member);
}

}  // namespace

Result<PkeyPtr> pkey_of(const json::object& jwk) {
    const auto kty = json::string_at(jwk, "kty");
    if (kty == "RSA") return rsa_of(jwk);
    if (kty == "EC") return ec_of(jwk);
    return refused("the type of the key is neither RSA nor EC");
}

json::object public_jwk(const EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "RSA")) {
        return {{"kty", "RSA"}, {"n", number_of(key, OSSL_PKEY_PARAM_RSA_N, 0)}, {"e", number_of(key, OSSL_PKEY_PARAM_RSA_E, 0)}};
    }
    return {{"kty", "EC"},
            {"crv", "P-256"},
            {"x", number_of(key, OSSL_PKEY_PARAM_EC_PUB_X, kCoordinateBytes)},
            {"y", number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y, kCoordinateBytes)}};
}

Result<std::string> thumbprint_of(const json::object& jwk) {
    // RFC 7638 §3: "Construct a JSON object containing only the required members ... with no whitespace or line breaks before or
    // after any syntactic elements and with the required members ordered lexicographically". The values are base64url: no escapes.
    const auto kty = json::string_at(jwk, "kty");
    if (kty == "RSA") {
        const auto e = TRY(text_at(jwk, "e"));
        const auto n = TRY(text_at(jwk, "n"));
        return base64url(Digests().sha256(fmt::format(R"({{"e":"{}","kty":"RSA","n":"{}"}})", e, n)));
    }
    if (kty != "EC" || json::string_at(jwk, "crv") != "P-256") return refused("the key is neither RSA nor P-256");
    const auto x = TRY(text_at(jwk, "x"));
    const auto y = TRY(text_at(jwk, "y"));
    return base64url(Digests().sha256(fmt::format(R"({{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}})", x, y)));
}

std::string raw_of_der(std::string_view der) {
    const auto* bytes = as_bytes(der);
    const EcdsaSigPtr signature(d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size())));
    if (!signature) return {};
    std::string raw(2 * kCoordinateBytes, '\0');
    if (BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), as_bytes(raw), kCoordinateBytes) < 0) return {};
    if (BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), as_bytes(raw) + kCoordinateBytes, kCoordinateBytes) < 0) return {};
    return raw;
}

std::string der_of_raw(std::string_view raw) {
    if (raw.size() != 2 * kCoordinateBytes) return {};
    const EcdsaSigPtr signature(ECDSA_SIG_new());
    auto* r = BN_bin2bn(as_bytes(raw), kCoordinateBytes, nullptr);
    auto* s = BN_bin2bn(as_bytes(raw) + kCoordinateBytes, kCoordinateBytes, nullptr);
    PORTCULLIS_ASSERT(signature && r && s && ECDSA_SIG_set0(signature.get(), r, s) == 1);
    std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)), '\0');
    auto* out = as_bytes(der);
    i2d_ECDSA_SIG(signature.get(), &out);
    return der;
}

}  // namespace portcullis::openssl
