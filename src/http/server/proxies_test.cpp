#include "http/server/proxies.h"

#include <catch2/catch.hpp>

using namespace portcullis;
using namespace portcullis::http;

TEST_CASE("the client is the right-most untrusted hop, as told by trusted proxies only (PROTO-811)") {
    const std::vector<std::string> configured{"10.0.0.0/8", "2001:db8:1::/48", "127.0.0.1"};
    const auto trusted = TrustedProxies::of(configured).value();
    struct Row {
        const char* sentence;
        const char* peer;
        std::vector<std::string_view> forwarded_for;
        const char* expected;
    };
    // clang-format off
    const auto row = GENERATE(values<Row>({
        {"nobody speaks for anybody",       "192.0.2.1", {},                                       "192.0.2.1"},
        {"a stranger is not believed",      "192.0.2.1", {"198.51.100.1"},                         "192.0.2.1"},
        {"a proxy is believed",             "10.0.0.1",  {"198.51.100.1"},                         "198.51.100.1"},
        {"a proxy without the header",      "10.0.0.1",  {},                                       "10.0.0.1"},
        {"an empty header",                 "10.0.0.1",  {""},                                     "10.0.0.1"},
        {"what the client claims is cut",   "10.0.0.1",  {"203.0.113.9, 198.51.100.1"},            "198.51.100.1"},
        {"two proxies",                     "10.0.0.1",  {"203.0.113.9, 198.51.100.1, 10.0.0.2"},  "198.51.100.1"},
        {"two fields are one list",         "10.0.0.1",  {"203.0.113.9", "198.51.100.1,10.0.0.2"}, "198.51.100.1"},
        {"all are proxies",                 "10.0.0.1",  {"10.0.0.3, 10.0.0.2"},                   "10.0.0.3"},
        {"a hop that is no address",        "10.0.0.1",  {"198.51.100.1, unknown"},                "10.0.0.1"},
        {"no address beyond a proxy",       "10.0.0.1",  {"198.51.100.1, _hidden, 10.0.0.2"},      "10.0.0.2"},
        {"an empty hop",                    "10.0.0.1",  {"198.51.100.1,"},                        "10.0.0.1"},
        {"a port",                          "10.0.0.1",  {"198.51.100.1:4711"},                    "198.51.100.1"},
        {"IPv6",                            "127.0.0.1", {"2001:DB8::1"},                          "2001:db8::1"},
        {"IPv6 with a port",                "127.0.0.1", {"[2001:db8::1]:4711"},                   "2001:db8::1"},
        {"IPv6 in brackets",                "127.0.0.1", {"[2001:db8::1]"},                        "2001:db8::1"},
        {"rubbish after brackets",          "127.0.0.1", {"[2001:db8::1]x"},                       "127.0.0.1"},
        {"an IPv6 proxy",                   "2001:db8:1::5", {"198.51.100.1"},                     "198.51.100.1"},
        {"a mapped IPv4 proxy",             "::ffff:10.0.0.1", {"198.51.100.1"},                   "198.51.100.1"},
        {"spaces and tabs",                 "10.0.0.1",  {" \t198.51.100.1 ,\t10.0.0.2 "},         "198.51.100.1"},
        {"octal is not an address",         "10.0.0.1",  {"0300.0.2.1"},                           "10.0.0.1"},
    }));
    // clang-format on
    INFO(row.sentence);
    CHECK(to_string(client_address(*parse_ip(row.peer), row.forwarded_for, trusted)) == row.expected);
}

TEST_CASE("without configured proxies nobody is believed (PROTO-811)") {
    const std::vector<std::string_view> claimed{"198.51.100.1"};
    CHECK(client_address(*parse_ip("127.0.0.1"), claimed, TrustedProxies()) == *parse_ip("127.0.0.1"));
    CHECK_FALSE(TrustedProxies::of(std::vector<std::string>{"10.0.0.0/33"}));
    CHECK_FALSE(TrustedProxies::of(std::vector<std::string>{"proxy.example"}));
}
