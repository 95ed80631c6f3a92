#include <catch2/catch.hpp>

#include "app/ports/clock.h"
#include "app/ports/digests.h"
#include "app/ports/network_intelligence.h"
#include "app/ports/password_hasher.h"
#include "app/ports/random.h"
#include "app/ports/sealer.h"
#include "app/ports/signer.h"
#include "app/ports/user_agents.h"

namespace portcullis::app {
namespace {

TEST_CASE("the times of a token are checked with the skew the caller allows (PROTO-016)") {
    struct Row {
        std::string_view what, claims;
        int skew_s;
        std::string_view refusal;
    };
    const auto row = GENERATE(values<Row>({
        {"valid", R"({"exp":1100,"nbf":1000,"iat":1000})", 60, ""},
        {"expired, within the skew", R"({"exp":941})", 60, ""},
        {"expired, at the skew", R"({"exp":940})", 60, "token is expired"},
        {"expired, no skew", R"({"exp":1000})", 0, "token is expired"},
        {"a fraction of a second left", R"({"exp":1000.5})", 0, ""},
        {"no exp", R"({"iat":1000})", 60, "token has no usable `exp`"},
        {"exp is text", R"({"exp":"1100"})", 60, "token has no usable `exp`"},
        {"exp is negative", R"({"exp":-1})", 60, "token has no usable `exp`"},
        {"exp is absurd", R"({"exp":1e300})", 60, "token has no usable `exp`"},
        {"not yet, within the skew", R"({"exp":9999,"nbf":1060})", 60, ""},
        {"not yet", R"({"exp":9999,"nbf":1061})", 60, "token is not valid yet"},
        {"nbf is text", R"({"exp":9999,"nbf":"0"})", 60, "token is not valid yet"},
        {"issued in the future", R"({"exp":9999,"iat":1061})", 60, "token was issued in the future"},
        {"issued 10 s ahead is always accepted", R"({"exp":9999,"iat":1010})", 0, ""},
        {"issued 11 s ahead without skew", R"({"exp":9999,"iat":1011})", 0, "token was issued in the future"},
    }));
    CAPTURE(row.what);
    const auto claims = json::parse_object(row.claims);
    REQUIRE(claims);
    const auto checked = check_times(*claims, from_unix_seconds(1000), {.skew = std::chrono::seconds{row.skew_s}});
    CHECK((checked ? "" : checked.error().message) == row.refusal);
}

TEST_CASE("a published key set has public members only (PROTO-011)") {
    const auto jwk = json::parse_object(R"({"kty":"EC","crv":"P-256","x":"X","y":"Y","d":"secret","k":"secret"})");
    const PublicKey key{.kid = "k1", .alg = "ES256", .jwk = *jwk};
    const auto set = json::to_text(public_jwks({&key, 1}));
    CHECK(set == R"({"keys":[{"kty":"EC","crv":"P-256","x":"X","y":"Y","kid":"k1","alg":"ES256","use":"sig"}]})");
}

TEST_CASE("a sealed value names its key version") {
    CHECK(sealed_key_version("v1.7.AAAA") == 7);
    CHECK(sealed_key_version("v1.4294967295.AAAA") == 4294967295u);
    for (const auto* bad : {"", "v1.", "v1.7", "v1.07.A", "v1.0.A", "v1.-1.A", "v1.4294967296.A", "v2.7.A", "plain text"}) {
        CAPTURE(bad);
        CHECK(sealed_key_version(bad) == 0);
    }
}

class CountingRandom : public Random {
public:
    void fill(std::span<std::uint8_t> out) override {
        for (auto& byte : out) byte = next_++;
    }

private:
    std::uint8_t next_ = 0;
};

TEST_CASE("references have 256 bits; ids carry the time (PROTO-835)") {
    CountingRandom random;
    CHECK(random.token() == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
    CHECK(random.bytes(3).size() == 3);
    CHECK(to_string(random.new_id<UserId>(from_unix_ms(0x0193AB007C1E))).substr(0, 15) == "0193ab00-7c1e-7");
}

}  // namespace
}  // namespace portcullis::app
