#include <catch2/catch.hpp>

#include "adapters/icu/text.h"

namespace portcullis::unicode {
namespace {

TEST_CASE("a user principal name is looked up without regard to case, width or surrounding spaces") {
    const IcuText text;
    CHECK(text.upn_key(" Alice@Contoso.Example ") == "alice@contoso.example");
    CHECK(text.upn_key("ＡＬＩＣＥ@contoso.example") == "alice@contoso.example");
    CHECK(text.upn_key("STRASSE@x") == text.upn_key("straße@x"));
    CHECK_FALSE(text.upn_key(""));
    CHECK_FALSE(text.upn_key("\xff@x"));
    CHECK_FALSE(text.upn_key(std::string(114, 'a')));
}

TEST_CASE("passwords are NFC and otherwise as typed (PROTO-805)") {
    const IcuText text;
    CHECK(text.password("  Spaces stay  ") == "  Spaces stay  ");
    CHECK(text.password("e\xcc\x81") == "\xc3\xa9");
    CHECK(text.password("ﬁ") == "ﬁ");
    CHECK_FALSE(text.password("\xff"));
    CHECK(text.folded("ﬁN") == "fin");
}

}  // namespace
}  // namespace portcullis::unicode
