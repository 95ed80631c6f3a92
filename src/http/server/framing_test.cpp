#include "http/server/framing.h"

#include <catch2/catch.hpp>
#include <string>

using namespace portcullis;
using namespace portcullis::http::framing;
using namespace std::string_literals;

namespace {

std::string verdict(const std::string& head) {
    const auto result = check_header_block(head);
    return result ? "accepted" : result.error().message;
}

Head scanned(const std::string& bytes, const HeadLimits& limits = {}) { return HeadScanner(limits).scan(bytes); }

}  // namespace

TEST_CASE("only heads that everybody frames alike are accepted (PROTO-808, PROTO-809)") {
    struct Row {
        const char* sentence;
        std::string head;
        std::string expected;
    };
    const std::string get = "GET / HTTP/1.1\r\nHost: a.example\r\n", post = "POST / HTTP/1.1\r\nHost: a.example\r\n";
    // clang-format off
    const auto row = GENERATE_COPY(values<Row>({
        {"a plain GET",                   get + "\r\n",                                              "accepted"},
        {"HTTP/1.0",                      "GET / HTTP/1.0\r\nHost: a\r\n\r\n",                       "accepted"},
        {"a length",                      post + "Content-Length: 5\r\n\r\n",                        "accepted"},
        {"a length of nought",            post + "Content-Length: 0\r\n\r\n",                        "accepted"},
        {"chunked",                       post + "Transfer-Encoding: chunked\r\n\r\n",               "accepted"},
        {"chunked in capitals",           post + "TRANSFER-ENCODING: Chunked\r\n\r\n",               "accepted"},
        {"an empty value",                get + "X:\r\n\r\n",                                        "accepted"},
        {"spaces and tabs round a value", get + "X: \t a b\t \r\n\r\n",                              "accepted"},
        {"bytes beyond ASCII in a value", get + "X: \xc3\xa9\r\n\r\n",                               "accepted"},
        {"a method of its own",           "BREW / HTTP/1.1\r\nHost: a\r\n\r\n",                      "accepted"},
        {"an IPv6 host",                  "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",                "accepted"},

        {"length beside encoding",        post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "`content-length` stands beside `transfer-encoding`"},
        {"encoding beside length",        post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "`content-length` stands beside `transfer-encoding`"},
        {"two lengths",                   post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",   "`content-length` is repeated"},
        {"two equal lengths",             post + "Content-Length: 5\r\ncontent-length: 5\r\n\r\n",   "`content-length` is repeated"},
        {"a list of lengths",             post + "Content-Length: 5, 5\r\n\r\n",                     "`content-length` is not one number"},
        {"a signed length",               post + "Content-Length: +5\r\n\r\n",                       "`content-length` is not one number"},
        {"a negative length",             post + "Content-Length: -5\r\n\r\n",                       "`content-length` is not one number"},
        {"a hexadecimal length",          post + "Content-Length: 0x5\r\n\r\n",                      "`content-length` is not one number"},
        {"an empty length",               post + "Content-Length: \r\n\r\n",                         "`content-length` is not one number"},
        {"a length that overflows",       post + "Content-Length: 18446744073709551621\r\n\r\n",     "`content-length` is not one number"},
        {"a length with a space",         post + "Content-Length: 1 2\r\n\r\n",                      "`content-length` is not one number"},
        {"another coding",                post + "Transfer-Encoding: gzip\r\n\r\n",                  "`transfer-encoding` is not `chunked`"},
        {"a coding before chunked",       post + "Transfer-Encoding: gzip, chunked\r\n\r\n",         "`transfer-encoding` is not `chunked`"},
        {"identity",                      post + "Transfer-Encoding: identity\r\n\r\n",              "`transfer-encoding` is not `chunked`"},
        {"chunked twice in a list",       post + "Transfer-Encoding: chunked, chunked\r\n\r\n",      "`transfer-encoding` is not `chunked`"},
        {"a misspelt coding",             post + "Transfer-Encoding: xchunked\r\n\r\n",              "`transfer-encoding` is not `chunked`"},
        {"a coding with a vertical tab",  post + "Transfer-Encoding: \x0b" "chunked\r\n\r\n",        "a header value has a control character"},
        {"two encodings",                 post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "`transfer-encoding` is repeated"},
        {"chunked in HTTP/1.0",           "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.0 has no `transfer-encoding`"},

        {"no host",                       "GET / HTTP/1.1\r\nX: y\r\n\r\n",                          "`host` is missing"},
        {"no host in HTTP/1.0",           "GET / HTTP/1.0\r\n\r\n",                                  "`host` is missing"},
        {"two hosts",                     get + "Host: b.example\r\n\r\n",                           "`host` is repeated"},
        {"two equal hosts",               get + "host: a.example\r\n\r\n",                           "`host` is repeated"},
        {"an empty host",                 "GET / HTTP/1.1\r\nHost:\r\n\r\n",                         "`host` is not an authority"},
        {"a list of hosts",               "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",                    "`host` is not an authority"},
        {"a host with a user",            "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",                     "`host` is not an authority"},
        {"a host with a path",            "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",                     "`host` is not an authority"},
        {"a host with a bad port",        "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n",                 "`host` is not an authority"},

        {"a space before the colon",      get + "X : y\r\n\r\n",                                     "a header name is not a token"},
        {"a tab before the colon",        post + "Content-Length\t: 5\r\n\r\n",                      "a header name is not a token"},
        {"a folded line",                 get + "X: y\r\n z\r\n\r\n",                                "a header line is folded"},
        {"a line folded by tab",          get + "X: y\r\n\tz\r\n\r\n",                               "a header line is folded"},
        {"a space before the first name", "GET / HTTP/1.1\r\n Host: a\r\n\r\n",                      "a header line is folded"},
        {"no colon",                      get + "X\r\n\r\n",                                         "a header line has no colon"},
        {"no name",                       get + ": y\r\n\r\n",                                       "a header name is not a token"},
        {"a quoted name",                 get + "\"X\": y\r\n\r\n",                                  "a header name is not a token"},
        {"a name beyond ASCII",           get + "X\xc3\xa9: y\r\n\r\n",                              "a header name is not a token"},
        {"a NUL in a value",              get + "X: a\0b\r\n\r\n"s,                                  "the head has a NUL"},
        {"a NUL in a name",               get + "X\0: b\r\n\r\n"s,                                   "the head has a NUL"},
        {"an escape character",           get + "X: \x1b[0m\r\n\r\n",                                "a header value has a control character"},
        {"DEL",                           get + "X: \x7f\r\n\r\n",                                   "a header value has a control character"},
        {"a bare LF",                     get + "X: y\nContent-Length: 5\r\n\r\n",                   "a line of the head ends with a bare CR or LF"},
        {"a bare CR",                     get + "X: y\rContent-Length: 5\r\n\r\n",                   "a line of the head ends with a bare CR or LF"},
        {"CR CR LF",                      get + "X: y\r\r\n\r\n",                                    "a line of the head ends with a bare CR or LF"},
        {"only LFs",                      "GET / HTTP/1.1\nHost: a\n\n",                             "a line of the head ends with a bare CR or LF"},
        {"no empty line",                 get,                                                       "the head does not end with an empty line"},
        {"something after the end",       get + "\r\nGET",                                           "the head goes on after its empty line"},

        {"two words",                     "GET /\r\nHost: a\r\n\r\n",                                "the request line is not three words"},
        {"one word",                      "GET\r\nHost: a\r\n\r\n",                                  "the request line is not three words"},
        {"a space in the target",         "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",                    "the request target has characters of no URI"},
        {"a tab in the target",           "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n",                   "the request target has characters of no URI"},
        {"two spaces",                    "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",                      "the request target has characters of no URI"},
        {"a fragment",                    "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n",                     "the request target has characters of no URI"},
        {"a target beyond ASCII",         "GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n",               "the request target has characters of no URI"},
        {"a space first",                 " GET / HTTP/1.1\r\nHost: a\r\n\r\n",                      "the method is not a token"},
        {"a method with a slash",         "G/T / HTTP/1.1\r\nHost: a\r\n\r\n",                       "the method is not a token"},
        {"HTTP/0.9",                      "GET / HTTP/0.9\r\nHost: a\r\n\r\n",                       "the version is neither HTTP/1.1 nor HTTP/1.0"},
        {"HTTP/2.0",                      "PRI * HTTP/2.0\r\nHost: a\r\n\r\n",                       "the version is neither HTTP/1.1 nor HTTP/1.0"},
        {"a version in lower case",       "GET / http/1.1\r\nHost: a\r\n\r\n",                       "the version is neither HTTP/1.1 nor HTTP/1.0"},
        {"a space after the version",     "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",                      "the request target has characters of no URI"},
        {"nothing",                       "",                                                        "the head does not end with an empty line"},
        {"an empty line only",            "\r\n",                                                    "the request line is not three words"},
    }));
    // clang-format on
    INFO(row.sentence);
    CHECK(verdict(row.head) == row.expected);
}

TEST_CASE("the end of a head is found wherever the bytes are cut, and nothing after it is looked at (PROTO-808)") {
    const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n", bytes = head + "GET /next\n\0"s;
    for (std::size_t cut = 0; cut < head.size(); ++cut) {
        HeadScanner scanner({});
        CHECK(scanner.scan(std::string_view(bytes).substr(0, cut)) == Head::incomplete);
        CHECK(scanner.scan(bytes) == Head::complete);
        CHECK(scanner.size() == head.size());
    }
}

TEST_CASE("a head that can no longer become one is refused at once (PROTO-808)") {
    CHECK(scanned("\r\n") == Head::malformed);
    CHECK(scanned("GET / HTTP/1.1\n") == Head::malformed);
    CHECK(scanned("GET / HTTP/1.1\rH") == Head::malformed);
    CHECK(scanned("GET /\0"s) == Head::malformed);
    CHECK(scanned("\x16\x03\x01\x02\0\x01"s) == Head::malformed);  // a TLS client on a plain port
    CHECK(scanned("\n") == Head::malformed);
}

TEST_CASE("heads are bounded by request line, bytes and fields (PROTO-807)") {
    const HeadLimits limits{.request_line_bytes_max = 16, .header_bytes_max = 24, .fields_max = 3};
    CHECK(scanned("GET /34 HTTP/1.1\r\n\r\n", limits) == Head::complete);
    CHECK(scanned("GET /345 HTTP/1.1\r\n\r\n", limits) == Head::requestLineTooLong);
    CHECK(scanned(std::string(18, 'x'), limits) == Head::incomplete);
    CHECK(scanned(std::string(19, 'x'), limits) == Head::requestLineTooLong);
    CHECK(scanned("GET / HTTP/1.1\r\na:1\r\nb:2\r\nc:3\r\n\r\n", limits) == Head::complete);
    CHECK(scanned("GET / HTTP/1.1\r\na:\r\nb:\r\nc:\r\nd:\r\n\r\n", limits) == Head::fieldsTooLarge);
    CHECK(scanned("GET / HTTP/1.1\r\na: 3456789012345678901\r\n", limits) == Head::incomplete);
    CHECK(scanned("GET / HTTP/1.1\r\na: 345678901234567890123456", limits) == Head::fieldsTooLarge);
}
