#pragma once

#include "adapters/openssl/evp.h"
#include "app/ports/digests.h"

namespace portcullis::openssl {

/// Digests by OpenSSL. The algorithms are fetched once (fetching for each call takes twice the time); safe to call from many threads.
class Digests : public app::Digests {
public:
    Digests();

    std::string sha256(std::string_view bytes) const override;
    std::string sha1(std::string_view bytes) const override;
    std::string hmac_sha256(std::string_view key, std::string_view bytes) const override;
    std::string hmac_sha1(std::string_view key, std::string_view bytes) const override;
    std::string hmac_sha512(std::string_view key, std::string_view bytes) const override;

private:
    MdPtr sha1_, sha256_;
    MacCtxPtr hmac_sha1_, hmac_sha512_;  // without a key: copied for each call
};

}  // namespace portcullis::openssl
