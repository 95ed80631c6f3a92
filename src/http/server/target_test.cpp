#include "http/server/target.h"

#include <catch2/catch.hpp>

using namespace portcullis;
using namespace portcullis::http;

TEST_CASE("targets are paths, http URLs, or the asterisk of OPTIONS (PROTO-809)") {
    struct Row {
        const char* sentence;
        const char* target;
        Method method;
        const char* expected;  ///< authority|path|query
    };
    // clang-format off
    const auto row = GENERATE(values<Row>({
        {"a path",                     "/a/b",                      Method::GET,     "|/a/b|"},
        {"a path stays as sent",       "/a/../%2e//b",              Method::GET,     "|/a/../%2e//b|"},
        {"a query",                    "/a?b=c?d",                  Method::GET,     "|/a|b=c?d"},
        {"an empty query",             "/a?",                       Method::GET,     "|/a|"},
        {"a URL",                      "http://h.example:81/a?b",   Method::GET,     "h.example:81|/a|b"},
        {"a URL in capitals",          "HTTPS://H/a",               Method::GET,     "H|/a|"},
        {"a URL without path",         "http://h",                  Method::GET,     "h|/|"},
        {"a URL with only a query",    "http://h?b",                Method::GET,     "h|/|b"},
        {"an asterisk for OPTIONS",    "*",                         Method::OPTIONS, "|*|"},
        {"an asterisk for GET",        "*",                         Method::GET,     "refused"},
        {"another scheme",             "ftp://h/a",                 Method::GET,     "refused"},
        {"no scheme",                  "h/a",                       Method::GET,     "refused"},
        {"a URL with a user",          "http://u@h/a",              Method::GET,     "refused"},
        {"a URL without a host",       "http:///a",                 Method::GET,     "refused"},
        {"a backslash in the host",    "http://h\\x/a",             Method::GET,     "refused"},
        {"an authority",               "h:443",                     Method::GET,     "refused"},
    }));
    // clang-format on
    INFO(row.sentence);
    const auto target = parse_target(row.target, row.method);
    const auto shown =
        target ? std::string(target->authority) + "|" + std::string(target->path) + "|" + std::string(target->query)
               : "refused";
    CHECK(shown == row.expected);
}

TEST_CASE("authorities are compared in lower case and without a default port") {
    struct Row {
        const char* text;
        const char* expected;
    };
    // clang-format off
    const auto row = GENERATE(values<Row>({
        {"Login.Example.COM", "login.example.com"}, {"h:443", "h"},        {"h:80", "h"},          {"h:8080", "h:8080"},
        {"127.0.0.1:1", "127.0.0.1:1"},             {"[::1]", "[::1]"},    {"[::1]:8443", "[::1]:8443"},
        {"h:0", "refused"},      {"h:65536", "refused"}, {"h:", "refused"},     {":80", "refused"},     {"", "refused"},
        {"h:080", "refused"},    {"h:8x", "refused"},    {"a b", "refused"},    {"a/b", "refused"},     {"a:1:2", "refused"},
        {"[::1", "refused"},     {"[h]", "refused"},     {"::1", "refused"},    {"[::1]x", "refused"},  {"a%20b", "refused"},
        {"[127.0.0.1]", "refused"},
    }));
    // clang-format on
    INFO(row.text);
    CHECK(canonical_authority(row.text).value_or("refused") == row.expected);
}

TEST_CASE("we answer for configured authorities only (PROTO-002)") {
    const std::vector<std::string> configured{"Login.example.com", "localhost:8080", "127.0.0.1:*", "[::1]:*"};
    const auto authorities = Authorities::of(configured).value();
    CHECK(authorities.contains("login.example.com"));
    CHECK(authorities.contains("localhost:8080"));
    CHECK(authorities.contains("127.0.0.1"));
    CHECK(authorities.contains("127.0.0.1:4711"));
    CHECK(authorities.contains("[::1]:4711"));
    CHECK_FALSE(authorities.contains("login.example.com:8080"));
    CHECK_FALSE(authorities.contains("localhost"));
    CHECK_FALSE(authorities.contains("login.example.com.evil.example"));
    for (const std::string wrong : {"https://h", "h:x", "h:1:*", "", "*"}) {
        INFO(wrong);
        CHECK_FALSE(Authorities::of(std::vector{wrong}));
    }
}
