#include <catch2/catch.hpp>

#include "base/encoding.h"
#include "base/id.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/time.h"

namespace portcullis {
namespace {

TEST_CASE("an id is a lower-case UUID on the wire and reads either case") {
    const auto id = parse_id<UserId>("0193AB00-7c1e-7000-8000-00000000000f");
    REQUIRE(id);
    CHECK(to_string(*id) == "0193ab00-7c1e-7000-8000-00000000000f");
    CHECK_FALSE(parse_id<UserId>("0193ab007c1e70008000-00000000000f"));
    CHECK_FALSE(parse_id<UserId>("0193ab00-7c1e-7000-8000-00000000000g"));
    CHECK_FALSE(parse_id<UserId>(""));
}

TEST_CASE("version 7 ids sort by time and carry version and variant") {
    const auto older = uuid::version7(1000, {255, 255, 255, 255, 255, 255, 255, 255, 255, 255});
    const auto newer = uuid::version7(1001, {});
    CHECK(UserId{older.high, older.low} < UserId{newer.high, newer.low});
    CHECK(uuid::to_string(older) == "00000000-03e8-7fff-bfff-ffffffffffff");
}

TEST_CASE("RFC 3339 times round-trip and nonsense is refused") {
    struct Row {
        std::string_view what, text, printed;
    };
    const auto row = GENERATE(values<Row>({
        {"whole seconds", "2026-11-20T12:41:07Z", "2026-11-20T12:41:07Z"},
        {"milliseconds", "2026-11-20T12:41:07.25Z", "2026-11-20T12:41:07.250Z"},
        {"an offset", "2026-11-20T12:41:07+02:00", "2026-11-20T10:41:07Z"},
        {"leap day", "2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z"},
        {"not a leap day", "2026-02-29T00:00:00Z", ""},
        {"no zone", "2026-11-20T12:41:07", ""},
        {"hour 24", "2026-11-20T24:00:00Z", ""},
        {"a tail", "2026-11-20T12:41:07Zx", ""},
        {"ten fraction digits", "2026-11-20T12:41:07.1234567890Z", ""},
        {"empty", "", ""},
    }));
    CAPTURE(row.what);
    const auto parsed = parse_rfc3339(row.text);
    CHECK((parsed ? to_rfc3339(*parsed) : "") == row.printed);
}

TEST_CASE("ISO 8601 durations") {
    using namespace std::chrono_literals;
    CHECK(parse_duration("PT36H") == Duration{36h});
    CHECK(parse_duration("P14D") == Duration{24h * 14});
    CHECK(parse_duration("P1DT2H30M5S") == Duration{26h + 30min + 5s});
    CHECK(parse_duration("P2W") == Duration{24h * 14});
    for (const auto* bad : {"", "P", "PT", "P1", "P1H", "PT1D", "-P1D", "P1.5D", "P99999999999D", "P99999999D", "P1DT"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_duration(bad));
    }
}

TEST_CASE("base64url is strict (PROTO-014)") {
    CHECK(base64url(std::string_view("\xff\x00", 2)) == "_wA");
    CHECK(parse_base64url("_wA") == std::string("\xff\x00", 2));
    for (const auto* bad : {"_wA=", "_w A", "/wA", "_wB", "_", "_wAAA"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_base64url(bad));
    }
    CHECK(base64("hello!!") == "aGVsbG8hIQ==");
    CHECK(parse_base64("aGVsbG8hIQ==") == "hello!!");
    CHECK_FALSE(parse_base64("aGVsbG8hIQ"));
    CHECK(base32("Hello!\xde\xad\xbe\xef") == "JBSWY3DPEHPK3PXP");
    CHECK(parse_base32("jbsw y3dp ehpk 3pxp") == "Hello!\xde\xad\xbe\xef");
    CHECK(parse_hex("DEad") == "\xde\xad");
}

TEST_CASE("percent-encoding") {
    CHECK(percent_encode("a b/ü~") == "a%20b%2F%C3%BC~");
    CHECK(percent_decode("a%20b+c", Plus::is_space) == "a b c");
    CHECK(percent_decode("a+b", Plus::is_plus) == "a+b");
    CHECK_FALSE(percent_decode("%4", Plus::is_plus));
    CHECK_FALSE(percent_decode("%zz", Plus::is_plus));
}

TEST_CASE("UTF-8 is checked without mercy") {
    CHECK(is_utf8("grüße 🔐"));
    CHECK_FALSE(is_utf8("\xc0\x80"));
    CHECK_FALSE(is_utf8("\xed\xa0\x80"));
    CHECK_FALSE(is_utf8("\xf4\x90\x80\x80"));
    CHECK_FALSE(is_utf8("\xe2\x82"));
}

TEST_CASE("JSON objects are bounded and have no duplicate members (PROTO-014)") {
    CHECK(json::parse_object(R"({"a":{"b":[1,"x:y\":\""]}})").has_value());
    CHECK_FALSE(json::parse_object(R"({"a":1,"a":2})").has_value());
    CHECK_FALSE(json::parse_object(R"({"x":[{"a":1,"a":2}]})").has_value());
    CHECK_FALSE(json::parse_object(R"({"a":[13e901]})").has_value());  // beyond every double: would be written as no JSON
    CHECK_FALSE(json::parse_object("[1]").has_value());
    CHECK_FALSE(json::parse_object("{\"a\":\"\xff\"}").has_value());
    CHECK_FALSE(json::parse_object(std::string(40, '[') + std::string(40, ']')).has_value());
    CHECK_FALSE(json::parse_object(R"({"a":"0123456789"})", {.bytes_max = 8}).has_value());
}

TEST_CASE("a Secret moves, empties its source and compares whole") {
    Secret a(std::string("correct horse"));
    Secret b = std::move(a);
    CHECK(a.empty());
    CHECK(b == Secret(std::string("correct horse")));
    CHECK_FALSE(b == Secret(std::string("correct hors")));
    CHECK(b.copy().reveal() == "correct horse");
}

}  // namespace
}  // namespace portcullis
