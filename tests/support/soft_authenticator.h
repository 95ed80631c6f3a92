#pragma once

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "base/encoding.h"
#include "base/json.h"
#include "tests/support/test_certificate.h"

/// An authenticator and its browser in software: real ES256 keys, real signatures, and every field open to be wrong.
namespace portcullis::tests {

inline std::string sha256_of(std::string_view bytes) {
    std::string digest(32, '\0');
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
}

/// A head and content of CBOR (RFC 8949 §3).
inline std::string cbor_head(unsigned major, std::size_t argument) {
    const auto first = [&](unsigned additional) { return static_cast<char>(major << 5 | additional); };
    if (argument < 24) return {first(static_cast<unsigned>(argument))};
    if (argument < 256) return {first(24), static_cast<char>(argument)};
    return {first(25), static_cast<char>(argument >> 8), static_cast<char>(argument & 0xFF)};
}
inline std::string cbor_bytes(std::string_view bytes) { return cbor_head(2, bytes.size()) + std::string(bytes); }
inline std::string cbor_text(std::string_view text) { return cbor_head(3, text.size()) + std::string(text); }

class SoftAuthenticator {
public:
    enum Flag : unsigned { UP = 0x01, UV = 0x04, BE = 0x08, BS = 0x10, AT = 0x40 };

    /// What a ceremony is made of. Change what must be wrong.
    struct Ceremony {
        std::string challenge;  // bytes
        std::string origin = "https://login.example";
        std::string rp_id  = "login.example";
        unsigned flags     = UP | UV;
        std::uint32_t counter = 0;
        std::string type;         // empty: as the ceremony's
        std::string more_client;  // e.g. `,"crossOrigin":true`
        bool self_attested = false;
        const TestCertificate* attested_by = nullptr;  // the key and certificate of the model's maker
        bool omits_user_handle = false;
    };

    explicit SoftAuthenticator(std::string user_handle_ = {}) : user_handle(std::move(user_handle_)), key_(EVP_EC_gen("P-256"), EVP_PKEY_free) {
        credential_id.resize(32);
        if (!key_ || RAND_bytes(reinterpret_cast<unsigned char*>(credential_id.data()), 32) != 1) std::abort();
    }

    /// `RegistrationResponseJSON`.
    [[nodiscard]] std::string create(const Ceremony& c) const {
        const auto client = client_data(c, "webauthn.create");
        const auto data   = authenticator_data(c, c.flags | AT);
        const auto signature = c.attested_by ? c.attested_by->sign(data + sha256_of(client)) : sign(data + sha256_of(client));
        const auto packed    = cbor_text("alg") + '\x26' + cbor_text("sig") + cbor_bytes(signature);
        const auto statement = c.attested_by   ? cbor_head(5, 3) + packed + cbor_text("x5c") + cbor_head(4, 1) + cbor_bytes(c.attested_by->der())
                               : c.self_attested ? cbor_head(5, 2) + packed
                                                 : cbor_head(5, 0);
        const auto object = cbor_head(5, 3) + cbor_text("fmt") + cbor_text(c.self_attested || c.attested_by ? "packed" : "none") + cbor_text("attStmt") +
                            statement + cbor_text("authData") + cbor_bytes(data);
        return answer({{"clientDataJSON", base64url(client)}, {"attestationObject", base64url(object)}, {"transports", json::array{"internal"}}});
    }

    /// `AuthenticationResponseJSON`.
    [[nodiscard]] std::string get(const Ceremony& c) const {
        const auto client = client_data(c, "webauthn.get");
        const auto data   = authenticator_data(c, c.flags);
        json::object response{{"clientDataJSON", base64url(client)},
                              {"authenticatorData", base64url(data)},
                              {"signature", base64url(sign(data + sha256_of(client)))}};
        if (!c.omits_user_handle) response["userHandle"] = base64url(user_handle);
        return answer(std::move(response));
    }

    [[nodiscard]] std::string cose_key() const {
        return cbor_head(5, 5) + std::string("\x01\x02\x03\x26\x20\x01\x21", 7) + cbor_bytes(coordinate(OSSL_PKEY_PARAM_EC_PUB_X)) + '\x22' +
               cbor_bytes(coordinate(OSSL_PKEY_PARAM_EC_PUB_Y));
    }
    [[nodiscard]] std::string sign(std::string_view message) const {
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> ctx(EVP_MD_CTX_new(), EVP_MD_CTX_free);
        std::size_t size = 256;
        std::string signature(size, '\0');
        if (EVP_DigestSignInit(ctx.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
            EVP_DigestSign(ctx.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                           reinterpret_cast<const unsigned char*>(message.data()), message.size()) != 1) {
            std::abort();
        }
        signature.resize(size);
        return signature;
    }

    std::string credential_id;  // bytes
    std::string user_handle;    // as the registration gave it
    std::string aaguid = std::string(16, '\0');

private:
    [[nodiscard]] std::string coordinate(const char* name) const {
        BIGNUM* number = nullptr;
        std::string bytes(32, '\0');
        if (EVP_PKEY_get_bn_param(key_.get(), name, &number) != 1) std::abort();
        BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), 32);
        BN_free(number);
        return bytes;
    }
    static std::string client_data(const Ceremony& c, const std::string& type) {
        return R"({"type":")" + (c.type.empty() ? type : c.type) + R"(","challenge":")" + base64url(c.challenge) + R"(","origin":")" + c.origin + '"' +
               c.more_client + "}";
    }
    [[nodiscard]] std::string authenticator_data(const Ceremony& c, unsigned flags) const {
        std::string data = sha256_of(c.rp_id) + static_cast<char>(flags);
        for (int shift = 24; shift >= 0; shift -= 8) data += static_cast<char>(c.counter >> shift & 0xFF);
        if ((flags & AT) == 0) return data;
        data += aaguid;
        data += static_cast<char>(credential_id.size() >> 8);
        data += static_cast<char>(credential_id.size() & 0xFF);
        return data + credential_id + cose_key();
    }
    [[nodiscard]] std::string answer(json::object response) const {
        const auto id = base64url(credential_id);
        return json::to_text(json::object{{"id", id},
                                          {"rawId", id},
                                          {"type", "public-key"},
                                          {"authenticatorAttachment", "platform"},
                                          {"clientExtensionResults", json::object{}},
                                          {"response", std::move(response)}});
    }

    std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace portcullis::tests
