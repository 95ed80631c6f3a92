#include "adapters/openssl/digests.h"

#include <openssl/core_names.h>
#include <sodium.h>

#include <array>

#include "base/assert.h"

namespace portcullis::openssl {
namespace {

MdPtr fetch(const char* name) {
    MdPtr md(EVP_MD_fetch(nullptr, name, nullptr));
    PORTCULLIS_ASSERT(md);
    return md;
}

std::string digest(const EVP_MD* md, std::string_view bytes) {
    std::string out(static_cast<std::size_t>(EVP_MD_get_size(md)), '\0');
    PORTCULLIS_ASSERT(EVP_Digest(bytes.data(), bytes.size(), as_bytes(out), nullptr, md, nullptr) == 1);
    return out;
}

MacCtxPtr hmac_with(const char* digest) {
    const MacPtr mac(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr));
    MacCtxPtr context(EVP_MAC_CTX_new(mac.get()));
    std::string name(digest);
    const std::array<OSSL_PARAM, 2> params{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0), OSSL_PARAM_construct_end()};
    PORTCULLIS_ASSERT(context && EVP_MAC_CTX_set_params(context.get(), params.data()) == 1);
    return context;
}

std::string hmac(const EVP_MAC_CTX* prepared, std::string_view key, std::string_view bytes) {
    static constexpr unsigned char kEmpty = 0;  // a null key is "the key of before"
    const MacCtxPtr context(EVP_MAC_CTX_dup(prepared));
    PORTCULLIS_ASSERT(context && EVP_MAC_init(context.get(), key.empty() ? &kEmpty : as_bytes(key), key.size(), nullptr) == 1);
    std::string out(EVP_MAC_CTX_get_mac_size(context.get()), '\0');
    std::size_t size = 0;
    PORTCULLIS_ASSERT(EVP_MAC_update(context.get(), as_bytes(bytes), bytes.size()) == 1 &&
                      EVP_MAC_final(context.get(), as_bytes(out), &size, out.size()) == 1 && size == out.size());
    return out;
}

}  // namespace

Digests::Digests()
    : sha1_(fetch("SHA1")), sha256_(fetch("SHA256")), hmac_sha1_(hmac_with("SHA1")), hmac_sha512_(hmac_with("SHA512")) {}

std::string Digests::sha256(std::string_view bytes) const { return digest(sha256_.get(), bytes); }
std::string Digests::sha1(std::string_view bytes) const { return digest(sha1_.get(), bytes); }
std::string Digests::hmac_sha256(std::string_view key, std::string_view bytes) const {
    // Every request makes some, and setting up a context of OpenSSL costs several times the hashing; libsodium's is on the stack.
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, as_bytes(key), key.size());
    crypto_auth_hmacsha256_update(&state, as_bytes(bytes), bytes.size());
    std::string out(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_final(&state, as_bytes(out));
    return out;
}
std::string Digests::hmac_sha1(std::string_view key, std::string_view bytes) const { return hmac(hmac_sha1_.get(), key, bytes); }
std::string Digests::hmac_sha512(std::string_view key, std::string_view bytes) const { return hmac(hmac_sha512_.get(), key, bytes); }

}  // namespace portcullis::openssl
