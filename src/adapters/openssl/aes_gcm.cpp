#include "adapters/openssl/aes_gcm.h"

#include <climits>

#include "adapters/openssl/evp.h"
#include "base/assert.h"

namespace portcullis::openssl {
namespace {

constexpr std::size_t kNonceBytes = 12, kTagBytes = 16;

const EVP_CIPHER* aes_256_gcm() {
    static const CipherPtr cipher(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
    PORTCULLIS_ASSERT(cipher);
    return cipher.get();
}

int length(std::string_view bytes) {
    PORTCULLIS_ASSERT(bytes.size() <= INT_MAX);
    return static_cast<int>(bytes.size());
}

}  // namespace

std::string gcm_encrypt(const Secret& key, std::string_view plain, std::string_view associated, app::Random& random) {
    PORTCULLIS_ASSERT(key.size() == kAesKeyBytes);
    auto out         = random.bytes(kNonceBytes);
    const auto nonce = out;
    out.resize(kNonceBytes + plain.size() + kTagBytes);
    auto* text = as_bytes(out) + kNonceBytes;

    const CipherCtxPtr ctx(EVP_CIPHER_CTX_new());
    int written = 0;
    PORTCULLIS_ASSERT(ctx && EVP_EncryptInit_ex2(ctx.get(), aes_256_gcm(), as_bytes(key.reveal()), as_bytes(nonce), nullptr) == 1);
    PORTCULLIS_ASSERT(EVP_EncryptUpdate(ctx.get(), nullptr, &written, as_bytes(associated), length(associated)) == 1);
    PORTCULLIS_ASSERT(EVP_EncryptUpdate(ctx.get(), text, &written, as_bytes(plain), length(plain)) == 1);
    PORTCULLIS_ASSERT(EVP_EncryptFinal_ex(ctx.get(), text + plain.size(), &written) == 1);
    PORTCULLIS_ASSERT(EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, text + plain.size()) == 1);
    return out;
}

std::optional<Secret> gcm_decrypt(const Secret& key, std::string_view sealed, std::string_view associated) {
    PORTCULLIS_ASSERT(key.size() == kAesKeyBytes);
    if (sealed.size() < kNonceBytes + kTagBytes) return std::nullopt;
    const auto nonce = sealed.substr(0, kNonceBytes);
    const auto text  = sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
    std::string tag(sealed.substr(sealed.size() - kTagBytes));

    std::string plain(text.size(), '\0');
    const CipherCtxPtr ctx(EVP_CIPHER_CTX_new());
    int written = 0;
    PORTCULLIS_ASSERT(ctx && EVP_DecryptInit_ex2(ctx.get(), aes_256_gcm(), as_bytes(key.reveal()), as_bytes(nonce), nullptr) == 1);
    PORTCULLIS_ASSERT(EVP_DecryptUpdate(ctx.get(), nullptr, &written, as_bytes(associated), length(associated)) == 1);
    PORTCULLIS_ASSERT(EVP_DecryptUpdate(ctx.get(), as_bytes(plain), &written, as_bytes(text), length(text)) == 1);
    PORTCULLIS_ASSERT(EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1);
    const bool is_authentic = EVP_DecryptFinal_ex(ctx.get(), as_bytes(plain) + plain.size(), &written) == 1;
    Secret opened(std::move(plain));  // a Secret before the check, so that unauthentic bytes are wiped too
    if (!is_authentic) return std::nullopt;
    return opened;
}

}  // namespace portcullis::openssl
