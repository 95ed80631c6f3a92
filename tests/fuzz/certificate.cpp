#include <cstdlib>
#include <string_view>

#include "adapters/openssl/jwt_verifier.h"

/// Certificates of strangers. One that is accepted has a key that is accepted as a JWK too, under the name it was given, for the
/// algorithms of its kind; a private key is never accepted with it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis;
    static openssl::JwtVerifier verifier;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto read = verifier.parse_certificate(text);
    if (!read) return 0;
    if (text.find("PRIVATE KEY") != std::string_view::npos && text.find("-----BEGIN") != std::string_view::npos) std::abort();
    const auto again = verifier.parse_jwk(read->key.jwk);
    if (!again || again->jwk != read->key.jwk || verifier.thumbprint(again->jwk).value() != read->key.kid) std::abort();
    if (read->x5t.size() != 27 || read->x5t_s256.size() != 43 || read->subject.size() > 256) std::abort();
    if (read->algs.size() != (read->key.alg == "ES256" ? 1U : 2U) || read->algs.front() != read->key.alg) std::abort();
    return 0;
}
