#include "core/credentials/mail_address.h"

#include <catch2/catch.hpp>

namespace portcullis::credentials {
namespace {

TEST_CASE("one plain mail address is one, and nothing that means more to a mail server", "[reset]") {
    struct Row {
        std::string text, address;  // empty: refused
    };
    const auto row = GENERATE(values<Row>({
        {"alice@example.com", "alice@example.com"},
        {"  alice@example.com ", "alice@example.com"},
        {"Alice.O'Neil+reset@Mail.Example.COM", "Alice.O'Neil+reset@mail.example.com"},
        {"a@xn--bcher-kva.example", "a@xn--bcher-kva.example"},
        {"", ""},
        {"alice", ""},
        {"@example.com", ""},
        {"alice@", ""},
        {"alice@localhost", ""},
        {"alice@192.0.2.1", ""},
        {"alice@[192.0.2.1]", ""},
        {"alice@example..com", ""},
        {"alice@-example.com", ""},
        {".alice@example.com", ""},
        {"alice.@example.com", ""},
        {"al ice@example.com", ""},
        {"\"alice\"@example.com", ""},
        {"alice@example.com,mallory@example.net", ""},
        {"alice@example.com\r\nBcc: mallory@example.net", ""},
        {"alice@example.com\n", ""},
        {"<alice@example.com>", ""},
        {"mallory@example.net@example.com", ""},
        {"alice@example.com>", ""},
        {"älice@example.com", ""},
        {std::string("alice\0@example.com", 18), ""},
        {std::string(65, 'a') + "@example.com", ""},
        {"a@" + std::string(64, 'b') + ".com", ""},
    }));
    INFO(row.text);
    const auto address = parse_mail_address(row.text);
    CHECK((address ? address->text() : "") == row.address);
}

TEST_CASE("a masked address shows its owner which one it is", "[reset]") {
    CHECK(parse_mail_address("alice@example.com")->masked() == "a•••@example.com");
    CHECK(parse_mail_address("a@example.com")->masked() == "a•••@example.com");
}

}  // namespace
}  // namespace portcullis::credentials
