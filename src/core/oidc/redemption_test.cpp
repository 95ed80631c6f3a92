#include "core/oidc/redemption.h"

#include <catch2/catch.hpp>

#include "core/oidc/pkce.h"

namespace portcullis::oidc {
namespace {

constexpr Instant kNow{Duration{1'800'000'000'000}};
const std::string kS256     = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";  // RFC 7636 appendix B
const std::string kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

TEST_CASE("a code is redeemed after these checks, in this order (PROTO-121)") {
    struct Row {
        std::string_view what;
        StoredCode code;
        ApplicationId client;
        std::string redirect_uri;
        std::optional<std::string> verifier;
        std::string s256;
        std::uint32_t number;
    };
    const StoredCode good{{0, 1}, "https://app/cb", kS256, kNow + Duration{1}};
    auto expired = good, spent = good, exempt = good;
    expired.expires_at = kNow;
    spent.is_spent     = true;
    exempt.code_challenge.clear();
    const auto row = GENERATE_COPY(values<Row>({
        {"all right", good, {0, 1}, "https://app/cb", kVerifier, kS256, 0},
        {"spent (PROTO-120)", spent, {0, 1}, "https://app/cb", kVerifier, kS256, 54005},
        {"expired (PROTO-106)", expired, {0, 1}, "https://app/cb", kVerifier, kS256, 70008},
        {"another client's", good, {0, 2}, "https://app/cb", kVerifier, kS256, 70000},
        {"another redirect URI", good, {0, 1}, "https://app/cb/", kVerifier, kS256, 50011},
        {"no redirect URI", good, {0, 1}, "", kVerifier, kS256, 50011},
        {"another verifier", good, {0, 1}, "https://app/cb", std::string(43, 'x'), std::string(43, 'y'), 501481},
        {"no verifier", good, {0, 1}, "https://app/cb", std::nullopt, kS256, 501481},
        {"a verifier of 42 characters", good, {0, 1}, "https://app/cb", std::string(42, 'x'), kS256, 501481},
        {"a verifier of 129 characters", good, {0, 1}, "https://app/cb", std::string(129, 'x'), kS256, 501481},
        {"a verifier of odd characters", good, {0, 1}, "https://app/cb", std::string(43, '!'), kS256, 501481},
        {"exempted, no verifier (PROTO-104)", exempt, {0, 1}, "https://app/cb", std::nullopt, "", 0},
        {"a verifier without a stored challenge", exempt, {0, 1}, "https://app/cb", kVerifier, kS256, 501481},
        {"client before redirect URI", good, {0, 2}, "", std::nullopt, "", 70000},
        {"redirect URI before verifier", good, {0, 1}, "", std::nullopt, "", 50011},
        {"spent before everything", spent, {0, 2}, "", std::nullopt, "", 54005},
    }));
    CAPTURE(row.what);
    std::optional<std::string_view> verifier;
    if (row.verifier) verifier = *row.verifier;
    const auto refusal = redemption_refusal(&row.code, {row.client, row.redirect_uri, verifier, row.s256, kNow});
    CHECK((refusal ? number_of(refusal->code) : 0) == row.number);
    if (refusal) CHECK(refusal->error == OAuthError::invalid_grant);
}

TEST_CASE("a code nobody knows is a bad token (PROTO-121)") {
    const auto refusal = redemption_refusal(nullptr, {{0, 1}, "r", std::nullopt, "", kNow});
    REQUIRE(refusal);
    CHECK(refusal->error == OAuthError::invalid_grant);
    CHECK(refusal->suberror == Suberror::bad_token);
}

TEST_CASE("PKCE texts are what RFC 7636 says (PROTO-104, PROTO-121)") {
    CHECK(is_code_challenge(kS256));
    CHECK_FALSE(is_code_challenge(kS256 + "a"));
    CHECK_FALSE(is_code_challenge(std::string(42, 'a') + "="));
    CHECK(is_code_verifier(kVerifier));
    CHECK(is_code_verifier(std::string(128, '~')));
    CHECK_FALSE(is_code_verifier(std::string(129, '~')));
    CHECK(verifier_matches(kS256, kS256));
    CHECK_FALSE(verifier_matches("", ""));
}

}  // namespace
}  // namespace portcullis::oidc
