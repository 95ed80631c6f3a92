#include "core/credentials/totp.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "base/encoding.h"

namespace portcullis::credentials {
namespace {

using Key = std::pair<TotpAlgorithm, std::int64_t>;

/// HMACs of the RFC 6238 appendix B seeds over the counters the tests use, computed elsewhere: core has no HMAC.
// clang-format off
const std::map<Key, std::string_view> kDigests{
    {{TotpAlgorithm::sha1, 0}, "cc93cf18508d94934c64b65d8ba7667fb7cde4b0"},
    {{TotpAlgorithm::sha1, 1}, "75a48a19d4cbe100644e8ac1397eea747a2d33ab"},
    {{TotpAlgorithm::sha1, 2}, "0bacb7fa082fef30782211938bc1c5e70416ff44"},
    {{TotpAlgorithm::sha1, 37037035}, "ef50fc8ec3d5b416e661d1072869a590537a75a2"},
    {{TotpAlgorithm::sha1, 37037036}, "278c02e53610f84c40bd9135acd4101012410a14"},
    {{TotpAlgorithm::sha1, 37037037}, "b0092b21d048af209da0a1ddd498ade8a79487ed"},
    {{TotpAlgorithm::sha1, 37037038}, "1c305c9694851807300bc28967778ed3db135a74"},
    {{TotpAlgorithm::sha1, 41152262}, "14dfbadee628fdd80e27894b7997a1458617bb2c"},
    {{TotpAlgorithm::sha1, 41152263}, "907cd1a9116564ecb9d5d1780325f246173fe703"},
    {{TotpAlgorithm::sha1, 41152264}, "28bb75069a245c7b409c988d6297ccd3b5aa2a54"},
    {{TotpAlgorithm::sha1, 66666665}, "1b82ef3f96c32bc006ee4d4b661a9aca81e0fbc5"},
    {{TotpAlgorithm::sha1, 66666666}, "25a326d31fc366244cad054976020c7b56b13d5f"},
    {{TotpAlgorithm::sha1, 66666667}, "00082da2f22d7a2c876da9398b1161144ea97a7a"},
    {{TotpAlgorithm::sha1, 666666665}, "bfc841683a68e534ed85171745f45c338c590fa4"},
    {{TotpAlgorithm::sha1, 666666666}, "ab07e97e2c1278769dbcd75783aabde75ed8550a"},
    {{TotpAlgorithm::sha1, 666666667}, "b82c31ee46df7e894a5c002f10dc8c3511399525"},
    {{TotpAlgorithm::sha256, 1}, "392514c9dd4165d4709456062c78e04e16e68718515951333bdb8b26caa3053c"},
    {{TotpAlgorithm::sha256, 37037036}, "4eed729864525d771326c6049bc885629fb8813ebb417e5704df02358793f056"},
    {{TotpAlgorithm::sha256, 37037037}, "cb48f7ef5cd98f6d7bfcb31ae7458ff692a015776205de7e1abfff29d6d48a9d"},
    {{TotpAlgorithm::sha256, 41152263}, "3befb8821caef9df4e05790da0966163f4e38feee7f71fcd289c3de48d3486d9"},
    {{TotpAlgorithm::sha256, 66666666}, "a4e8eabbe549adfa65408945a9282cb93f394f06c0d4f122260963641bc3abe2"},
    {{TotpAlgorithm::sha256, 666666666}, "1363cc0ee3557f092e5b55ea3ddb06bcd20f063ce393ccf670059e3ca44941f8"},
    {{TotpAlgorithm::sha512, 1}, "6f76f324230cefda1d3f65309a0badb36efce9528ada64967d71e4e9d74c4aa37fe7650f931ab86ddccc2d38962d720ee626a20feb311b485a92e3bb0796df28"},
    {{TotpAlgorithm::sha512, 37037036}, "b3381250260d6a9e811ae58dfa406705e38c804c97528d5a7ed8ee533331f8c43cc3454911ad1d2761f9380170c0b180a657e3a944c796e05d09f2d1630b7505"},
    {{TotpAlgorithm::sha512, 37037037}, "01713ed59e49948a4f0fffb7466baebac66362d90764a5a23df761636e1535c44b635339ec00a789b8ca45cd3d727acd6b995047547f6f68adc6f16a7436c331"},
    {{TotpAlgorithm::sha512, 41152263}, "87d0cfb5d4e968d7d9041a5cf21dd7d460705784004f0244edb98004e6cf9942ace539d621c97dc0fb75f6f10d64af1f09ecae83ea7f1213c7fa187dfaf6b938"},
    {{TotpAlgorithm::sha512, 66666666}, "129baa738cfa1565a24297237bce282671ff6e261754eb7011e1e75bd2555b326313142a1f9fe2f31d9ce6cc95d3b16a0dee56f2492f2f76885702d98bfadc93"},
    {{TotpAlgorithm::sha512, 666666666}, "562298a02af13e7522127adee3dc6678d53669ca2b7016186968f9a9c14f51d1e7098ba91293a01b5f3bab4207a2af5ce332a45f2c2ff2b9885aa42ff61cb426"},
};
// clang-format on

std::string known_hmac(TotpAlgorithm algorithm, std::string_view, std::string_view message) {
    std::int64_t step = 0;
    for (const char c : message) step = step << 8 | static_cast<unsigned char>(c);
    const auto known = kDigests.find({algorithm, step});
    return known == kDigests.end() ? std::string(20, '\0') : *parse_hex(known->second);
}

const Secret kSeed(std::string("12345678901234567890"));
constexpr TotpParameters kEight{.digits = 8};

std::string outcome(const TotpOutcome& result) {
    if (const auto* accepted = std::get_if<TotpAccepted>(&result)) return "step " + std::to_string(accepted->step);
    switch (std::get<TotpRefusal>(result)) {
        case TotpRefusal::malformed: return "malformed";
        case TotpRefusal::wrong: return "wrong";
        case TotpRefusal::replayed: return "replayed";
    }
    return {};
}

TEST_CASE("codes are those of RFC 6238 appendix B") {
    struct Row {
        std::int64_t time;
        TotpAlgorithm algorithm;
        std::string_view code;
    };
    const auto row = GENERATE(values<Row>({
        {59, TotpAlgorithm::sha1, "94287082"},
        {59, TotpAlgorithm::sha256, "46119246"},
        {59, TotpAlgorithm::sha512, "90693936"},
        {1111111109, TotpAlgorithm::sha1, "07081804"},
        {1111111109, TotpAlgorithm::sha256, "68084774"},
        {1111111109, TotpAlgorithm::sha512, "25091201"},
        {1111111111, TotpAlgorithm::sha1, "14050471"},
        {1111111111, TotpAlgorithm::sha256, "67062674"},
        {1111111111, TotpAlgorithm::sha512, "99943326"},
        {1234567890, TotpAlgorithm::sha1, "89005924"},
        {1234567890, TotpAlgorithm::sha256, "91819424"},
        {1234567890, TotpAlgorithm::sha512, "93441116"},
        {2000000000, TotpAlgorithm::sha1, "69279037"},
        {2000000000, TotpAlgorithm::sha256, "90698825"},
        {2000000000, TotpAlgorithm::sha512, "38618901"},
        {20000000000, TotpAlgorithm::sha1, "65353130"},
        {20000000000, TotpAlgorithm::sha256, "77737706"},
        {20000000000, TotpAlgorithm::sha512, "47863826"},
    }));
    CAPTURE(row.time, to_string(row.algorithm));
    const TotpParameters parameters{.algorithm = row.algorithm, .digits = 8};
    CHECK(totp_code(parameters, kSeed, totp_step(parameters, from_unix_seconds(row.time)), known_hmac) == row.code);
}

TEST_CASE("a code is good in its step and one step either side, and used once (PROTO-520)") {
    struct Row {
        std::string_view what;
        std::int64_t now, last;
        TotpWindow window;
        std::string_view outcome;
    };
    constexpr std::int64_t at = 1111111111, step = at / 30;  // 1111111110 begins the step
    const auto row = GENERATE_COPY(values<Row>({
        {"in its step", at, -1, TotpWindow::standard, "step 37037037"},
        {"in the last second of its step", 1111111139, -1, TotpWindow::standard, "step 37037037"},
        {"one step late", at + 30, -1, TotpWindow::standard, "step 37037037"},
        {"one step early", at - 30, -1, TotpWindow::standard, "step 37037037"},
        {"two steps late", at + 60, -1, TotpWindow::standard, "wrong"},
        {"two steps early", at - 60, -1, TotpWindow::standard, "wrong"},
        {"one step late, strict window (PROTO-527)", at + 30, -1, TotpWindow::strict, "wrong"},
        {"the step was used", at, step, TotpWindow::standard, "replayed"},
        {"a later step was used", at, step + 1, TotpWindow::standard, "replayed"},
        {"an earlier step was used", at, step - 1, TotpWindow::standard, "step 37037037"},
        {"used, and a step late", at + 30, step, TotpWindow::standard, "replayed"},
    }));
    CAPTURE(row.what);
    CHECK(outcome(verify_totp(kEight, kSeed, {"14050471", from_unix_seconds(row.now), row.last, row.window},
                              known_hmac)) == row.outcome);
}

TEST_CASE("PROTO-527 CRED-020 the window is one step either way, or none; a token's drift moves it, and is learned up to two steps", "[totp]") {
    struct Row {
        std::string_view what;
        std::int64_t ahead;  // steps the token is ahead of us
        int drift;
        TotpWindow window;
        bool is_taken;
    };
    using enum TotpWindow;
    constexpr std::int64_t at = 1111111111;  // in the step whose code is 14050471
    const auto row = GENERATE(values<Row>({
        {"strict: its step", 0, 0, strict, true},
        {"strict: the next", 1, 0, strict, false},
        {"strict: the one before", -1, 0, strict, false},
        {"strict: of a clock that is known to be ahead, its own step alone", 1, 1, strict, true},
        {"strict: and not ours", 0, 1, strict, false},
        {"standard: two ahead", 2, 0, standard, false},
        {"standard: two ahead, when one is known", 2, 1, standard, true},
        {"standard: three ahead, when two are known", 3, 2, standard, true},
        {"standard: four ahead, when two are known", 4, 2, standard, false},
        {"standard: three behind, when two are known", -3, -2, standard, true},
        {"standard: right after all, though read late twice", 0, -2, standard, true},
        {"standard: a drift nobody could have learned is cut", 4, 9, standard, false},
        {"learning: two ahead", 2, 0, learning, true},
        {"learning: two behind", -2, 0, learning, true},
        {"learning: three ahead", 3, 0, learning, false},
    }));
    CAPTURE(row.what);
    const auto now = from_unix_seconds(at - row.ahead * 30);
    const auto got = outcome(verify_totp(kEight, kSeed, {.typed = "14050471", .now = now, .window = row.window, .drift = row.drift}, known_hmac));
    CHECK(got == (row.is_taken ? "step 37037037" : "wrong"));
    if (row.is_taken) CHECK(learned_drift(kEight, 37037037, now) == std::clamp<std::int64_t>(row.ahead, -2, 2));
}

TEST_CASE("CRED-020 a token of 60 seconds counts in its own steps", "[totp]") {
    const TotpParameters slow{.digits = 8, .period = std::chrono::seconds{60}};
    const auto in_step = from_unix_seconds(37037037LL * 60 + 59);
    CHECK(outcome(verify_totp(slow, kSeed, {"14050471", in_step}, known_hmac)) == "step 37037037");
    CHECK(outcome(verify_totp(slow, kSeed, {"14050471", in_step + std::chrono::seconds{60}}, known_hmac)) == "step 37037037");
    CHECK(outcome(verify_totp(slow, kSeed, {"14050471", in_step + std::chrono::seconds{61 + 60}}, known_hmac)) == "wrong");
}

TEST_CASE("input is normalised by removing spaces only: ASCII digits, exact length (PROTO-521)") {
    struct Row {
        std::string_view what, typed, outcome;
    };
    const auto row = GENERATE(values<Row>({
        {"as shown", "14050471", "step 37037037"},
        {"with spaces", " 1405 0471 ", "step 37037037"},
        {"another code", "14050472", "wrong"},
        {"too short", "1405047", "malformed"},
        {"too long", "140504710", "malformed"},
        {"a tab", "1405\t0471", "malformed"},
        {"a line end", "14050471\n", "malformed"},
        {"a hyphen", "1405-0471", "malformed"},
        {"Arabic-Indic digits", "\u0661\u0664\u0660\u0665\u0660\u0664\u0667\u0661", "malformed"},
        {"full-width digits", "\uFF11\uFF14050471", "malformed"},
        {"a no-break space", "1405\u00A00471", "malformed"},
        {"empty", "", "malformed"},
        {"NUL", std::string_view("14050471\0", 9), "malformed"},
    }));
    CAPTURE(row.what);
    CHECK(outcome(verify_totp(kEight, kSeed, {row.typed, from_unix_seconds(1111111111)}, known_hmac)) == row.outcome);
}

TEST_CASE("the window does not reach before 1970") {
    const auto zeros = [](TotpAlgorithm, std::string_view, std::string_view) { return std::string(20, '\0'); };
    CHECK(outcome(verify_totp({}, kSeed, {"000000", from_unix_seconds(0)}, zeros)) == "step 1");
}

TEST_CASE("the provisioning URI is what authenticator apps read (PROTO-525)") {
    CHECK(provisioning_uri({}, kSeed, "Contoso & Co", "alice@contoso.example").reveal() ==
          "otpauth://totp/Contoso%20%26%20Co:alice%40contoso.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
          "&issuer=Contoso%20%26%20Co&algorithm=SHA1&digits=6&period=30");
}

}  // namespace
}  // namespace portcullis::credentials
