#include "main/demo/private_ca.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "main/demo/private_files.h"

namespace portcullis::demo {
namespace {

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* pointer) const { Free(pointer); }
};
using Key         = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Memory      = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Extension   = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

constexpr auto kLife       = std::chrono::days{800};  // what browsers still accept of a private authority
constexpr auto kRenewAhead = std::chrono::days{30};

Error openssl_failed() { return {ErrorCode::unavailable, "cannot make the demo's certificate"}; }

Key new_key() { return Key(EVP_EC_gen("P-256")); }

/// Who a certificate is for and what it may do.
struct Subject {
    const char* name;
    const char* constraints;
    const char* usage;
    const char* extended_usage;  // null: none
    const char* names;           // null: none
};
constexpr Subject kAuthority{"Portcullis demo authority", "critical,CA:TRUE,pathlen:0", "critical,keyCertSign,cRLSign", nullptr, nullptr};
constexpr Subject kServer{"localhost", "critical,CA:FALSE", "critical,digitalSignature", "serverAuth",
                          "DNS:localhost,IP:127.0.0.1,IP:::1"};

bool add_extension(X509* certificate, X509* issuer, int kind, const char* value) {
    if (!value) return true;
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
    unsigned char bytes[16];
    if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
    bytes[0] &= 0x7f;
    const std::unique_ptr<BIGNUM, Freed<BN_free>> number(BN_bin2bn(bytes, sizeof bytes, nullptr));
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate));
}

bool set_name(X509_NAME* name, const char* text) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(text);
    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, bytes, -1, -1, 0) == 1;
}

/// `issuer` null: signed by itself.
Certificate certificate_of(const Subject& subject, EVP_PKEY* key, X509* issuer, EVP_PKEY* signing_key, Instant now) {
    Certificate certificate(X509_new());
    if (!certificate) return nullptr;
    auto* made        = certificate.get();
    const auto begins = unix_seconds(now - std::chrono::hours{1});
    const auto ends   = unix_seconds(now + kLife);
    bool is_good      = X509_set_version(made, 2) == 1 && set_serial(made) && X509_set_pubkey(made, key) == 1 &&
                   ASN1_TIME_set(X509_getm_notBefore(made), begins) && ASN1_TIME_set(X509_getm_notAfter(made), ends) &&
                   set_name(X509_get_subject_name(made), subject.name);
    auto* signer = issuer ? issuer : made;
    is_good      = is_good && X509_set_issuer_name(made, X509_get_subject_name(signer)) == 1 &&
              add_extension(made, signer, NID_basic_constraints, subject.constraints) &&
              add_extension(made, signer, NID_key_usage, subject.usage) &&
              add_extension(made, signer, NID_ext_key_usage, subject.extended_usage) &&
              add_extension(made, signer, NID_subject_alt_name, subject.names) &&
              add_extension(made, signer, NID_subject_key_identifier, "hash") &&
              add_extension(made, signer, NID_authority_key_identifier, "keyid:always") &&
              X509_sign(made, signing_key, EVP_sha256()) > 0;
    return is_good ? std::move(certificate) : nullptr;
}

std::string text_of(BIO* memory) {
    char* bytes     = nullptr;
    const auto size = BIO_get_mem_data(memory, &bytes);
    return size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : std::string();
}

std::string pem_of(X509* certificate) {
    const Memory memory(BIO_new(BIO_s_mem()));
    return memory && PEM_write_bio_X509(memory.get(), certificate) == 1 ? text_of(memory.get()) : std::string();
}

std::string pem_of(EVP_PKEY* key) {
    const Memory memory(BIO_new(BIO_s_secmem()));
    const bool is_good = memory && PEM_write_bio_PKCS8PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1;
    return is_good ? text_of(memory.get()) : std::string();
}

bool lasts(const std::string& pem, Instant until) {
    const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const Certificate certificate(memory ? PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr) : nullptr);
    auto when = static_cast<std::time_t>(unix_seconds(until));
    return certificate && X509_cmp_time(X509_get0_notAfter(certificate.get()), &when) > 0;
}

Result<bool> is_there(const TlsPaths& paths, Instant now) {
    for (const auto& path : {paths.ca, paths.private_key}) {
        if (!TRY(read_file(path))) return false;
    }
    const auto server = TRY(read_file(paths.certificate));
    return server && lasts(*server, now + kRenewAhead);
}

}  // namespace

Result<TlsPaths> ensure_private_ca(const std::string& directory, Instant now) {
    TlsPaths paths{directory + "/ca.pem", directory + "/server.pem", directory + "/secrets/server.key"};
    if (TRY(is_there(paths, now))) return paths;

    const auto authority_key = new_key(), server_key = new_key();
    if (!authority_key || !server_key) return openssl_failed();
    const auto authority = certificate_of(kAuthority, authority_key.get(), nullptr, authority_key.get(), now);
    if (!authority) return openssl_failed();
    const auto server = certificate_of(kServer, server_key.get(), authority.get(), authority_key.get(), now);
    if (!server) return openssl_failed();

    const auto key_pem = pem_of(server_key.get());
    if (key_pem.empty()) return openssl_failed();
    TRY(write_file(paths.private_key, key_pem, 0400));
    TRY(write_file(paths.ca, pem_of(authority.get()), 0600));
    TRY(write_file(paths.certificate, pem_of(server.get()), 0600));
    return paths;
}

}  // namespace portcullis::demo
