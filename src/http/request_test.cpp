#include "http/request.h"

#include <catch2/catch.hpp>

#include "http/response.h"

using namespace portcullis;
using namespace portcullis::http;

TEST_CASE("a repeated header has no value, and is seen to be repeated") {
    const Request request{.headers = {{"accept", "a"}, {"host", "x"}, {"accept", "b"}}};
    CHECK(request.header("host") == "x");
    CHECK_FALSE(request.header("accept"));
    CHECK_FALSE(request.header("cookie"));
    CHECK(request.header_count("accept") == 2);
    CHECK(request.header_count("cookie") == 0);
    CHECK(request.header_values("accept") == std::vector<std::string_view>{"a", "b"});
}

TEST_CASE("methods are case-sensitive and unknown ones are `other` (PROTO-007)") {
    CHECK(parse_method("GET") == Method::GET);
    CHECK(parse_method("DELETE") == Method::DELETE);
    CHECK(parse_method("get") == Method::other);
    CHECK(parse_method("PROPFIND") == Method::other);
    CHECK(to_string(Method::PATCH) == "PATCH");
}

TEST_CASE("answers have their content type, and headers are replaced or added by name in any case") {
    CHECK(*Response::html("x").find("content-type") == "text/html; charset=utf-8");
    CHECK(*Response::json("{}", 201).find("Content-Type") == "application/json");
    CHECK(Response::redirect("/a").status == 303);
    CHECK(Response::redirect("/a", Redirect::found).status == 302);
    CHECK(*Response::redirect("/a").find("location") == "/a");
    CHECK(Response::no_content().status == 204);

    const auto response =
        Response::text("x").set("content-type", "text/css").add("Set-Cookie", "a=1").add("Set-Cookie", "b=2");
    CHECK(response.headers ==
          std::vector<Header>{{"content-type", "text/css"}, {"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}});
    CHECK(response.find("etag") == nullptr);
}
