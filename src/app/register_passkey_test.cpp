#include "app/register_passkey.h"

#include <catch2/catch.hpp>

#include <string>

using namespace portcullis;

TEST_CASE("what a person calls a method is cut and trimmed") {
    CHECK(app::method_name("  My \x1bkey ") == "My key");
    CHECK(app::method_name(std::string(63, 'a') + "ä") == std::string(63, 'a'));
    CHECK(app::method_name("\xe2\x80\x8b\xf0\x9f\x94\x91") == "\xe2\x80\x8b\xf0\x9f\x94\x91");
}

TEST_CASE("a name that nobody sees is none") {
    for (const auto* typed : {"", "   ", "\x1b\x07", "\xe2\x80\x8b\xe2\x80\x8b", "\xe2\x81\xa0", "\xef\xbb\xbf", "\xc2\xad", "\xc2\x85", "\xc2\xa0 \xe2\x80\xae"}) {
        CAPTURE(typed);
        CHECK(app::method_name(typed).empty());
    }
}
