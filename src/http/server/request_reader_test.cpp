#include "http/server/request_reader.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

using namespace portcullis;
using namespace portcullis::http;
using namespace std::string_literals;
using Step = RequestReader::Step;

namespace {

constexpr std::size_t kBodyMax = 64;

/// Reads one request from `bytes` in pieces of `piece`: `METHOD path|body` and what is left, or the refusal.
std::string read_in(const std::string& bytes, std::size_t piece) {
    RequestReader reader({});
    reader.start();
    std::size_t begin = 0, end = 0;
    for (bool may_feed = false;;) {
        if (may_feed || begin != end) {
            const auto progress = reader.feed(std::string_view(bytes).substr(begin, end - begin));
            begin += progress.consumed;
            if (progress.step == Step::refused) return std::to_string(reader.refusal().status);
            if (progress.step == Step::complete) break;
            if (progress.step == Step::headDone) {
                if (!reader.limit_body(kBodyMax)) return std::to_string(reader.refusal().status);
                may_feed = true;
                continue;
            }
        }
        if (end == bytes.size()) return "incomplete";
        end = std::min(end + piece, bytes.size());
    }
    const auto& request = reader.request();
    return std::string(to_string(request.method)) + " " + request.path + "|" + request.body + "|" + bytes.substr(begin);
}

}  // namespace

TEST_CASE("requests are read alike however the bytes are cut (PROTO-808)") {
    struct Row {
        const char* sentence;
        std::string bytes;
        std::string expected;
    };
    const std::string post    = "POST /p HTTP/1.1\r\nHost: a\r\n";
    const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
    // clang-format off
    const auto row = GENERATE_COPY(values<Row>({
        {"no body, then another request",  "GET /g HTTP/1.1\r\nHost: a\r\n\r\nGET /h",     "GET /g||GET /h"},
        {"a body by length",               post + "Content-Length: 3\r\n\r\nabcGET",       "POST /p|abc|GET"},
        {"a body of nought",               post + "Content-Length: 0\r\n\r\nGET",          "POST /p||GET"},
        {"a body that is not all there",   post + "Content-Length: 4\r\n\r\nabc",          "incomplete"},
        {"a body that is too large",       post + "Content-Length: 65\r\n\r\n",            "413"},
        {"two chunks",                     chunked + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nGET", "POST /p|abcde|GET"},
        {"no chunks",                      chunked + "0\r\n\r\nGET",                       "POST /p||GET"},
        {"sizes in hexadecimal",           chunked + "0A\r\n0123456789\r\n000\r\n\r\n",    "POST /p|0123456789|"},
        {"an extension",                   chunked + "1;a=b\r\nx\r\n0;c=\"d\"\r\n\r\n",    "POST /p|x|"},
        {"chunks that are too large",      chunked + "40\r\n" + std::string(64, 'x') + "\r\n1\r\nx\r\n0\r\n\r\n", "413"},
        {"a size that is too large",       chunked + "41\r\n",                             "413"},
        {"a size that overflows",          chunked + "FFFFFFFFFFFFFFFF1\r\nx\r\n",         "413"},
        {"a size of many noughts",         chunked + "00000000000000001\r\nx\r\n",         "400"},
        {"a size before a space and ;",    chunked + "1 ;a=b\r\nx\r\n0\r\n\r\n",          "400"},
        {"a size that is no number",       chunked + "x\r\n",                              "400"},
        {"a size with a prefix",           chunked + "0x1\r\nx\r\n0\r\n\r\n",              "400"},
        {"a signed size",                  chunked + "+1\r\nx\r\n0\r\n\r\n",               "400"},
        {"a negative size",                chunked + "-1\r\nx\r\n0\r\n\r\n",               "400"},
        {"a size after a space",           chunked + " 1\r\nx\r\n0\r\n\r\n",               "400"},
        {"a size before a space",          chunked + "1 \r\nx\r\n0\r\n\r\n",               "400"},
        {"no size",                        chunked + "\r\nx\r\n0\r\n\r\n",                 "400"},
        {"a size ended by LF",             chunked + "1\nx\r\n0\r\n\r\n",                  "400"},
        {"a size ended by CR",             chunked + "1\rx\r\n0\r\n\r\n",                  "400"},
        {"an LF hidden in an extension",   chunked + "1;a=\"\n\"\r\nx\r\n0\r\n\r\n",       "400"},
        {"a NUL hidden in an extension",   chunked + "1;a=\"\0\"\r\nx\r\n0\r\n\r\n"s,      "400"},
        {"a chunk longer than it says",    chunked + "1\r\nxy\r\n0\r\n\r\n",               "400"},
        {"a chunk ended by LF",            chunked + "1\r\nx\n0\r\n\r\n",                  "400"},
        {"a trailer field",                chunked + "1\r\nx\r\n0\r\nX: y\r\n\r\n",        "400"},
        {"a length in the trailer",        chunked + "0\r\nContent-Length: 5\r\n\r\n",     "400"},
        {"an endless chunk line",          chunked + "1;" + std::string(5000, 'a'),        "400"},
        {"an endless size",                chunked + std::string(5000, '0'),               "400"},
        {"TRACE",                          "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n",          "405"},
        {"CONNECT",                        "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", "405"},
        {"an unknown expectation",         post + "Expect: rain\r\nContent-Length: 1\r\n\r\nx", "417"},
        {"an odd target",                  "GET g HTTP/1.1\r\nHost: a\r\n\r\n",            "400"},
        {"a URL of another authority",     "GET http://b/g HTTP/1.1\r\nHost: a\r\n\r\n",   "400"},
        {"a URL of its own authority",     "GET http://A:80/g HTTP/1.1\r\nHost: a\r\n\r\n", "GET /g||"},
        {"length beside encoding",         chunked.substr(0, chunked.size() - 2) + "Content-Length: 3\r\n\r\n", "400"},
        {"a malformed connection field",   "GET / HTTP/1.1\r\nHost: a\r\nConnection: ;\r\n\r\n", "400"},
        {"a request line of 9 KiB",        "GET /" + std::string(9000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", "414"},
        {"a field of 33 KiB",              "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(33000, 'x') + "\r\n\r\n", "431"},
    }));
    // clang-format on
    const std::size_t piece = GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{100'000});
    INFO(row.sentence << ", in pieces of " << piece);
    CHECK(read_in(row.bytes, piece) == row.expected);
}

TEST_CASE("a reader reads one request after the other, and keeps nothing of the last") {
    RequestReader reader({});
    for (const std::string body : {"first", "two"}) {
        reader.start();
        const auto bytes = "POST /?q=" + body +
                           " HTTP/1.1\r\nHost: A:443\r\nX-One: v\r\nContent-Length: " + std::to_string(body.size()) +
                           "\r\n\r\n" + body;
        const auto head = reader.feed(bytes);
        REQUIRE(head.step == Step::headDone);
        REQUIRE(reader.feed(std::string_view(bytes).substr(head.consumed)).step == Step::complete);
        CHECK(reader.request().body == body);
        CHECK(reader.request().query == "q=" + body);
        CHECK(reader.request().authority == "a");
        CHECK(reader.request().headers.size() == 3);
        CHECK(reader.request().header("x-one") == "v");
        CHECK(reader.keeps_alive());
    }
}

TEST_CASE("a connection is kept as version and `connection` say (RFC 9112 §9.3)") {
    struct Row {
        const char* head;
        bool expected;
    };
    // clang-format off
    const auto row = GENERATE(values<Row>({
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nHost: a\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", true},
    }));
    // clang-format on
    INFO(row.head);
    RequestReader reader({});
    reader.start();
    REQUIRE(reader.feed(row.head).step == Step::headDone);
    CHECK(reader.keeps_alive() == row.expected);
}

TEST_CASE("`Expect: 100-continue` counts when a body is to come in HTTP/1.1 (RFC 9110 §10.1.1)") {
    const auto expects = [](const std::string& head) {
        RequestReader reader({});
        reader.start();
        REQUIRE(reader.feed(head).step == Step::headDone);
        return reader.expects_continue();
    };
    CHECK(expects("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n"));
    CHECK_FALSE(expects("POST / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"));
    CHECK_FALSE(expects("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n"));
}
