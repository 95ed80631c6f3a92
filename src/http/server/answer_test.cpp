#include "http/server/answer.h"

#include <catch2/catch.hpp>

using namespace portcullis;
using namespace portcullis::http;

namespace {

const AnswerContext kContext{.method      = Method::GET,
                             .after       = AfterAnswer::keepAlive,
                             .id          = {1, 2},
                             .correlation = CorrelationId{3, 4},
                             .date        = "Sun, 06 Nov 1994 08:49:37 GMT"};

}  // namespace

TEST_CASE("an answer carries date, server, length and both ids, and the server's headers win (PROTO-212)") {
    std::string out;
    const auto response =
        Response::text("hello").add("connection", "upgrade").add("Content-Length", "99").add("X-A", "b");
    REQUIRE(append_head(response, kContext, out));
    CHECK(out ==
          "HTTP/1.1 200 OK\r\nServer: portcullis\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nConnection: keep-alive\r\n"
          "x-request-id: 00000000-0000-0001-0000-000000000002\r\nrequest-id: 00000000-0000-0001-0000-000000000002\r\n"
          "client-request-id: 00000000-0000-0003-0000-000000000004\r\nContent-Length: 5\r\n"
          "Content-Type: text/plain; charset=utf-8\r\nX-A: b\r\n\r\n");
}

TEST_CASE("an answer that could be split is not rendered") {
    std::string out;
    for (const auto& value :
         std::vector<std::string>{"a\r\nSet-Cookie: b", "a\nb", "a\rb", std::string("a\0b", 3), std::string("\x7f")}) {
        CHECK_FALSE(append_head(Response::text("").add("X", value), kContext, out));
    }
    for (const auto& name : std::vector<std::string>{"", "X:", "X Y", "X\r\n"})
        CHECK_FALSE(append_head(Response::text("").add(name, "v"), kContext, out));
    CHECK_FALSE(append_head({.status = 99}, kContext, out));
    CHECK_FALSE(append_head({.status = 101}, kContext, out));
    CHECK_FALSE(append_head({.status = 600}, kContext, out));
}

TEST_CASE("HEAD, 204 and 304 have no body (RFC 9110 §6.4.1)") {
    CHECK(sends_body(Response::text("x"), Method::GET));
    CHECK_FALSE(sends_body(Response::text("x"), Method::HEAD));
    CHECK_FALSE(sends_body(Response::text("x", 304), Method::GET));
    CHECK_FALSE(sends_body(Response::no_content(), Method::POST));
    std::string out;
    REQUIRE(append_head(Response::no_content(), kContext, out));
    CHECK(out.find("Content-Length") == std::string::npos);
}

TEST_CASE("an answer of the server's own shows the request id and nothing else (PROTO-815)") {
    CHECK(own_answer(500, {1, 2}).body ==
          "500 Internal Server Error\nrequest-id: 00000000-0000-0001-0000-000000000002\n");
    CHECK(*own_answer(503, {}).find("retry-after") == "1");
    CHECK(own_answer(405, {}).find("allow") != nullptr);
}

TEST_CASE("dates are IMF-fixdates (RFC 9110 §5.6.7)") {
    CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
}
