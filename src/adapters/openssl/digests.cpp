#include "adapters/openssl/digests.h"

#include <openssl/hmac.h>

#include <climits>

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

std::string hmac(const EVP_MD* md, std::string_view key, std::string_view bytes) {
    static constexpr char kEmpty = 0;  // HMAC() takes a null key for "the key of before"
    PORTCULLIS_ASSERT(key.size() <= INT_MAX);
    std::string out(static_cast<std::size_t>(EVP_MD_get_size(md)), '\0');
    unsigned size = 0;
    PORTCULLIS_ASSERT(HMAC(md, key.empty() ? &kEmpty : key.data(), static_cast<int>(key.size()), as_bytes(bytes), bytes.size(),
                           as_bytes(out), &size) != nullptr);
    return out;
}

}  // namespace

Digests::Digests() : sha1_(fetch("SHA1")), sha256_(fetch("SHA256")), sha512_(fetch("SHA512")) {}

std::string Digests::sha256(std::string_view bytes) const { return digest(sha256_.get(), bytes); }
std::string Digests::sha1(std::string_view bytes) const { return digest(sha1_.get(), bytes); }
std::string Digests::hmac_sha256(std::string_view key, std::string_view bytes) const { return hmac(sha256_.get(), key, bytes); }
std::string Digests::hmac_sha1(std::string_view key, std::string_view bytes) const { return hmac(sha1_.get(), key, bytes); }
std::string Digests::hmac_sha512(std::string_view key, std::string_view bytes) const { return hmac(sha512_.get(), key, bytes); }

}  // namespace portcullis::openssl
