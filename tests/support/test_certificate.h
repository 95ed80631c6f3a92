#pragma once

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Certificates made as a test needs them: P-256 keys, an issuer or none, and every field open to be wrong.
namespace portcullis::tests {

class TestCertificate {
public:
    struct Wish {
        std::string name = "Test root";  // CN
        std::vector<std::pair<std::string, std::string>> more_subject = {};  // as `O`, `Example`
        bool is_ca           = false;
        std::string dns_name = {};        // subjectAltName
        std::string aaguid   = {};        // 16 bytes: id-fido-gen-ce-aaguid
        std::int64_t from    = 1'700'000'000, until = 2'000'000'000;
        std::string crl_url  = {};        // CRL distribution point
    };
    /// A revocation list; `until` 0: it does not say.
    struct CrlWish {
        std::vector<const TestCertificate*> revoked = {};
        std::int64_t from = 1'700'000'000, until = 2'000'000'000;
        const EVP_MD* digest = EVP_sha256();
        std::string part_at  = {};  // it is the part of a list that is published there
        std::string scope    = {};  // what it is for, as OpenSSL writes an issuing distribution point
        bool is_delta        = false;
    };

    /// Signed by `issuer`, or by itself.
    explicit TestCertificate(const Wish& wish, const TestCertificate* issuer = nullptr)
        : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
        auto* x = certificate_.get();
        X509_set_version(x, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(x), ++serials());
        ASN1_TIME_set(X509_getm_notBefore(x), wish.from);
        ASN1_TIME_set(X509_getm_notAfter(x), wish.until);
        for (const auto& [type, value] : wish.more_subject) add_name(type, value);
        add_name("CN", wish.name);
        X509_set_issuer_name(x, X509_get_subject_name(issuer ? issuer->certificate_.get() : x));
        X509_set_pubkey(x, key_.get());
        add_extension(NID_basic_constraints, wish.is_ca ? "critical,CA:TRUE" : "CA:FALSE");
        if (!wish.dns_name.empty()) add_extension(NID_subject_alt_name, "DNS:" + wish.dns_name);
        if (!wish.aaguid.empty()) add_aaguid(wish.aaguid);
        if (!wish.crl_url.empty()) add_extension(NID_crl_distribution_points, "URI:" + wish.crl_url);
        require(X509_sign(x, issuer ? issuer->key_.get() : key_.get(), EVP_sha256()) > 0);
    }

    [[nodiscard]] std::string der() const {
        unsigned char* bytes = nullptr;
        const auto size      = i2d_X509(certificate_.get(), &bytes);
        std::string text(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
        OPENSSL_free(bytes);
        return text;
    }
    [[nodiscard]] std::string pem() const {
        return written([&](BIO* to) { return PEM_write_bio_X509(to, certificate_.get()); });
    }
    /// What it revoked, DER.
    [[nodiscard]] std::string crl(const CrlWish& wish) const {
        const auto list = made_list(wish);
        return written([&](BIO* to) { return i2d_X509_CRL_bio(to, list.get()); });
    }
    [[nodiscard]] std::string crl() const { return crl(CrlWish{}); }
    [[nodiscard]] std::string crl_pem() const {
        const auto list = made_list({});
        return written([&](BIO* to) { return PEM_write_bio_X509_CRL(to, list.get()); });
    }
    /// ECDSA with SHA-256, DER.
    [[nodiscard]] std::string sign(std::string_view message) const {
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> ctx(EVP_MD_CTX_new(), EVP_MD_CTX_free);
        std::size_t size = 256;
        std::string signature(size, '\0');
        require(EVP_DigestSignInit(ctx.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
                EVP_DigestSign(ctx.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                               reinterpret_cast<const unsigned char*>(message.data()), message.size()) == 1);
        signature.resize(size);
        return signature;
    }

private:
    using CrlPtr = std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)>;

    template <class Write>
    static std::string written(const Write& write) {
        const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
        require(write(bio.get()) == 1);
        char* text      = nullptr;
        const auto size = BIO_get_mem_data(bio.get(), &text);
        return std::string(text, static_cast<std::size_t>(size));
    }
    static std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> time_of(std::int64_t at) { return {ASN1_TIME_set(nullptr, at), ASN1_TIME_free}; }
    CrlPtr made_list(const CrlWish& wish) const {
        CrlPtr list(X509_CRL_new(), X509_CRL_free);
        X509_CRL_set_version(list.get(), 1);
        X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(certificate_.get()));
        X509_CRL_set1_lastUpdate(list.get(), time_of(wish.from).get());
        if (wish.until != 0) X509_CRL_set1_nextUpdate(list.get(), time_of(wish.until).get());
        for (const auto* one : wish.revoked) {
            auto* entry = X509_REVOKED_new();
            X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(one->certificate_.get()));
            X509_REVOKED_set_revocationDate(entry, time_of(wish.from).get());
            require(X509_CRL_add0_revoked(list.get(), entry) == 1);
        }
        if (!wish.part_at.empty()) {
            const auto part = made_extension(NID_issuing_distribution_point, "critical,fullname:URI:" + wish.part_at);
            require(X509_CRL_add_ext(list.get(), part.get(), -1) == 1);
        }
        if (!wish.scope.empty()) {
            const auto scope = made_extension(NID_issuing_distribution_point, "critical," + wish.scope);
            require(X509_CRL_add_ext(list.get(), scope.get(), -1) == 1);
        }
        if (wish.is_delta) {
            const std::unique_ptr<ASN1_INTEGER, decltype(&ASN1_INTEGER_free)> base(ASN1_INTEGER_new(), ASN1_INTEGER_free);
            require(ASN1_INTEGER_set(base.get(), 1) == 1 && X509_CRL_add1_ext_i2d(list.get(), NID_delta_crl, base.get(), 1, 0) == 1);
        }
        X509_CRL_sort(list.get());
        require(X509_CRL_sign(list.get(), key_.get(), wish.digest) > 0);
        return list;
    }
    static void require(bool holds) {
        if (!holds) std::abort();
    }
    static long& serials() {
        static long last = 0;
        return last;
    }
    void add_name(const std::string& type, const std::string& value) {
        require(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate_.get()), type.c_str(), MBSTRING_UTF8,
                                           reinterpret_cast<const unsigned char*>(value.c_str()), -1, -1, 0) == 1);
    }
    static std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> made_extension(int nid, const std::string& value) {
        return {X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()), X509_EXTENSION_free};
    }
    void add_extension(int nid, const std::string& value) {
        const auto made = made_extension(nid, value);
        require(made && X509_add_ext(certificate_.get(), made.get(), -1) == 1);
    }
    void add_aaguid(const std::string& aaguid) {
        const auto value = "\x04\x10" + aaguid;
        const std::unique_ptr<ASN1_OCTET_STRING, decltype(&ASN1_OCTET_STRING_free)> octets(ASN1_OCTET_STRING_new(), ASN1_OCTET_STRING_free);
        ASN1_OCTET_STRING_set(octets.get(), reinterpret_cast<const unsigned char*>(value.data()), static_cast<int>(value.size()));
        const std::unique_ptr<ASN1_OBJECT, decltype(&ASN1_OBJECT_free)> name(OBJ_txt2obj("1.3.6.1.4.1.45724.1.1.4", 1), ASN1_OBJECT_free);
        const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> made(X509_EXTENSION_create_by_OBJ(nullptr, name.get(), 0, octets.get()),
                                                                                   X509_EXTENSION_free);
        require(made && X509_add_ext(certificate_.get(), made.get(), -1) == 1);
    }

    std::shared_ptr<EVP_PKEY> key_;
    std::shared_ptr<X509> certificate_;
};

}  // namespace portcullis::tests
