#include "core/oidc/claims_request.h"

#include <catch2/catch.hpp>

namespace portcullis::oidc {
namespace {

TEST_CASE("acr_values is a wish in order, an essential acr a demand (PROTO-111)") {
    const auto wish = authentication_demand("phrh unknown  1fa c3", {});
    REQUIRE(wish);
    CHECK(wish->wishes == std::vector{Acr::phrh, Acr::oneFactor});
    CHECK(wish->context_wishes == std::vector<std::string>{"c3"});
    CHECK(wish->demanded() == Acr::session);

    const auto demand = authentication_demand("", {.id_token = {{"acr", true, {"phr", "mfa", "unknown"}}}});
    CHECK(demand->demands == std::vector{Acr::phr, Acr::mfa});
    CHECK(demand->demanded() == Acr::mfa);
    CHECK_FALSE(demand->is_unmeetable);

    CHECK(authentication_demand("", {.id_token = {{"acr", true, {"gold"}}}})->is_unmeetable);
    CHECK_FALSE(authentication_demand("", {.id_token = {{"acr", true, {}}}})->is_unmeetable);
    CHECK(authentication_demand("", {.id_token = {{"acr", false, {"mfa"}}}})->wishes == std::vector{Acr::mfa});
}

TEST_CASE("acrs, nbf and sub of the claims parameter become demands (PROTO-114)") {
    const auto demand =
        authentication_demand("", {.id_token     = {{"sub", false, {"abc"}}},
                                   .access_token = {{"acrs", true, {"c1"}}, {"nbf", true, {"1800000000"}}}});
    REQUIRE(demand);
    CHECK(demand->contexts == std::vector<std::string>{"c1"});
    CHECK(demand->newer_than == from_unix_seconds(1'800'000'000));
    CHECK(demand->subject == "abc");
    for (const auto* bad : {"", "x", "-1", "1.5", "99999999999999999999", "253402300800"}) {
        CAPTURE(bad);
        CHECK_FALSE(authentication_demand("", {.access_token = {{"nbf", true, {bad}}}}));
    }
    CHECK_FALSE(authentication_demand("", {.access_token = {{"nbf", true, {}}}}));
    CHECK_FALSE(authentication_demand("", {.access_token = {{"nbf", false, {"x"}}}})->newer_than);
}

TEST_CASE("authentication contexts are c1 to c99") {
    for (const auto* good : {"c1", "c9", "c10", "c99"}) CHECK(is_authentication_context(good));
    for (const auto* bad : {"", "c", "c0", "c01", "c100", "C1", "1", "cx"}) CHECK_FALSE(is_authentication_context(bad));
}

TEST_CASE("client capabilities are recorded, within bounds (PROTO-114)") {
    CHECK(capabilities({.access_token = {{"xms_cc", false, {"cp1", "cp1", "", "has space", std::string(33, 'a')}}}}) ==
          std::vector<std::string>{"cp1"});
    std::vector<std::string> many;
    for (int i = 0; i < 40; ++i) many.push_back("c" + std::to_string(i));
    CHECK(capabilities({.access_token = {{"xms_cc", false, many}}}).size() == 16);
}

TEST_CASE("scopes and the claims request release claims (PROTO-173)") {
    const std::vector<std::string> scopes{"openid", "email"};
    const std::vector<RequestedClaim> asked{{"name", true, {}}, {"email", false, {}}};
    CHECK(released_claims(scopes, asked) == std::vector<std::string>{"email", "email_verified", "name"});
    CHECK(released_claims(std::vector<std::string>{"openid"}, {}).empty());
}

}  // namespace
}  // namespace portcullis::oidc
