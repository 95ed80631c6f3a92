#include "core/oidc/parameters.h"

#include <catch2/catch.hpp>

namespace portcullis::oidc {
namespace {

TEST_CASE("a form decodes to its parameters in order; empty ones count as absent (PROTO-100)") {
    const auto form = parse_parameters("scope=openid+profile&state=%C3%BC%26&&nonce=&resource=a&resource=b&x");
    REQUIRE(form);
    CHECK(form->get("scope") == "openid profile");
    CHECK(form->get("state") == "\xC3\xBC&");
    CHECK_FALSE(form->find("nonce"));
    CHECK_FALSE(form->find("missing"));
    CHECK(form->all("resource") == std::vector<std::string_view>{"a", "b"});
    CHECK(form->pairs().size() == 6);
}

TEST_CASE("what PROTO-100 forbids does not parse") {
    std::string many;
    for (int i = 0; i < 65; ++i) many += "p" + std::to_string(i) + "=1&";
    struct Row {
        std::string_view what;
        std::string form;
        bool is_good;
    };
    const auto row = GENERATE_COPY(values<Row>({
        {"16 KiB", "x=" + std::string(16 * 1024 - 2, 'a'), true},
        {"more than 16 KiB", "x=" + std::string(16 * 1024 - 1, 'a'), false},
        {"64 parameters", many.substr(0, many.rfind("p64")), true},
        {"65 parameters", many, false},
        {"not UTF-8", "state=%ff%fe", false},
        {"NUL", "x=%00", false},
        {"NUL in a name", "x%00=1", false},
        {"a broken escape", "x=%2", false},
        {"CR LF in state", "state=a%0d%0ab", false},
        {"LF in nonce", "nonce=a%0ab", false},
        {"CR in scope", "scope=a%0db", false},
        {"LF in login_hint", "login_hint=a%0ab", false},
        {"a line break elsewhere", "x=a%0ab", true},
        {"a repeated known parameter", "state=a&state=a", false},
        {"a repeated known parameter, once empty", "scope=&scope=openid", false},
        {"a repeated known parameter, once encoded", "state=a&st%61te=a", false},
        {"a repeated unknown parameter", "x=a&x=b", true},
        {"repeated resource", "resource=a&resource=b", true},
        {"nothing", "", true},
    }));
    CAPTURE(row.what);
    CHECK(bool{parse_parameters(row.form)} == row.is_good);
}

TEST_CASE("other bodies may have 64 KiB (PROTO-131)") {
    CHECK(parse_parameters("x=" + std::string(60'000, 'a'), kBodyLimits));
    CHECK_FALSE(parse_parameters("x=" + std::string(64 * 1024, 'a'), kBodyLimits));
}

TEST_CASE("pairs decoded elsewhere obey the same rules (PROTO-100)") {
    CHECK(checked_parameters({{"state", "a"}, {"x", "b"}}));
    CHECK_FALSE(checked_parameters({{"state", "a"}, {"state", "b"}}));
    CHECK_FALSE(checked_parameters({{"state", "a\nb"}}));
}

}  // namespace
}  // namespace portcullis::oidc
