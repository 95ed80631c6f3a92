#include "adapters/openssl/certificate.h"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>

#include "adapters/openssl/jwk.h"
#include "base/assert.h"
#include "base/encoding.h"

namespace portcullis::openssl {
namespace {

using BioPtr         = Owned<BIO, BIO_free>;
using CertificatePtr = Owned<X509, X509_free>;

constexpr std::size_t kBytesMax   = 64 * 1024;  // a certificate has 1 to 4 KiB
constexpr std::size_t kSubjectMax = 256;
constexpr std::size_t kChainBytesMax = 1024 * 1024;

Error refused(std::string why) {
    ERR_clear_error();
    return {ErrorCode::invalidRequest, std::move(why)};
}

/// No password is ever asked for: an encrypted block is not ours to open.
int no_password(char*, int, int, void*) { return -1; }

Result<CertificatePtr> from_pem(std::string_view pem) {
    // A public key is all we need, and a private one in the wrong file is how they leak.
    if (pem.find("PRIVATE KEY") != std::string_view::npos) return refused("the file holds a private key: register the certificate alone");
    const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    PORTCULLIS_ASSERT(bio);
    CertificatePtr certificate(PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr));
    if (!certificate) return refused("this is not a certificate");
    if (const CertificatePtr second(PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr)); second) {
        return refused("the file holds more than one certificate: register the client's own");
    }
    ERR_clear_error();  // the end of the file, in its words
    return certificate;
}

Result<CertificatePtr> from_der(std::string_view der) {
    const auto* at = as_bytes(der);
    CertificatePtr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    if (!certificate || at != as_bytes(der) + der.size()) return refused("this is not a certificate");
    return certificate;
}

Result<CertificatePtr> parsed(std::string_view text) {
    if (text.size() > kBytesMax) return refused("a certificate is smaller than this file");
    return text.find("-----BEGIN") == std::string_view::npos ? from_der(text) : from_pem(text);
}

Result<Instant> instant_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return refused("the certificate has no usable validity");
    const auto seconds = timegm(&parts);
    if (seconds < 0) return refused("the certificate is older than 1970");
    return from_unix_seconds(seconds);
}

std::string digest_of(const X509* certificate, const EVP_MD* md) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    PORTCULLIS_ASSERT(X509_digest(certificate, md, bytes.data(), &size) == 1);
    return base64url(std::string(bytes.begin(), bytes.begin() + size));
}

/// RFC 2253; what is not ASCII comes out escaped.
std::string subject_of(const X509* certificate) {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PORTCULLIS_ASSERT(bio);
    X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
    char* data      = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &data);
    std::string text(data, static_cast<std::size_t>(std::max<long>(size, 0)));
    return text.substr(0, kSubjectMax);
}

/// RSA, or EC on P-256: what jwk.h can write down. Sizes are pkey_of's to refuse.
bool is_known_kind(const EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "RSA")) return true;
    std::array<char, 32> group{};
    return EVP_PKEY_is_a(key, "EC") &&
           EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(), nullptr) == 1 &&
           std::string_view(group.data()) == "prime256v1";
}

Result<app::PublicKey> key_of(const X509* certificate) {
    const auto* key = X509_get0_pubkey(certificate);
    if (key == nullptr || !is_known_kind(key)) return refused("the key of the certificate is neither RSA nor P-256");
    auto jwk = public_jwk(key);
    TRY(pkey_of(jwk));
    auto kid = TRY(thumbprint_of(jwk));
    return app::PublicKey{.kid = std::move(kid), .alg = EVP_PKEY_is_a(key, "RSA") ? "PS256" : "ES256", .jwk = std::move(jwk)};
}

}  // namespace

Result<app::Certificate> certificate_of(std::string_view pem_or_der) {
    const auto certificate = TRY(parsed(pem_or_der));
    // Without the extension all bits are set.
    if ((X509_get_key_usage(certificate.get()) & KU_DIGITAL_SIGNATURE) == 0) return refused("the certificate is not for signatures");
    app::Certificate read{.subject   = subject_of(certificate.get()),
                          .x5t       = digest_of(certificate.get(), EVP_sha1()),
                          .x5t_s256  = digest_of(certificate.get(), EVP_sha256()),
                          .key       = {},
                          .algs      = {}};
    read.key        = TRY(key_of(certificate.get()));
    read.not_before = TRY(instant_of(X509_get0_notBefore(certificate.get())));
    read.not_after  = TRY(instant_of(X509_get0_notAfter(certificate.get())));
    read.algs       = read.key.alg == "ES256" ? std::vector<std::string>{"ES256"} : std::vector<std::string>{"PS256", "RS256"};
    return read;
}

Result<Instant> certificate_end(std::string_view pem_chain) {
    if (pem_chain.size() > kChainBytesMax) return refused("a chain of certificates is smaller than this file");
    const BioPtr bio(BIO_new_mem_buf(pem_chain.data(), static_cast<int>(pem_chain.size())));
    PORTCULLIS_ASSERT(bio);
    const CertificatePtr first(PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr));
    if (!first) return refused("this is not a certificate");
    return instant_of(X509_get0_notAfter(first.get()));
}

}  // namespace portcullis::openssl
