#include "adapters/openssl/signer.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "adapters/openssl/jwk.h"
#include "base/assert.h"
#include "base/encoding.h"

namespace portcullis::openssl {
namespace {

using Pkcs8Ptr = Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;

constexpr std::size_t kRingsMax         = 10'000;
constexpr std::chrono::minutes kRingAge = std::chrono::minutes{5};
constexpr unsigned kRsaBits             = 2048;  // PROTO-010

/// A key ready to sign: initialising costs as much as an ES256 signature, so it is done once and copied.
Result<MdCtxPtr> ready_to_sign(EVP_PKEY* key) {
    MdCtxPtr ctx(EVP_MD_CTX_new());
    PORTCULLIS_ASSERT(ctx);
    if (EVP_DigestSignInit_ex(ctx.get(), nullptr, "SHA256", nullptr, nullptr, key, nullptr) != 1) {
        ERR_clear_error();
        return Error{ErrorCode::unavailable, "signing key cannot sign"};
    }
    return ctx;
}

std::string signature_of(const EVP_MD_CTX* ready, std::string_view input) {
    const MdCtxPtr ctx(EVP_MD_CTX_new());
    PORTCULLIS_ASSERT(ctx && EVP_MD_CTX_copy_ex(ctx.get(), ready) == 1);
    std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(EVP_PKEY_CTX_get0_pkey(EVP_MD_CTX_get_pkey_ctx(ctx.get())))), '\0');
    auto size = signature.size();
    PORTCULLIS_ASSERT(EVP_DigestSign(ctx.get(), as_bytes(signature), &size, as_bytes(input), input.size()) == 1);
    signature.resize(size);
    return signature;
}

Secret pkcs8_of(const EVP_PKEY* key) {
    const Pkcs8Ptr wrapped(EVP_PKEY2PKCS8(key));
    PORTCULLIS_ASSERT(wrapped);
    std::string der(static_cast<std::size_t>(i2d_PKCS8_PRIV_KEY_INFO(wrapped.get(), nullptr)), '\0');
    auto* out = as_bytes(der);
    PORTCULLIS_ASSERT(i2d_PKCS8_PRIV_KEY_INFO(wrapped.get(), &out) > 0);
    return Secret(std::move(der));
}

}  // namespace

struct Signer::ParsedKey {
    app::PublicKey key;
    Instant activates_at{}, retires_at{}, published_until{};
    MdCtxPtr ready;
    bool is_ec = false;

    [[nodiscard]] bool is_active(Instant now) const { return activates_at <= now && now < retires_at; }

    static Result<ParsedKey> from(app::SigningKey stored) {
        const auto der    = stored.private_der.reveal();
        const auto* bytes = as_bytes(der);
        const PkeyPtr key(d2i_AutoPrivateKey(nullptr, &bytes, static_cast<long>(der.size())));
        ERR_clear_error();
        const bool is_ec = key && EVP_PKEY_is_a(key.get(), "EC");
        if (!key || (is_ec ? "ES256" : "RS256") != stored.key.alg) {
            return Error{ErrorCode::unavailable, fmt::format("signing key `{}` is not a key for `{}`", stored.key.kid, stored.key.alg)};
        }
        auto ready = TRY(ready_to_sign(key.get()));
        return ParsedKey{std::move(stored.key), stored.activates_at, stored.retires_at, stored.published_until, std::move(ready), is_ec};
    }
};

Signer::Signer(Source source) : source_(std::move(source)) {}
Signer::~Signer() = default;

Result<app::SigningKey> Signer::generate(std::string_view alg) {
    if (alg != "RS256" && alg != "ES256") return Error{ErrorCode::invalidRequest, fmt::format("no keys are made for `{}`", alg)};
    const PkeyPtr key(alg == "RS256" ? EVP_RSA_gen(kRsaBits) : EVP_EC_gen("P-256"));
    PORTCULLIS_ASSERT(key);
    auto jwk = public_jwk(key.get());
    auto kid = TRY(thumbprint_of(jwk));
    return app::SigningKey{.key         = {.kid = std::move(kid), .alg = std::string(alg), .jwk = std::move(jwk)},
                           .private_der = pkcs8_of(key.get())};
}

Result<std::string> Signer::sign(const app::ToSign& what) {
    const auto ring         = TRY(ring_of(what.tenant, what.now));
    const ParsedKey* chosen = nullptr;
    for (const auto& key : ring->keys) {
        if (key.key.alg != what.alg || !key.is_active(what.now)) continue;
        if (!chosen || key.activates_at > chosen->activates_at) chosen = &key;
    }
    if (!chosen) {
        return Error{ErrorCode::unavailable, fmt::format("tenant {} has no active signing key for `{}`", to_string(what.tenant), what.alg)};
    }
    const auto header = json::to_text(json::object{{"typ", what.typ}, {"alg", chosen->key.alg}, {"kid", chosen->key.kid}});
    auto token        = base64url(header) + "." + base64url(what.claims);
    auto signature    = signature_of(chosen->ready.get(), token);
    if (chosen->is_ec) signature = raw_of_der(signature);
    return std::move(token) + "." + base64url(signature);
}

Result<std::vector<app::PublicKey>> Signer::published(TenantId tenant, Instant now) {
    const auto ring = TRY(ring_of(tenant, now));
    std::vector<app::PublicKey> keys;
    for (const auto& key : ring->keys) {
        if (now < key.published_until) keys.push_back(key.key);
    }
    return keys;
}

Result<std::shared_ptr<const Signer::Ring>> Signer::ring_of(TenantId tenant, Instant now) {
    std::uint64_t before = 0;
    {
        const std::lock_guard lock(mutex_);
        before           = forgotten_;
        const auto found = rings_.find(tenant);
        if (found != rings_.end() && now >= found->second->read_at && now < found->second->read_at + kRingAge) return found->second;
    }
    auto stored   = TRY(source_(tenant));
    auto ring     = std::make_shared<Ring>();
    ring->read_at = now;
    for (auto& key : stored) ring->keys.push_back(TRY(ParsedKey::from(std::move(key))));

    // What was read before somebody called `forget` may be what had to be forgotten: use it once, keep it not.
    const std::lock_guard lock(mutex_);
    if (forgotten_ == before) {
        if (rings_.size() >= kRingsMax) rings_.clear();
        rings_[tenant] = ring;
    }
    return std::shared_ptr<const Ring>(std::move(ring));
}

void Signer::forget(TenantId tenant) {
    const std::lock_guard lock(mutex_);
    ++forgotten_;
    rings_.erase(tenant);
}

}  // namespace portcullis::openssl
