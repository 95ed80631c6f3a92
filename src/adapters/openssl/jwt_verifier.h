#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <variant>

#include "adapters/openssl/digests.h"
#include "adapters/openssl/evp.h"
#include "app/ports/signer.h"
#include "base/lru_cache.h"

namespace portcullis::openssl {

/// JWS verification (RFC 7515 §5.2) on EVP. Parsed keys are remembered, and so are signatures found good: that a key has
/// signed a text stays true, and a resource asks about the same token again and again. Safe to call from many threads.
class JwtVerifier : public app::JwtVerifier {
public:
    Result<app::VerifiedJwt> verify(std::string_view token, const app::JwtRules& rules,
                                    std::span<const app::PublicKey> keys) override;
    Result<app::PublicKey> parse_jwk(const json::object& jwk) override;
    Result<app::UnverifiedJwt> read_unverified(std::string_view token, const app::JwtRules& rules) override;
    Result<app::Certificate> parse_certificate(std::string_view pem_or_der) override;
    Result<std::string> thumbprint(const json::object& jwk) override;

private:
    using Ready = std::shared_ptr<const EVP_MD_CTX>;
    Result<Ready> ready_to_verify(const app::PublicKey& key, const std::string& name);
    Result<bool> is_signed_by(const app::PublicKey& key, std::string_view input, std::string_view signature);

    const Digests digests_;
    std::mutex mutex_;
    std::unordered_map<std::string, Ready> ready_;
    LruCache<std::monostate> good_{std::size_t{4} << 20};  // digests of key, signed text and signature; some 15,000
};

}  // namespace portcullis::openssl
