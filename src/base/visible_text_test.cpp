#include "base/visible_text.h"

#include <catch2/catch.hpp>

using namespace portcullis;

TEST_CASE("what a person sees nothing of is blank") {
    for (const auto* text : {"", " ", "\xc2\xa0", "\xe2\x80\x8b\xe2\x80\x8b", "\xe2\x81\xa0", "\xef\xbb\xbf", "\xc2\xad", "\x1b\t\n", "\xc2\x9b",
                             "\xe2\x80\xae \xe2\x81\xa6", "\xe3\x80\x80", "\xe3\x85\xa4", "\xef\xb8\x8f", "\xf3\xa0\x80\x81"}) {
        CAPTURE(text);
        CHECK(is_blank(text));
    }
    for (const auto* text : {"a", "\xe2\x80\x8b.", "ä", "\xf0\x9f\x94\x91", "\xff"}) {
        CAPTURE(text);
        CHECK_FALSE(is_blank(text));
    }
}

TEST_CASE("what hides, turns or steers is written out") {
    CHECK(spelled_out("Zoë, \xf0\x9f\x94\x91\xef\xb8\x8f \\ \"x\"") == "Zoë, \xf0\x9f\x94\x91\xef\xb8\x8f \\ \"x\"");
    CHECK(spelled_out("a\x1b[2Jb\x7f") == "a\\u001b[2Jb\\u007f");
    CHECK(spelled_out("\xc2\x9b" "2J") == "\\u009b2J");
    for (const auto& [bytes, shown] : {std::pair{"\xe2\x80\x8b", "\\u200b"}, {"\xe2\x80\x8f", "\\u200f"}, {"\xe2\x80\xaa", "\\u202a"},
                                       {"\xe2\x80\xae", "\\u202e"}, {"\xe2\x81\xa6", "\\u2066"}, {"\xe2\x81\xa9", "\\u2069"},
                                       {"\xef\xbb\xbf", "\\ufeff"}, {"\xd8\x9c", "\\u061c"}, {"\xf3\xa0\x80\x81", "\\udb40\\udc01"}}) {
        CHECK(spelled_out(std::string("<") + bytes + ">") == std::string("<") + shown + ">");
    }
    CHECK(spelled_out("a\xff\xe2\x80") == "a\\ufffd\\ufffd\\ufffd");
    CHECK(spelled_out("\xef\xbf\xbd") == "\xef\xbf\xbd");
    CHECK(spelled_out("a\nb") == "a\\u000ab");
    CHECK(spelled_out("a\nb\r\n", LineEnds::kept) == "a\nb\\u000d\n");
}

TEST_CASE("PROTO-812 what hides or turns text is left out of a page, and what writing needs stays") {
    for (const auto& [text, shown] : {std::pair{"Notes\xe2\x80\xaesetoN", "NotessetoN"},
                                      {"a\xe2\x81\xa6" "b\xe2\x81\xa9", "ab"},
                                      {"a\x1b[31m\x7f\xc2\x85z", "a[31mz"},
                                      {"pay\xe2\x80\x8bpal\xef\xbb\xbf\xc2\xad\xe2\x81\xa0!", "paypal!"},
                                      {"Gr\xc3\xbc\xc3\x9f" "e\n\t\xe2\x80\x99\r", "Gr\xc3\xbc\xc3\x9f" "e\n\t\xe2\x80\x99"},
                                      {"\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae\xd9\x88", "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae\xd9\x88"},      // a Persian word
                                      {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb\xef\xb8\x8f", "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb\xef\xb8\x8f"},  // an emoji of three
                                      {"a\xe2\x80", "a\xef\xbf\xbd\xef\xbf\xbd"},
                                      {"plain text", "plain text"},
                                      {"", ""}}) {
        CAPTURE(text);
        CHECK(visible(text) == shown);
    }
}
