#include <catch2/catch.hpp>

#include "adapters/outgoing/client.h"
#include "adapters/outgoing/target.h"

using namespace portcullis;
using namespace portcullis::outgoing;

TEST_CASE("a target is an https URL and nothing that could be read in two ways (PROTO-820)") {
    struct Row {
        const char* text;
        const char* url;  // null: no target
    };
    const auto row = GENERATE(values<Row>({
        {"https://sms.example.com/send", "https://sms.example.com:443/send"},
        {"https://sms.example.com", "https://sms.example.com:443/"},
        {"https://sms.example.com?a=b", "https://sms.example.com:443/?a=b"},
        {"https://203.0.113.9:8443/x", "https://203.0.113.9:8443/x"},
        {"https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443/x"},
        {"HTTPS://SMS.Example.com/Send?A=B", "https://sms.example.com:443/Send?A=B"},
        {"https://[2001:DB8::1]/x", "https://[2001:db8::1]:443/x"},
        {"http://sms.example.com/", nullptr},
        {"HTTP://sms.example.com/", nullptr},
        {"ftp://sms.example.com/", nullptr},
        {"https://", nullptr},
        {"https:///x", nullptr},
        {"https://user@sms.example.com/", nullptr},
        {"https://user:word@sms.example.com/", nullptr},
        {"https://sms.example.com/#x", nullptr},
        {"https://sms.example.com:0/", nullptr},
        {"https://sms.example.com:65536/", nullptr},
        {"https://sms.example.com:44 3/", nullptr},
        {"https://sms.example.com/a b", nullptr},
        {"https://sms.example.com\\@10.0.0.1/", nullptr},
        {"https://sms.example.com/\r\nHost: x", nullptr},
        {"https://2130706433/", nullptr},
        {"https://127.1/", nullptr},
        {"https://0x7f.0.0.1/", nullptr},
        {"https://0X7F.0.0.1/", nullptr},
        {"https://[::ffff:127.0.0.1]/", nullptr},
        {"https://[::1%25lo]/", nullptr},
    }));
    INFO(row.text);
    const auto target = parse_target(row.text);
    CHECK(target.has_value() == (row.url != nullptr));
    if (target && row.url) CHECK(target->url() == row.url);
}

TEST_CASE("only where what is read is signed by itself a target may be http, on port 80 (PROTO-820)") {
    const auto open = parse_open_target("http://crl.example.com/root.crl");
    REQUIRE(open);
    CHECK(open->scheme == Scheme::http);
    CHECK(open->url() == "http://crl.example.com:80/root.crl");
    CHECK(parse_open_target("https://crl.example.com/root.crl")->url() == "https://crl.example.com:443/root.crl");
    CHECK(parse_open_target("HTTP://CRL.Example.com/Root.CRL")->url() == "http://crl.example.com:80/Root.CRL");
    CHECK(parse_open_target("Https://CRL.example.com/root.crl")->url() == "https://crl.example.com:443/root.crl");
    for (const auto* text : {"http://", "http://user@crl.example.com/", "ldap://crl.example.com/x", "file:///etc/passwd", "LDAP://crl.example.com/x", "HTTP://", "http://127.1/"}) {
        INFO(text);
        CHECK_FALSE(parse_open_target(text));
    }
    const auto public_address = parse_ip("1.1.1.1").value();
    CHECK_FALSE(refusal(public_address, 80, {}, Scheme::http));
    CHECK(refusal(public_address, 443, {}, Scheme::http));
    CHECK(refusal(public_address, 8080, {}, Scheme::http));
    CHECK(refusal(public_address, 80, {}));
    CHECK(refusal(parse_ip("169.254.169.254").value(), 80, {}, Scheme::http));
    CHECK(Client({}).get(*open, {}).error().code == ErrorCode::forbidden);
    CHECK(Client({.allowed = {}, .ca_file = {}, .least = Scheme::http}).get(*parse_open_target("http://localhost/x"), {}).error().code == ErrorCode::forbidden);
}

TEST_CASE("addresses that are refused, and their neighbours that are not (PROTO-821)") {
    for (const auto* inside :
         {"127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
          "100.127.255.255", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.0.8", "192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1",
          "192.88.99.1", "::1", "::", "::127.0.0.1", "::ffff:10.0.0.1", "fe80::1", "febf::1", "fc00::1", "fdff::1", "ff02::1", "2001:db8::1",
          "2002:7f00:1::", "64:ff9b::a00:1", "64:ff9b:1::1", "2001::1", "100::1", "3fff::1"}) {
        INFO(inside);
        CHECK(refusal(parse_ip(inside).value(), 443, {}));
    }
    for (const auto* outside : {"1.1.1.1", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1", "169.253.1.1", "192.0.1.1", "198.20.0.1",
                                "2606:4700::1111", "2a00:1450::1"}) {
        INFO(outside);
        CHECK_FALSE(refusal(parse_ip(outside).value(), 443, {}));
        CHECK_FALSE(refusal(parse_ip(outside).value(), 8443, {}));
        CHECK(refusal(parse_ip(outside).value(), 25, {}));
    }
}

TEST_CASE("what an administrator allowed is not refused, on any port (PROTO-821)") {
    const std::vector<Cidr> allowed{parse_cidr("10.1.0.0/16").value()};
    CHECK_FALSE(refusal(parse_ip("10.1.2.3").value(), 9000, allowed));
    CHECK(refusal(parse_ip("10.2.0.1").value(), 9000, allowed));
}

TEST_CASE("a name that leads inside is refused before anything connects (PROTO-820)") {
    const Client client({});
    const auto answer = client.post({.host = "localhost", .port = 443, .path = "/"}, {}, "{}");
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == ErrorCode::forbidden);
    CHECK(client.post({.host = "nowhere.invalid", .port = 443, .path = "/"}, {}, "{}").error().code == ErrorCode::unavailable);
}
