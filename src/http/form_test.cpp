#include "http/form.h"

#include <catch2/catch.hpp>

using namespace portcullis;
using namespace portcullis::http;
using namespace std::string_literals;

namespace {

/// `name=value|name=value` of what was parsed, or the error's message.
std::string shown(const Result<Form>& form) {
    if (!form) return form.error().message;
    std::string text;
    for (std::size_t i = 0; i < form->size(); ++i) {
        const auto [name, value] = (*form)[i];
        if (i > 0) text += "|";
        text.append(name).append("=").append(value);
    }
    return text;
}

}  // namespace

TEST_CASE("forms are decoded strictly, and errors name the parameter but never its value (PROTO-100)") {
    struct Row {
        const char* sentence;
        std::string text;
        std::string expected;
    };
    // clang-format off
    const auto row = GENERATE(values<Row>({
        {"nothing",                      "",                        ""},
        {"two parameters",               "a=1&b=2",                 "a=1|b=2"},
        {"order and repetition stay",    "a=1&b=2&a=3",             "a=1|b=2|a=3"},
        {"plus and escapes",             "a=x+y%2B%20%3D",          "a=x y+ ="},
        {"escapes of either case",       "a=%c3%A9",                "a=\xc3\xa9"},
        {"UTF-8 unescaped",              "a=\xc3\xa9",              "a=\xc3\xa9"},
        {"an escaped name",              "%61b=1",                  "ab=1"},
        {"no equals sign",               "a&b=2",                   "a=|b=2"},
        {"an empty value",               "a=",                      "a="},
        {"an equals sign in the value",  "a=b=c",                   "a=b=c"},
        {"empty pieces",                 "&&a=1&&",                 "a=1"},
        {"an empty name",                "=1",                      "=1"},
        {"a lone percent",               "pw=hunter%",              "parameter `pw` has a value with a broken percent-escape"},
        {"a short escape",               "pw=%4",                   "parameter `pw` has a value with a broken percent-escape"},
        {"an escape that is not hex",    "pw=%zz",                  "parameter `pw` has a value with a broken percent-escape"},
        {"a signed escape",              "pw=%+1",                  "parameter `pw` has a value with a broken percent-escape"},
        {"an escaped NUL",               "pw=a%00b",                "parameter `pw` has a value that is not text in UTF-8"},
        {"a NUL",                        "pw=a\0b"s,                "parameter `pw` has a value that is not text in UTF-8"},
        {"an overlong form",             "pw=%C0%AF",               "parameter `pw` has a value that is not text in UTF-8"},
        {"a surrogate",                  "pw=%ED%A0%80",            "parameter `pw` has a value that is not text in UTF-8"},
        {"a half character",             "pw=%C3&b=%A9",            "parameter `pw` has a value that is not text in UTF-8"},
        {"a broken name",                "p%w=1",                   "a parameter has a name with a broken percent-escape"},
        {"a name no log should repeat",  "\x1b[31m=%",              "a parameter has a value with a broken percent-escape"},
    }));
    // clang-format on
    INFO(row.sentence);
    CHECK(shown(Form::parse(row.text)) == row.expected);
}

TEST_CASE("forms are bounded in bytes and parameters (PROTO-100, PROTO-807)") {
    const FormLimits limits{.bytes_max = 8, .parameters_max = 3};
    CHECK(shown(Form::parse("a=123456", limits)) == "a=123456");
    CHECK(shown(Form::parse("a=1234567", limits)) == "the parameters are too long");
    CHECK(shown(Form::parse("a&b&c", limits)) == "a=|b=|c=");
    CHECK(shown(Form::parse("a&b&c&d", limits)) == "there are too many parameters");
    CHECK(kAuthorizeLimits.bytes_max == 16 * 1024);
    CHECK(kAuthorizeLimits.parameters_max == 64);
    CHECK(FormLimits{}.parameters_max == 200);
}

TEST_CASE("a parameter is asked for once, and repetition is an error (PROTO-100)") {
    const auto parsed = Form::parse("a=1&b=&a=2&c=3");
    const auto& form  = parsed.value();
    CHECK(form.one("c").value() == "3");
    CHECK(form.one("b").value().empty());
    CHECK(form.one("a").error().message == "parameter `a` is repeated");
    CHECK(form.one("x").error().message == "parameter `x` is missing");
    CHECK(form.one("x").error().code == ErrorCode::invalidRequest);
    CHECK(form.at_most_one("c").value() == "3");
    CHECK_FALSE(form.at_most_one("x").value());
    CHECK_FALSE(form.at_most_one("a"));
    CHECK(form.values("a") == std::vector<std::string_view>{"1", "2"});
    CHECK(form.values("x").empty());
}

TEST_CASE("a form outlives being moved") {
    auto first        = std::move(Form::parse("a=1")).value();
    const Form second = std::move(first);
    CHECK(second.one("a").value() == "1");
}

TEST_CASE("a form comes in a body of the one content type (PROTO-100)") {
    const auto of = [](std::vector<Header> headers) {
        return Form::of_body({.headers = std::move(headers), .body = "a=1"});
    };
    CHECK(of({{"content-type", "application/x-www-form-urlencoded"}}));
    CHECK(of({{"content-type", "application/x-www-form-urlencoded; charset=UTF-8"}}));
    CHECK_FALSE(of({{"content-type", "application/x-www-form-urlencoded; charset=utf-16"}}));
    CHECK_FALSE(of({{"content-type", "multipart/form-data; boundary=x"}}));
    CHECK_FALSE(of({{"content-type", "application/json"}}));
    CHECK_FALSE(of({{"content-type", "application/x-www-form-urlencodedx"}}));
    CHECK_FALSE(of({{"content-type", "application/x-www-form-urlencoded"}, {"content-type", "application/json"}}));
    CHECK_FALSE(of({}));
}
