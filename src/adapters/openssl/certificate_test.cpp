#include "adapters/openssl/certificate.h"

#include <catch2/catch.hpp>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "adapters/openssl/digests.h"
#include "adapters/openssl/jwk.h"
#include "adapters/openssl/jwt_verifier.h"
#include "base/encoding.h"

namespace portcullis::openssl {
namespace {

using BioPtr         = Owned<BIO, BIO_free>;
using CertificatePtr = Owned<X509, X509_free>;
using ExtensionPtr   = Owned<X509_EXTENSION, X509_EXTENSION_free>;

constexpr std::int64_t kFrom = 1'800'000'000, kUntil = 1'830'000'000;

PkeyPtr rsa(unsigned bits) { return PkeyPtr(EVP_RSA_gen(bits)); }
PkeyPtr ec(const char* curve) { return PkeyPtr(EVP_EC_gen(curve)); }

struct Wanted {
    EVP_PKEY* key = nullptr;
    const char* usage = nullptr;
    const char* name  = "daemon";
    std::int64_t from = kFrom;
};

CertificatePtr made(const Wanted& wanted) {
    CertificatePtr certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 7);
    ASN1_TIME_set(X509_getm_notBefore(certificate.get()), wanted.from);
    ASN1_TIME_set(X509_getm_notAfter(certificate.get()), kUntil);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(wanted.name), -1, -1, 0);
    X509_set_pubkey(certificate.get(), wanted.key);
    if (wanted.usage != nullptr) {
        const ExtensionPtr usage(X509V3_EXT_conf_nid(nullptr, nullptr, NID_key_usage, wanted.usage));
        REQUIRE(X509_add_ext(certificate.get(), usage.get(), -1) == 1);
    }
    REQUIRE(X509_sign(certificate.get(), wanted.key, EVP_sha256()) > 0);
    return certificate;
}

std::string text_of(BIO* bio) {
    char* data      = nullptr;
    const auto size = BIO_get_mem_data(bio, &data);
    return std::string(data, static_cast<std::size_t>(size));
}
std::string pem_of(const X509* certificate) {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    REQUIRE(PEM_write_bio_X509(bio.get(), certificate) == 1);
    return text_of(bio.get());
}
std::string der_of(const X509* certificate) {
    unsigned char* bytes = nullptr;
    const auto size      = i2d_X509(certificate, &bytes);
    const std::string der(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return der;
}
std::string private_pem(EVP_PKEY* key) {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    REQUIRE(PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return text_of(bio.get());
}

std::string refusal(const Result<app::Certificate>& read) { return read ? "" : read.error().message; }

TEST_CASE("of a certificate its key, thumbprints and validity are taken (PROTO-226)") {
    const auto key  = rsa(2048);
    const auto certificate = made({.key = key.get()});
    const auto der  = der_of(certificate.get());
    for (const auto& file : {der, pem_of(certificate.get()), "some words before\n" + pem_of(certificate.get())}) {
        const auto read = certificate_of(file);
        REQUIRE(read);
        CHECK(read->subject == "CN=daemon");
        CHECK(read->x5t == base64url(Digests().sha1(der)));
        CHECK(read->x5t_s256 == base64url(Digests().sha256(der)));
        CHECK(read->key.jwk == public_jwk(key.get()));
        CHECK(read->key.kid == thumbprint_of(public_jwk(key.get())).value());
        CHECK(read->algs == std::vector<std::string>{"PS256", "RS256"});
        CHECK(read->not_before == from_unix_seconds(kFrom));
        CHECK(read->not_after == from_unix_seconds(kUntil));
    }
    const auto p256 = ec("P-256");
    CHECK(certificate_of(pem_of(made({.key = p256.get()}).get()))->algs == std::vector<std::string>{"ES256"});
}

TEST_CASE("a file that is not one certificate for signatures is refused (PROTO-226)") {
    const auto key = rsa(2048), other = ec("P-256"), p384 = ec("P-384"), weak = rsa(1024);
    const auto good = made({.key = key.get()});
    const auto pem = pem_of(good.get()), der = der_of(good.get());
    const auto why = [](std::string_view file) { return refusal(certificate_of(file)); };

    CHECK(why(pem + private_pem(key.get())) == "the file holds a private key: register the certificate alone");
    CHECK(why(private_pem(key.get()) + pem) == "the file holds a private key: register the certificate alone");
    CHECK(why(pem + pem_of(made({.key = other.get()}).get())) == "the file holds more than one certificate: register the client's own");
    CHECK(why("") == "this is not a certificate");
    CHECK(why("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") == "this is not a certificate");
    CHECK(why(der.substr(0, der.size() - 1)) == "this is not a certificate");
    CHECK(why(der + "x") == "this is not a certificate");
    CHECK(why(std::string(64 * 1024 + 1, ' ')) == "a certificate is smaller than this file");
    CHECK(why(pem_of(made({.key = weak.get()}).get())) == "RSA key has fewer than 2048 bits");
    CHECK(why(pem_of(made({.key = p384.get()}).get())) == "the key of the certificate is neither RSA nor P-256");
    CHECK(why(pem_of(made({.key = key.get(), .usage = "critical,keyEncipherment"}).get())) == "the certificate is not for signatures");
    CHECK(why(pem_of(made({.key = key.get(), .usage = "digitalSignature"}).get())) == "");
    CHECK(why(pem_of(made({.key = key.get(), .from = -1}).get())) == "the certificate is older than 1970");
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("the end of a server's certificate is that of the first in its chain, whatever its key (CRED-089)") {
    const auto p384 = ec("P-384"), other = ec("P-256");
    const auto leaf = made({.key = p384.get()});
    const auto root = made({.key = other.get()});
    ASN1_TIME_set(X509_getm_notAfter(root.get()), kUntil + 1000);
    CHECK(certificate_end(pem_of(leaf.get()) + pem_of(root.get())).value() == from_unix_seconds(kUntil));
    for (const auto& bad : {std::string(), std::string("x"), private_pem(other.get()), std::string(2 * 1024 * 1024, 'x')}) CHECK_FALSE(certificate_end(bad));
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("the name of a certificate is printable, and not longer than a line") {
    const auto key = ec("P-256");
    CHECK(certificate_of(pem_of(made({.key = key.get(), .name = "d\xc3\xa6mon\n"}).get()))->subject == "CN=d\\C3\\A6mon\\0A");
    const std::string pem = pem_of(made({.key = key.get(), .name = "0123456789012345678901234567890123456789012345678901234567890123"}).get());
    CHECK(certificate_of(pem)->subject.size() <= 256);
}

TEST_CASE("a token is read without being believed, under the limits of one that is (PROTO-013, PROTO-014)") {
    JwtVerifier verifier;
    const app::JwtRules rules{.typ = {"", "JWT"}};
    const auto token = [](std::string_view header, std::string_view claims) { return base64url(header) + "." + base64url(claims) + ".c2ln"; };
    const auto read  = verifier.read_unverified(token(R"({"alg":"PS256","x5t":"a","x5c":["AA=="]})", R"({"iss":"b"})"), rules);
    REQUIRE(read);
    CHECK(json::string_at(read->header, "x5t") == "a");
    CHECK(json::string_at(read->claims, "iss") == "b");
    for (const auto& bad : {token(R"({"alg":"none"})", "{}"), token(R"({"alg":"HS256"})", "{}"), token(R"({"alg":"ES256","jwk":{}})", "{}"),
                            token(R"({"alg":"ES256","crit":[]})", "{}"), token(R"({"alg":"ES256","typ":"at+jwt"})", "{}"),
                            token(R"({"alg":"ES256"})", "[]"), token(R"({"alg":"ES256"})", R"({"a":1,"a":2})"), std::string("a.b"),
                            std::string(), token(R"({"alg":"ES256"})", "{\"a\":\"" + std::string(13'000, 'x') + "\"}")}) {
        CAPTURE(bad.substr(0, 200));
        CHECK_FALSE(verifier.read_unverified(bad, rules));
    }
}

}  // namespace
}  // namespace portcullis::openssl
