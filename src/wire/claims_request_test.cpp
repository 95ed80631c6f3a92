#include "wire/claims_request.h"

#include <catch2/catch.hpp>

namespace portcullis::wire {
namespace {

TEST_CASE("the claims parameter is read (PROTO-114)") {
    const auto claims = parse_claims_request(
        R"({"id_token":{"acr":{"essential":true,"values":["phr","mfa"]},"email":null,"auth_time":{"value":5}},)"
        R"("userinfo":{"name":{"essential":true,"purpose":"greeting"}},)"
        R"("access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]}},"other":[1]})");
    REQUIRE(claims);
    CHECK(claims->id_token == std::vector<oidc::RequestedClaim>{
                                  {"acr", true, {"phr", "mfa"}}, {"email", false, {}}, {"auth_time", false, {"5"}}});
    CHECK(claims->userinfo == std::vector<oidc::RequestedClaim>{{"name", true, {}}});
    CHECK(claims->access_token ==
          std::vector<oidc::RequestedClaim>{{"acrs", true, {"c1"}}, {"xms_cc", false, {"cp1"}}});
}

TEST_CASE("what is not a claims request is refused (PROTO-114)") {
    struct Row {
        std::string_view what;
        std::string text;
        bool is_good;
    };
    const auto nested = [](int depth) {
        std::string text = "1";
        for (int i = 0; i < depth; ++i) text = R"({"a":)" + text + "}";
        return text;
    };
    const auto row = GENERATE_COPY(values<Row>({
        {"an empty object", "{}", true},
        {"unknown claims", R"({"id_token":{"shoe_size":null}})", true},
        {"unknown members of a claim", R"({"id_token":{"acr":{"x":{"y":[1]}}}})", true},
        {"not JSON", "x", false},
        {"a list", "[]", false},
        {"a text", "\"a\"", false},
        {"id_token is a list", R"({"id_token":[]})", false},
        {"userinfo is null", R"({"userinfo":null})", false},
        {"a claim is a text", R"({"id_token":{"acr":"mfa"}})", false},
        {"essential is a text", R"({"id_token":{"acr":{"essential":"yes"}}})", false},
        {"value is an object", R"({"id_token":{"acr":{"value":{}}}})", false},
        {"value is null", R"({"id_token":{"acr":{"value":null}}})", false},
        {"values is a text", R"({"id_token":{"acr":{"values":"mfa"}}})", false},
        {"values holds a list", R"({"id_token":{"acr":{"values":[[]]}}})", false},
        {"a duplicate member", R"({"id_token":{},"id_token":{}})", false},
        {"8 KiB", R"({"id_token":{"a":{"value":")" + std::string(8 * 1024 - 31, 'x') + "\"}}}", true},
        {"more than 8 KiB", R"({"id_token":{"a":{"value":")" + std::string(8 * 1024 - 30, 'x') + "\"}}}", false},
        {"8 deep", nested(8), true},
        {"9 deep", nested(9), false},
        {"not UTF-8", "{\"a\":\"\xFF\"}", false},
        {"trailing text", "{} x", false},
        {"empty", "", false},
    }));
    CAPTURE(row.what);
    CHECK(parse_claims_request(row.text).has_value() == row.is_good);
}

TEST_CASE("a claims challenge reads back as the demand it stands for (PROTO-204, PROTO-205)") {
    CHECK(claims_for_acr(Acr::mfa) == R"({"id_token":{"acr":{"essential":true,"values":["mfa"]}}})");
    CHECK(claims_for_context("c1") == R"({"access_token":{"acrs":{"essential":true,"value":"c1"}}})");
    const auto when = from_unix_seconds(1'800'000'000);
    CHECK(claims_for_newer_than(when) == R"({"access_token":{"nbf":{"essential":true,"value":"1800000000"}}})");
    CHECK(oidc::authentication_demand("", *parse_claims_request(claims_for_acr(Acr::mfa)))->demanded() == Acr::mfa);
    CHECK(oidc::authentication_demand("", *parse_claims_request(claims_for_newer_than(when)))->newer_than == when);
}

}  // namespace
}  // namespace portcullis::wire
