#include "adapters/openssl/digests.h"

#include <catch2/catch.hpp>

#include "base/encoding.h"

namespace portcullis::openssl {
namespace {

TEST_CASE("digests are those of the standards (FIPS 180-4 examples)") {
    const Digests digests;
    CHECK(hex(digests.sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(digests.sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(hex(digests.sha1("abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST_CASE("keyed digests are those of the standards (RFC 2202 and RFC 4231, test case 2)") {
    const Digests digests;
    constexpr std::string_view kText = "what do ya want for nothing?";
    CHECK(hex(digests.hmac_sha1("Jefe", kText)) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    CHECK(hex(digests.hmac_sha256("Jefe", kText)) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hex(digests.hmac_sha512("Jefe", kText)) ==
          "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a"
          "38bce737");
    CHECK(hex(digests.hmac_sha256("", "")) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

}  // namespace
}  // namespace portcullis::openssl
