#include "base/cbor.h"

#include <catch2/catch.hpp>

#include "base/encoding.h"

namespace portcullis::cbor {
namespace {

std::string bytes_of(std::string_view in_hex) { return *parse_hex(in_hex); }

struct Row {
    const char* sentence;
    std::string in_hex;
    bool is_read;
};

TEST_CASE("cbor: what is read whole, and what breaks a rule (RFC 8949, protocols.md 16.2 row 7)", "[cbor]") {
    const auto row = GENERATE(values<Row>({
        {"a small integer", "17", true},
        {"a negative integer", "38ff", true},
        {"an integer that is longer than it must be", "1800", true},
        {"the largest integer of 63 bits", "1b7fffffffffffffff", true},
        {"an integer of 64 bits", "1bffffffffffffffff", false},
        {"bytes", "43010203", true},
        {"bytes that end early", "430102", false},
        {"text that is no UTF-8", "61ff", false},
        {"bytes of an enormous length", "5bffffffffffffffff00", false},
        {"an array of an enormous length", "9bffffffffffffffff00", false},
        {"a map of an enormous length", "bb7fffffffffffffff00", false},
        {"a map with keys out of order", "a2030101026161", false},
        {"a map with keys out of order, whole", "a203010102", true},
        {"a map with one key twice", "a201020102", false},
        {"a map with one text key twice", "a26161016161 02", false},
        {"a map with bytes for a key", "a1410102", false},
        {"an array of indefinite length", "9f01ff", false},
        {"bytes of indefinite length", "5f4101ff", false},
        {"a tag", "c001", false},
        {"a floating point number", "f93c00", false},
        {"true, false, null", "83f5f4f6", true},
        {"undefined", "f7", false},
        {"nested eight deep", "8181818181818101", true},
        {"nested nine deep", "818181818181818101", false},
        {"nothing", "", false},
        {"a byte too many", "0101", false},
    }));
    INFO(row.sentence);
    std::string in_hex = row.in_hex;
    std::erase(in_hex, ' ');
    CHECK(read_all(bytes_of(in_hex)).has_value() == row.is_read);
}

TEST_CASE("cbor: the first item leaves what follows it alone", "[cbor]") {
    const auto bytes = bytes_of("a1016178ffff");
    const auto item  = read_first(bytes);
    REQUIRE(item);
    CHECK(item->encoded.size() == 4);
    REQUIRE(item->find(1, Kind::text));
    CHECK(item->find(1, Kind::text)->content == "x");
    CHECK_FALSE(item->find(1, Kind::bytes));
    CHECK_FALSE(item->find(2));
    CHECK_FALSE(item->find("x"));
}

}  // namespace
}  // namespace portcullis::cbor
