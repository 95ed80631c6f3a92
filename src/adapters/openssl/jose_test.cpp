#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <openssl/evp.h>

#include <atomic>
#include <thread>

#include "adapters/openssl/digests.h"
#include "adapters/openssl/jwk.h"
#include "adapters/openssl/jwt_verifier.h"
#include "adapters/openssl/signer.h"
#include "base/encoding.h"

namespace portcullis::openssl {
namespace {

using namespace std::chrono_literals;
using app::JwtRules;
using app::PublicKey;
using app::SigningKey;

const TenantId kTenant{1, 2};
const Instant kNow = from_unix_seconds(1'800'000'000);
const JwtRules kJwt{.typ = {"JWT"}};
const JwtRules kAnyTyp{.typ = {"", "JWT"}};

/// The public key of RFC 7638 §3.1.
constexpr auto kRfc7638Key =
    R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3)"
    R"(oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajr)"
    R"(n1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB",)"
    R"("alg":"RS256","kid":"2011-04-29"})";
/// RFC 7515 A.3: key and token.
constexpr auto kRfc7515EcKey =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
constexpr auto kRfc7515EcToken =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
/// RFC 7515 A.2: key and token.
constexpr auto kRfc7515RsaKey =
    R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2l)"
    R"(ZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdV)"
    R"(MTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"})";
constexpr auto kRfc7515RsaToken =
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKB"
    "YNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6Bf"
    "I7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

json::object object(std::string_view text) { return json::parse_object(text).value(); }

/// A signer over keys in memory.
struct Keys {
    std::vector<SigningKey> stored;
    int reads = 0;
    Signer signer{[this](TenantId) -> Result<std::vector<SigningKey>> {
        ++reads;
        std::vector<SigningKey> copies;
        for (const auto& key : stored) copies.push_back(key.copy());
        return copies;
    }};

    PublicKey add(std::string_view alg, Duration active_from = 0h, Duration active_for = 24h * 90) {
        auto key            = signer.generate(alg).value();
        key.activates_at    = kNow + active_from;
        key.retires_at      = key.activates_at + active_for;
        key.published_until = key.retires_at + 25h;
        stored.push_back(std::move(key));
        signer.forget(kTenant);
        return stored.back().key;
    }
    std::string sign(std::string_view alg, std::string_view claims = R"({"sub":"a"})", Instant now = kNow) {
        return signer.sign({.tenant = kTenant, .alg = alg, .typ = "JWT", .claims = claims, .now = now}).value();
    }
};

std::string refusal(const Result<app::VerifiedJwt>& verified) { return verified ? "" : verified.error().message; }

/// A token of `header` and `payload` signed with ES256 by `key`, whatever they say.
std::string forge(const SigningKey& key, std::string_view header, std::string_view payload) {
    const auto der    = key.private_der.reveal();
    const auto* bytes = as_bytes(der);
    const PkeyPtr pkey(d2i_AutoPrivateKey(nullptr, &bytes, static_cast<long>(der.size())));
    const auto input = base64url(header) + "." + base64url(payload);
    const MdCtxPtr ctx(EVP_MD_CTX_new());
    std::string signature(128, '\0');
    auto size = signature.size();
    REQUIRE(EVP_DigestSignInit_ex(ctx.get(), nullptr, "SHA256", nullptr, nullptr, pkey.get(), nullptr) == 1);
    REQUIRE(EVP_DigestSign(ctx.get(), as_bytes(signature), &size, as_bytes(input), input.size()) == 1);
    return input + "." + base64url(raw_of_der(signature.substr(0, size)));
}

TEST_CASE("a thumbprint is that of RFC 7638 (PROTO-010)") {
    JwtVerifier verifier;
    CHECK(verifier.thumbprint(object(kRfc7638Key)).value() == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    CHECK_FALSE(verifier.thumbprint(object(R"({"kty":"RSA","n":"AQAB"})")));
    CHECK_FALSE(verifier.thumbprint(object(R"({"kty":"oct","k":"AQAB"})")));
    CHECK_FALSE(verifier.thumbprint(object(R"({"kty":"RSA","e":"AQAB","n":"\",\"x\":\""})")));
}

TEST_CASE("the tokens of RFC 7515 A.2 and A.3 verify") {
    JwtVerifier verifier;
    for (const auto& [key_text, token] : {std::pair{kRfc7515EcKey, kRfc7515EcToken}, std::pair{kRfc7515RsaKey, kRfc7515RsaToken}}) {
        const auto key      = verifier.parse_jwk(object(key_text)).value();
        const auto verified = verifier.verify(token, kAnyTyp, {&key, 1});
        CHECK(refusal(verified) == "");
        CHECK(json::string_at(verified->claims, "iss") == "joe");
        CHECK(refusal(verifier.verify(token, kJwt, {&key, 1})) == "`typ` of the token is not the expected one");
    }
}

TEST_CASE("what we sign verifies with what we publish (PROTO-010)") {
    const auto* alg = GENERATE("RS256", "ES256");
    Keys keys;
    const auto key = keys.add(alg);
    CHECK(key.kid == thumbprint_of(key.jwk).value());
    CHECK(key.kid.size() == 43);

    JwtVerifier verifier;
    const auto published = keys.signer.published(kTenant, kNow).value();
    REQUIRE(published.size() == 1);
    for (int i = 0; i < 20; ++i) {  // ES256 signatures differ in length as DER, never as JOSE
        const auto token    = keys.sign(alg, R"({"sub":"ä","n":1})");
        const auto verified = verifier.verify(token, kJwt, published);
        CHECK(refusal(verified) == "");
        CHECK(verified->kid == key.kid);
        CHECK(verified->typ == "jwt");
        CHECK(json::string_at(verified->claims, "sub") == "ä");
    }
    const auto parsed = verifier.parse_jwk(app::public_jwks(published).at("keys").as_array().at(0).as_object());
    CHECK(verifier.verify(keys.sign(alg), kJwt, {&parsed.value(), 1}));
}

TEST_CASE("a key is published before it signs, signs, and stays published after (PROTO-012)") {
    Keys keys;
    const auto old_key = keys.add("ES256", -1h, 2h);
    const auto new_key = keys.add("ES256", 30min);
    const auto signs   = [&](Duration at) {
        const auto token = keys.sign("ES256", "{}", kNow + at);
        return json::string_at(object(*parse_base64url(token.substr(0, token.find('.')))), "kid").value();
    };
    CHECK(keys.signer.published(kTenant, kNow)->size() == 2);
    CHECK(signs(0h) == old_key.kid);
    CHECK(signs(29min) == old_key.kid);
    CHECK(signs(30min) == new_key.kid);
    CHECK(signs(2h) == new_key.kid);
    CHECK(keys.signer.published(kTenant, kNow + 25h)->size() == 2);
    CHECK(keys.signer.published(kTenant, kNow + 26h)->size() == 1);
    const auto none = keys.signer.sign({.tenant = kTenant, .alg = "RS256", .typ = "JWT", .claims = "{}", .now = kNow});
    CHECK(none.error().code == ErrorCode::unavailable);
    const auto over = keys.signer.sign({.tenant = kTenant, .alg = "ES256", .typ = "JWT", .claims = "{}", .now = kNow + 24h * 91});
    CHECK(over.error().code == ErrorCode::unavailable);
}

TEST_CASE("keys are read once in five minutes, and again after a rotation") {
    Keys keys;
    keys.add("ES256");
    for (int i = 0; i < 5; ++i) keys.sign("ES256");
    CHECK(keys.reads == 1);
    keys.sign("ES256", "{}", kNow + 5min);
    CHECK(keys.reads == 2);
    keys.signer.forget(kTenant);
    keys.sign("ES256", "{}", kNow + 5min);
    CHECK(keys.reads == 3);
}

TEST_CASE("a stored key that is not one for its algorithm signs nothing") {
    Keys keys;
    keys.add("ES256");
    keys.stored[0].key.alg = "RS256";
    CHECK(keys.signer.published(kTenant, kNow).error().code == ErrorCode::unavailable);
    keys.stored[0].private_der = Secret("no key");
    CHECK(keys.signer.published(kTenant, kNow).error().code == ErrorCode::unavailable);
    CHECK_FALSE(keys.signer.generate("HS256"));
    CHECK_FALSE(keys.signer.generate("none"));
}

TEST_CASE("the key decides the algorithm, and a header may not bring keys of its own (PROTO-013)") {
    Keys keys;
    const auto key  = keys.add("ES256");
    const auto with = [&](std::string_view member) { return fmt::format(R"({{"typ":"JWT","kid":"{}",{}}})", key.kid, member); };
    struct Row {
        std::string_view what, members, refusal;
    };
    const auto row = GENERATE(values<Row>({
        {"as it should be", R"("alg":"ES256")", ""},
        {"unknown headers are ignored", R"("alg":"ES256","x":1,"x5c":["AA=="])", ""},
        {"none", R"("alg":"none")", "algorithm of the token is not allowed"},
        {"None", R"("alg":"NoNe")", "algorithm of the token is not allowed"},
        {"symmetric", R"("alg":"HS256")", "algorithm of the token is not allowed"},
        {"no alg", R"("a":"ES256")", "algorithm of the token is not allowed"},
        {"alg is a list", R"("alg":["ES256"])", "`alg` of the token is not text"},
        {"another algorithm than the key's", R"("alg":"RS256")", "no known key of that algorithm and `kid`"},
        {"jku", R"("alg":"ES256","jku":"https://a.example/")", "token header has `jku`"},
        {"x5u", R"("alg":"ES256","x5u":"https://a.example/")", "token header has `x5u`"},
        {"jwk", R"("alg":"ES256","jwk":{})", "token header has `jwk`"},
        {"crit", R"("alg":"ES256","crit":["exp"],"exp":1)", "token header has `crit`"},
        {"crit of nothing", R"("alg":"ES256","crit":[])", "token header has `crit`"},
        {"alg twice", R"("alg":"none","alg":"ES256")", "header of the token: JSON has duplicate members"},
    }));
    CAPTURE(row.what);
    JwtVerifier verifier;
    CHECK(refusal(verifier.verify(forge(keys.stored[0], with(row.members), "{}"), kJwt, {&key, 1})) == row.refusal);
}

TEST_CASE("a public key is never the secret of a symmetric signature (PROTO-013)") {
    Keys keys;
    const auto key    = keys.add("RS256");
    const auto input  = base64url(R"({"typ":"JWT","alg":"HS256"})") + "." + base64url("{}");
    const auto forged = input + "." + base64url(Digests().hmac_sha256(json::to_text(key.jwk), input));
    JwtVerifier verifier;
    CHECK_FALSE(verifier.verify(forged, kAnyTyp, {&key, 1}));
    // And a key that somebody configured with the wrong algorithm verifies nothing.
    const PublicKey mislabelled{.kid = key.kid, .alg = "ES256", .jwk = key.jwk};
    const auto token = base64url(R"({"alg":"ES256"})") + "." + base64url("{}") + "." + base64url(std::string(64, 'x'));
    CHECK(refusal(verifier.verify(token, kAnyTyp, {&mislabelled, 1})) == "the key is not one for its algorithm");
}

TEST_CASE("tokens are compact, bounded and strictly encoded (PROTO-014)") {
    Keys keys;
    const auto key   = keys.add("ES256");
    const auto good  = keys.sign("ES256");
    const auto dot   = good.rfind('.');
    const auto deep  = [](int depth) { return R"({"a":)" + std::string(static_cast<std::size_t>(depth - 1), '[') + std::string(static_cast<std::size_t>(depth - 1), ']') + "}"; };
    const auto token = [&](std::string_view payload) { return forge(keys.stored[0], R"({"alg":"ES256"})", payload); };
    JwtVerifier verifier;
    const auto why = [&](std::string_view text) { return refusal(verifier.verify(text, kAnyTyp, {&key, 1})); };

    CHECK(why(good) == "");
    CHECK(why(token(deep(16))) == "");
    CHECK(why(token(deep(17))) != "");
    CHECK(why(token(R"({"a":1,"a":2})")) == "payload of the token: JSON has duplicate members");
    CHECK(why(token("[]")) == "payload of the token: JSON is not an object");
    CHECK(why(token("")) != "");
    CHECK(why(token("{\"a\":\"" + std::string(11'000, 'x') + "\"}")) == "");
    CHECK(why(token("{\"a\":\"" + std::string(13'000, 'x') + "\"}")) == "token is larger than 16 KiB");
    for (const auto& bad : {std::string(), std::string("."), std::string(".."), std::string("..."), good + ".", "." + good, good + "=", good + " ",
                            good + "\n", good.substr(0, dot), good.substr(0, dot + 1), good.substr(0, dot + 2), good + ".a.b",
                            std::string(1'000'000, 'a'), good.substr(0, 10) + "+" + good.substr(11)}) {
        CAPTURE(bad.substr(0, 300));
        CHECK(why(bad) != "");
    }
}

TEST_CASE("a changed token does not verify") {
    Keys keys;
    const auto key   = keys.add("ES256");
    const auto token = keys.sign("ES256");
    JwtVerifier verifier;
    for (std::size_t at = 0; at < token.size(); ++at) {
        auto changed = token;
        changed[at]  = changed[at] == 'A' ? 'B' : 'A';
        CAPTURE(at);
        CHECK_FALSE(verifier.verify(changed, kJwt, {&key, 1}));
    }
    const auto raw = parse_base64url(token.substr(token.rfind('.') + 1)).value();
    CHECK(der_of_raw(raw.substr(1)).empty());
    const auto zeros = token.substr(0, token.rfind('.') + 1) + base64url(std::string(64, '\0'));
    CHECK_FALSE(verifier.verify(zeros, kJwt, {&key, 1}));
    CHECK(verifier.verify(token, kJwt, {&key, 1}));
}

TEST_CASE("keys are chosen by `kid`, or tried in turn when a token names none") {
    Keys keys;
    const auto first  = keys.add("ES256");
    const auto second = keys.add("ES256");
    const std::vector both{first, second};
    JwtVerifier verifier;
    const auto unnamed = forge(keys.stored[1], R"({"alg":"ES256"})", "{}");
    CHECK(verifier.verify(unnamed, kAnyTyp, both)->kid == second.kid);
    CHECK_FALSE(verifier.verify(unnamed, kAnyTyp, {&first, 1}));
    CHECK_FALSE(verifier.verify(unnamed, kAnyTyp, {}));
    const auto misnamed = forge(keys.stored[1], fmt::format(R"({{"alg":"ES256","kid":"{}"}})", first.kid), "{}");
    CHECK(refusal(verifier.verify(misnamed, kAnyTyp, both)) == "signature of the token is wrong");
}

TEST_CASE("the type of a token is checked (RFC 8725 §3.11)") {
    struct Row {
        std::string_view what, typ, wanted;
        bool accepted;
    };
    const auto row = GENERATE(values<Row>({
        {"same", R"("at+jwt")", "at+jwt", true},
        {"upper case", R"("AT+JWT")", "at+jwt", true},
        {"whole media type", R"("application/at+jwt")", "at+jwt", true},
        {"another type", R"("logout+jwt")", "at+jwt", false},
        {"a number", "1", "at+jwt", false},
        {"a longer path", R"("application/at+jwt/x")", "at+jwt", false},
        {"empty text is missing", R"("")", "", true},
    }));
    CAPTURE(row.what);
    Keys keys;
    const auto key   = keys.add("ES256");
    const auto token = forge(keys.stored[0], fmt::format(R"({{"alg":"ES256","typ":{}}})", row.typ), "{}");
    JwtVerifier verifier;
    CHECK(verifier.verify(token, {.typ = {row.wanted}}, {&key, 1}).has_value() == row.accepted);
    CHECK_FALSE(verifier.verify(token, {.typ = {}}, {&key, 1}));
}

TEST_CASE("keys of others are checked before they are used (PROTO-013)") {
    JwtVerifier verifier;
    CHECK(verifier.parse_jwk(object(kRfc7638Key))->alg == "RS256");
    CHECK(verifier.parse_jwk(object(kRfc7638Key))->kid == "2011-04-29");
    CHECK(verifier.parse_jwk(object(kRfc7515EcKey))->alg == "ES256");
    const auto with = [](std::string_view base, std::string_view name, const auto& value) {
        auto jwk  = object(base);
        jwk[name] = json::value(value);
        return jwk;
    };
    CHECK(verifier.parse_jwk(with(kRfc7515RsaKey, "alg", "PS256"))->alg == "PS256");
    for (const auto& bad : {with(kRfc7515EcKey, "d", "AA"), with(kRfc7515EcKey, "use", "enc"), with(kRfc7515EcKey, "alg", "RS256"),
                            with(kRfc7515EcKey, "alg", "HS256"), with(kRfc7515EcKey, "alg", 1), with(kRfc7515EcKey, "crv", "P-384"),
                            with(kRfc7515EcKey, "x", base64url(std::string(32, 'x'))), with(kRfc7515EcKey, "x", base64url("short")),
                            with(kRfc7515EcKey, "kty", "oct"), with(kRfc7515EcKey, "kty", "OKP"), with(kRfc7515RsaKey, "e", "AQ"),
                            with(kRfc7515RsaKey, "e", "Ag"), with(kRfc7515RsaKey, "n", base64url(std::string(128, '\xff'))),
                            with(kRfc7515RsaKey, "n", base64url(std::string(2048, '\xff'))), with(kRfc7515RsaKey, "n", "AA=="),
                            with(kRfc7515RsaKey, "kid", std::string(257, 'k')), with(kRfc7515RsaKey, "k", "AA")}) {
        CAPTURE(json::to_text(bad));
        CHECK_FALSE(verifier.parse_jwk(bad));
    }
}

TEST_CASE("PS256 of others verifies (RFC 7518 §3.5)") {
    Keys keys;
    auto key          = keys.add("RS256");
    key.alg           = "PS256";
    const auto der    = keys.stored[0].private_der.reveal();
    const auto* bytes = as_bytes(der);
    const PkeyPtr pkey(d2i_AutoPrivateKey(nullptr, &bytes, static_cast<long>(der.size())));
    const auto input    = base64url(R"({"alg":"PS256"})") + "." + base64url("{}");
    const auto sign_pss = [&](int salt) {
        EVP_PKEY_CTX* inner = nullptr;
        const MdCtxPtr ctx(EVP_MD_CTX_new());
        REQUIRE(EVP_DigestSignInit_ex(ctx.get(), &inner, "SHA256", nullptr, nullptr, pkey.get(), nullptr) == 1);
        EVP_PKEY_CTX_ctrl_str(inner, "rsa_padding_mode", "pss");
        EVP_PKEY_CTX_ctrl_str(inner, "rsa_pss_saltlen", std::to_string(salt).c_str());
        std::string signature(256, '\0');
        auto size = signature.size();
        REQUIRE(EVP_DigestSign(ctx.get(), as_bytes(signature), &size, as_bytes(input), input.size()) == 1);
        return input + "." + base64url(signature);
    };
    JwtVerifier verifier;
    CHECK(verifier.verify(sign_pss(32), kAnyTyp, {&key, 1}));
    CHECK_FALSE(verifier.verify(sign_pss(0), kAnyTyp, {&key, 1}));
}

TEST_CASE("many threads sign and verify with the same keys") {
    Keys keys;
    keys.add("ES256");
    keys.add("RS256");
    const auto published = keys.signer.published(kTenant, kNow).value();
    JwtVerifier verifier;
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 20; ++i) {
                for (const auto* alg : {"ES256", "RS256"}) good += verifier.verify(keys.sign(alg), kJwt, published).has_value();
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(good == 160);
}

TEST_CASE("JOSE rates", "[.bench]") {
    Keys keys;
    keys.add("ES256");
    keys.add("RS256");
    const auto published = keys.signer.published(kTenant, kNow).value();
    JwtVerifier verifier;
    const std::string claims = R"({"iss":"https://idp.example/0193ab00-7c1e-7000-8000-00000000000f/v2.0","sub":")" + std::string(400, 's') + "\"}";
    for (const auto* alg : {"ES256", "RS256"}) {
        const int count = alg[0] == 'E' ? 20000 : 2000;
        auto started    = std::chrono::steady_clock::now();
        std::string token;
        for (int i = 0; i < count; ++i) token = keys.sign(alg, claims);
        const std::chrono::duration<double> signing = std::chrono::steady_clock::now() - started;
        started                                     = std::chrono::steady_clock::now();
        for (int i = 0; i < count; ++i) CHECK(verifier.verify(token, kJwt, published).has_value());
        const std::chrono::duration<double> verifying = std::chrono::steady_clock::now() - started;
        WARN(alg << ": " << count / signing.count() << " sign/s, " << count / verifying.count() << " verify/s");
    }
}

}  // namespace
}  // namespace portcullis::openssl
