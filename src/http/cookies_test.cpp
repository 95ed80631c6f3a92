#include "http/cookies.h"

#include <catch2/catch.hpp>

using namespace portcullis;
using namespace portcullis::http;

namespace {

std::string value_of_a(std::vector<std::string_view> fields) {
    return std::string(Cookies::parse(fields).get("a").value_or("absent"));
}

}  // namespace

TEST_CASE("malformed, repeated and oversized cookies are as if they were not sent (PROTO-184)") {
    struct Row {
        const char* sentence;
        std::vector<std::string_view> fields;
        const char* expected;
    };
    // clang-format off
    const auto row = GENERATE(values<Row>({
        {"one cookie",                                    {"a=1"},                  "1"},
        {"among others",                                  {"b=2; a=1; c=3"},        "1"},
        {"in a second field",                             {"b=2", "a=1"},           "1"},
        {"without the space",                             {"b=2;a=1"},              "1"},
        {"in quotes",                                     {"a=\"1\""},              "1"},
        {"empty",                                         {"a="},                   ""},
        {"with = in the value",                           {"a=1=2"},                "1=2"},
        {"twice with one value",                          {"a=1; a=1"},             "absent"},
        {"twice, the other malformed",                    {"a=1; a=\\"},            "absent"},
        {"twice over two fields",                         {"a=1", "a=2"},           "absent"},
        {"without =",                                     {"a"},                    "absent"},
        {"a comma in the value",                          {"a=1,2"},                "absent"},
        {"a space in the value",                          {"a=1 2"},                "absent"},
        {"a lone quote",                                  {"a=\"1"},                "absent"},
        {"bytes beyond ASCII",                            {"a=\xc3\xa9"},           "absent"},
        {"the name differs in case",                      {"A=1"},                  "absent"},
        {"a neighbour without name",                      {"=x; a=1"},              "1"},
        {"a neighbour with a bad name",                   {"b c=x; a=1"},           "1"},
        {"only separators",                               {";;; ;"},                "absent"},
        {"an empty field",                                {""},                     "absent"},
    }));
    // clang-format on
    INFO(row.sentence);
    CHECK(value_of_a(row.fields) == row.expected);
}

TEST_CASE("a cookie may have 4096 bytes and not one more (PROTO-184)") {
    const std::string most = "a=" + std::string(kCookieBytesMax - 1, 'x'), more = most + "x";
    CHECK(Cookies::parse(std::vector<std::string_view>{most}).get("a")->size() == kCookieBytesMax - 1);
    CHECK_FALSE(Cookies::parse(std::vector<std::string_view>{more}).get("a"));
}

TEST_CASE("of a flood of cookies the first are read") {
    std::string flood = "first=1";
    for (int i = 0; i < 1000; ++i) flood += "; c" + std::to_string(i) + "=x";
    const auto cookies = Cookies::parse(std::vector<std::string_view>{flood});
    CHECK(cookies.size() == kCookiePairsMax);
    CHECK(cookies.get("first") == "1");
}

TEST_CASE("Set-Cookie is rendered with its attributes, and refused where a browser would refuse it (RFC 6265)") {
    struct Row {
        const char* sentence;
        SetCookie cookie;
        const char* expected;
    };
    // clang-format off
    const auto row = GENERATE(values<Row>({
        {"a session cookie", {.name = "__Host-s", .value = "v"}, "__Host-s=v; Path=/; Secure; HttpOnly; SameSite=Lax"},
        {"all attributes",
         {.name = "n", .value = "v", .max_age = std::chrono::seconds{60}, .path = "/p", .same_site = SameSite::Strict,
          .is_secure = false, .is_http_only = false},
         "n=v; Path=/p; Max-Age=60; SameSite=Strict"},
        {"for other sites", {.name = "n", .value = "v", .same_site = SameSite::None},
         "n=v; Path=/; Secure; HttpOnly; SameSite=None"},
        {"forgotten", forgotten({.name = "n", .value = "v"}), "n=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"},
        {"no name",                       {.name = "", .value = "v"},                                         "refused"},
        {"a name with a space",           {.name = "a b", .value = "v"},                                      "refused"},
        {"a value that adds attributes",  {.name = "n", .value = "v; Domain=example.com"},                    "refused"},
        {"a value that splits the header", {.name = "n", .value = "v\r\nX: y"},                               "refused"},
        {"a path that adds attributes",   {.name = "n", .value = "v", .path = "/;Domain=x"},                  "refused"},
        {"a relative path",               {.name = "n", .value = "v", .path = "x"},                           "refused"},
        {"__Host- on a path",             {.name = "__Host-s", .value = "v", .path = "/p"},                   "refused"},
        {"__Host- without Secure",        {.name = "__Host-s", .value = "v", .is_secure = false},             "refused"},
        {"__Secure- without Secure",      {.name = "__Secure-s", .value = "v", .is_secure = false},           "refused"},
        {"SameSite=None without Secure",  {.name = "n", .value = "v", .same_site = SameSite::None, .is_secure = false}, "refused"},
        {"too large",                     {.name = "n", .value = std::string(4096, 'x')},                     "refused"},
    }));
    // clang-format on
    INFO(row.sentence);
    const auto rendered = render(row.cookie);
    CHECK((rendered ? *rendered : "refused") == row.expected);
}
