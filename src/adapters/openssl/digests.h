#pragma once

#include "adapters/openssl/evp.h"
#include "app/ports/digests.h"

namespace portcullis::openssl {

/// Digests by OpenSSL. The algorithms are fetched once (twice as fast as fetching per call); safe to call from many threads.
class Digests : public app::Digests {
public:
    Digests();

    std::string sha256(std::string_view bytes) const override;
    std::string sha1(std::string_view bytes) const override;
    std::string hmac_sha256(std::string_view key, std::string_view bytes) const override;
    std::string hmac_sha1(std::string_view key, std::string_view bytes) const override;
    std::string hmac_sha512(std::string_view key, std::string_view bytes) const override;

private:
    MdPtr sha1_, sha256_, sha512_;
};

}  // namespace portcullis::openssl
