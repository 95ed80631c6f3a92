#include "passkey.h"

#include <fmt/format.h>

#include <openssl/sha.h>
#include <openssl/x509.h>

namespace load {
namespace {

constexpr unsigned char kPresentVerifiedSynced = 0x01 | 0x04 | 0x08 | 0x10;

std::string sha256(std::string_view bytes) {
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
}

std::string base64url(std::string_view bytes) {
    std::string text(4 * (bytes.size() / 3 + 1) + 1, '\0');
    const auto length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                                        static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    while (text.ends_with('=')) text.pop_back();
    for (auto& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return text;
}

std::shared_ptr<EVP_PKEY> key_of(std::string_view base64) {
    std::string bytes(base64.size(), '\0');
    EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), reinterpret_cast<const unsigned char*>(base64.data()), static_cast<int>(base64.size()));
    const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
    return {d2i_AutoPrivateKey(nullptr, &from, static_cast<long>(bytes.size())), EVP_PKEY_free};
}

}  // namespace

Passkey::Passkey(std::string_view line, std::string origin) : origin_(std::move(origin)) {
    const auto first  = line.find(' ');
    const auto second = line.find(' ', first + 1);
    id_   = line.substr(0, first);
    user_ = line.substr(first + 1, second - first - 1);
    key_  = key_of(line.substr(second + 1));
    ready_.reset(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_DigestSignInit(ready_.get(), nullptr, EVP_sha256(), nullptr, key_.get());
    const auto host = origin_.substr(origin_.find("//") + 2);
    data_ = sha256(host.substr(0, host.find(':'))) + static_cast<char>(kPresentVerifiedSynced) + std::string(4, '\0');
}

std::string Passkey::answer(std::string_view challenge) const {
    const auto client  = fmt::format(R"({{"type":"webauthn.get","challenge":"{}","origin":"{}","crossOrigin":false}})", challenge, origin_);
    const auto message = data_ + sha256(client);
    std::string signature(128, '\0');
    std::size_t length = signature.size();
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_MD_CTX_copy_ex(context.get(), ready_.get());
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length, reinterpret_cast<const unsigned char*>(message.data()),
                   message.size());
    signature.resize(length);
    return fmt::format(R"({{"id":"{0}","rawId":"{0}","type":"public-key","response":{{"clientDataJSON":"{1}","authenticatorData":"{2}","signature":"{3}",)"
                       R"("userHandle":"{4}"}},"clientExtensionResults":{{}}}})",
                       id_, base64url(client), base64url(data_), base64url(signature), user_);
}

}  // namespace load
