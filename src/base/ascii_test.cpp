#include "base/ascii.h"

#include <catch2/catch.hpp>

using namespace portcullis;

TEST_CASE("letters and digits are those of ASCII") {
    CHECK(ascii::hex_value('0') == 0);
    CHECK(ascii::hex_value('f') == 15);
    CHECK(ascii::hex_value('F') == 15);
    CHECK(ascii::hex_value('g') == -1);
    CHECK(ascii::hex_value('@') == -1);
    CHECK(ascii::hex_value('\xe4') == -1);
    CHECK(ascii::is_letter('Z'));
    CHECK_FALSE(ascii::is_letter('\xe4'));
    CHECK_FALSE(ascii::is_digit('/'));
}

TEST_CASE("text is compared without case, and trimmed of spaces and tabs") {
    CHECK(ascii::equal_ignoring_case("Content-Type", "content-tYPE"));
    CHECK_FALSE(ascii::equal_ignoring_case("a", "ab"));
    CHECK_FALSE(ascii::equal_ignoring_case("[", "{"));
    CHECK(ascii::lower("AbZ[\xc4") == "abz[\xc4");
    CHECK(ascii::trimmed(" \ta b\t ") == "a b");
    CHECK(ascii::trimmed("\n") == "\n");
    CHECK(ascii::trimmed(" \t").empty());
    CHECK(ascii::trimmed("").empty());
}
