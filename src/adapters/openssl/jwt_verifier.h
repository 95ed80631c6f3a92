#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "adapters/openssl/evp.h"
#include "app/ports/signer.h"

namespace portcullis::openssl {

/// JWS verification (RFC 7515 §5.2) on EVP. Parsed keys are remembered. Safe to call from many threads.
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
    Result<Ready> ready_to_verify(const app::PublicKey& key);
    Result<bool> is_signed_by(const app::PublicKey& key, std::string_view input, std::string_view signature);

    std::mutex mutex_;
    std::unordered_map<std::string, Ready> ready_;
};

}  // namespace portcullis::openssl
