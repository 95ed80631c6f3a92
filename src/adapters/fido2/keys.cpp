#include "adapters/fido2/keys.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "base/overloaded.h"

namespace portcullis::fido2 {
namespace {

using credentials::CoseAlgorithm;
using credentials::CosePublicKey;
using openssl::as_bytes;
using openssl::Owned;
using openssl::PkeyCtxPtr;
using openssl::PkeyPtr;

using BuilderPtr = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using ParamsPtr  = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using BignumPtr  = Owned<BIGNUM, BN_free>;

constexpr std::size_t kChainMax = 8;

/// A row for every algorithm: what OpenSSL calls its keys and its hash.
struct Row {
    CoseAlgorithm algorithm;
    const char *type, *group;
    const EVP_MD* (*digest)();
};
const EVP_MD* no_digest() { return nullptr; }
// clang-format off
constexpr auto kRows = std::to_array<Row>({
    {CoseAlgorithm::es256, "EC",      "P-256", EVP_sha256},
    {CoseAlgorithm::es384, "EC",      "P-384", EVP_sha384},
    {CoseAlgorithm::es512, "EC",      "P-521", EVP_sha512},
    {CoseAlgorithm::eddsa, "ED25519", "",      no_digest},
    {CoseAlgorithm::rs256, "RSA",     "",      EVP_sha256},
});
// clang-format on

const Row& row_of(CoseAlgorithm algorithm) { return *std::ranges::find(kRows, algorithm, &Row::algorithm); }

PkeyPtr curve_named(const char* group) {
    const PkeyCtxPtr ctx(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    EVP_PKEY* parameters = nullptr;
    PORTCULLIS_ASSERT(ctx && EVP_PKEY_paramgen_init(ctx.get()) == 1 && EVP_PKEY_CTX_set_group_name(ctx.get(), group) == 1 &&
                      EVP_PKEY_paramgen(ctx.get(), &parameters) == 1);
    return PkeyPtr(parameters);
}

PkeyPtr built(const char* type, OSSL_PARAM_BLD* builder) {
    const ParamsPtr params(OSSL_PARAM_BLD_to_param(builder));
    const PkeyCtxPtr ctx(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!params || !ctx || EVP_PKEY_fromdata_init(ctx.get()) != 1 ||
        EVP_PKEY_fromdata(ctx.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
        return nullptr;
    }
    return PkeyPtr(key);
}

/// A curve without a point on it. Setting up a curve costs as much as verifying a signature on it, a copy does not.
const EVP_PKEY* curve_of(const Row& row) {
    static const auto kCurves = [] {
        std::array<PkeyPtr, kRows.size()> curves;
        for (std::size_t i = 0; i < kRows.size(); ++i) {
            if (kRows[i].type == std::string_view("EC")) curves[i] = curve_named(kRows[i].group);
        }
        return curves;
    }();
    return kCurves[static_cast<std::size_t>(&row - kRows.data())].get();
}

PkeyPtr ec_key(const credentials::EcPublicKey& key, const Row& row) {
    const auto point = "\x04" + key.x + key.y;
    PkeyPtr made(EVP_PKEY_new());
    if (!made || EVP_PKEY_copy_parameters(made.get(), curve_of(row)) != 1 ||
        EVP_PKEY_set1_encoded_public_key(made.get(), as_bytes(point), point.size()) != 1) {
        return nullptr;
    }
    const PkeyCtxPtr ctx(EVP_PKEY_CTX_new_from_pkey(nullptr, made.get(), nullptr));
    // On the curve and not at infinity. That is all: these curves have a prime order, so there is no smaller one to multiply out.
    if (!ctx || EVP_PKEY_public_check_quick(ctx.get()) != 1) return nullptr;
    return made;
}

PkeyPtr rsa_key(const credentials::RsaPublicKey& key) {
    const BignumPtr n(BN_bin2bn(as_bytes(key.modulus), static_cast<int>(key.modulus.size()), nullptr));
    const BignumPtr e(BN_bin2bn(as_bytes(key.exponent), static_cast<int>(key.exponent.size()), nullptr));
    const BuilderPtr builder(OSSL_PARAM_BLD_new());
    // An even exponent, or 1, signs nothing.
    if (!n || !e || !builder || !BN_is_odd(e.get()) || BN_is_one(e.get()) || !BN_is_odd(n.get())) return nullptr;
    if (OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
        return nullptr;
    }
    return built("RSA", builder.get());
}

bool is_of(EVP_PKEY* key, const Row& row) {
    if (EVP_PKEY_is_a(key, row.type) != 1) return false;
    if (row.group[0] == '\0') return true;
    std::array<char, 32> group{};
    std::size_t length = 0;
    if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) != 1) return false;
    return OBJ_txt2nid(group.data()) == EC_curve_nist2nid(row.group) && OBJ_txt2nid(group.data()) != NID_undef;
}

}  // namespace

const EVP_MD* digest_of(CoseAlgorithm algorithm) { return row_of(algorithm).digest(); }

PkeyPtr pkey_of(const CosePublicKey& key) {
    const auto& row = row_of(key.algorithm);
    auto made       = std::visit(overloaded{
                               [&](const credentials::EcPublicKey& k) { return ec_key(k, row); },
                               [&](const credentials::EdPublicKey& k) {
                                   return PkeyPtr(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, as_bytes(k.x), k.x.size()));
                               },
                               [&](const credentials::RsaPublicKey& k) { return rsa_key(k); },
                           },
                           key.key);
    ERR_clear_error();
    return made;
}

bool verifies(EVP_PKEY* key, CoseAlgorithm algorithm, std::string_view message, std::string_view signature) {
    const auto& row = row_of(algorithm);
    if (!key || !is_of(key, row)) return false;
    const openssl::MdCtxPtr ctx(EVP_MD_CTX_new());
    const bool holds = ctx && EVP_DigestVerifyInit(ctx.get(), nullptr, row.digest(), nullptr, key) == 1 &&
                       EVP_DigestVerify(ctx.get(), as_bytes(signature), signature.size(), as_bytes(message), message.size()) == 1;
    ERR_clear_error();
    return holds;
}

X509Ptr certificate_of(std::string_view der) {
    const auto* at = as_bytes(der);
    X509Ptr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    if (!certificate || at != as_bytes(der) + der.size()) certificate.reset();
    ERR_clear_error();
    return certificate;
}

std::vector<X509Ptr> certificates_of(const std::vector<std::string_view>& ders) {
    std::vector<X509Ptr> chain;
    if (ders.size() > kChainMax) return chain;
    for (const auto der : ders) {
        auto certificate = certificate_of(der);
        if (!certificate) return {};
        chain.push_back(std::move(certificate));
    }
    return chain;
}

std::optional<std::string_view> extension_of(const X509* certificate, const char* oid) {
    const Owned<ASN1_OBJECT, ASN1_OBJECT_free> name(OBJ_txt2obj(oid, 1));
    const int at = X509_get_ext_by_OBJ(certificate, name.get(), -1);
    if (at < 0) return std::nullopt;
    const auto* value = X509_EXTENSION_get_data(X509_get_ext(certificate, at));
    return std::string_view(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)), static_cast<std::size_t>(ASN1_STRING_length(value)));
}

bool leads_to(const std::vector<X509Ptr>& chain, const std::vector<X509Ptr>& roots, std::int64_t unix_seconds) {
    if (chain.empty() || roots.empty()) return false;
    const Owned<X509_STORE, X509_STORE_free> store(X509_STORE_new());
    const Owned<X509_STORE_CTX, X509_STORE_CTX_free> ctx(X509_STORE_CTX_new());
    // The stack borrows; it does not own.
    struct StackReleaser {
        void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
    };
    const std::unique_ptr<STACK_OF(X509), StackReleaser> between(sk_X509_new_null());
    if (!store || !ctx || !between) return false;
    for (const auto& root : roots) X509_STORE_add_cert(store.get(), root.get());
    for (std::size_t i = 1; i < chain.size(); ++i) sk_X509_push(between.get(), chain[i].get());
    bool holds = X509_STORE_CTX_init(ctx.get(), store.get(), chain.front().get(), between.get()) == 1;
    if (holds) {
        auto* parameters = X509_STORE_CTX_get0_param(ctx.get());
        X509_VERIFY_PARAM_set_time(parameters, unix_seconds);
        // A root of the tenant's choice may be an intermediate or the model's own certificate.
        X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
        holds = X509_verify_cert(ctx.get()) == 1;
    }
    ERR_clear_error();
    return holds;
}

}  // namespace portcullis::fido2
