#include <catch2/catch.hpp>

#include "core/credentials/phone_number.h"
#include "core/credentials/send_limits.h"

using namespace portcullis;
using namespace portcullis::credentials;

TEST_CASE("a telephone number is read as people write it, and nothing else is one") {
    struct Row {
        const char* typed;
        const char* spaced;  // null: no number
    };
    const auto row = GENERATE(values<Row>({
        {"+4915112345678", "+49 15112345678"},
        {"+49 151 1234-5678", "+49 15112345678"},
        {" +49 (0) 151 / 12.34.56.78 ", "+49 15112345678"},
        {"+1 (425) 555-0100", "+1 4255550100"},
        {"+1 876 555 0100", "+1876 5550100"},
        {"+358 401234567", "+358 401234567"},
        {"+3584", nullptr},
        {"+123456789012345", "+1 23456789012345"},
        {"+1234567890123456", nullptr},
        {"015112345678", nullptr},
        {"004915112345678", nullptr},
        {"+49 151 1234x5678", nullptr},
        {"+49 15112345678 ext 9", nullptr},
        {"+49 15112345678\r\n", nullptr},
        {"+999 12345678", nullptr},
        {"+881 612345678", nullptr},   // a satellite
        {"+979 123456789", nullptr},   // shared cost
        {"+0 123456789", nullptr},
        {"++4915112345678", nullptr},
        {"+", nullptr},
        {"", nullptr},
    }));
    INFO(row.typed);
    const auto number = parse_phone_number(row.typed);
    CHECK(number.has_value() == (row.spaced != nullptr));
    if (number && row.spaced) CHECK(number->spaced() == row.spaced);
}

TEST_CASE("a masked number shows its country and two digits") {
    CHECK(parse_phone_number("+49 15112345678")->masked() == "+49 XXXXXXXXX78");
    CHECK(parse_phone_number("+49 15112345678")->e164() == "+4915112345678");
}

TEST_CASE("numbers of Internet telephony and of persons are told from lines (CRED-021)") {
    const auto is_virtual_number = [](const char* typed) { return is_virtual(parse_phone_number(typed).value()); };
    CHECK(is_virtual_number("+49 32 12345678"));
    CHECK(is_virtual_number("+44 56 12345678"));
    CHECK(is_virtual_number("+33 9 12 34 56 78"));
    CHECK(is_virtual_number("+81 50 1234 5678"));
    CHECK_FALSE(is_virtual_number("+49 1512 3456789"));
    CHECK_FALSE(is_virtual_number("+44 7400 123456"));
    CHECK_FALSE(is_virtual_number("+33 6 12 34 56 78"));
    CHECK_FALSE(is_virtual_number("+1 425 555 0100"));
}

TEST_CASE("nobody is sent anything until an administrator names countries (CRED-021)") {
    identity::PhoneSettings settings;
    const auto german  = parse_phone_number("+49 15112345678").value();
    const auto jamaica = parse_phone_number("+1 876 5550100").value();
    CHECK_FALSE(is_country_allowed(settings, german));
    settings.countries = {"49", "1"};
    CHECK(is_country_allowed(settings, german));
    CHECK_FALSE(is_country_allowed(settings, jamaica));  // shares the code, not the price
    CHECK(is_calling_code("1876"));
    CHECK_FALSE(is_calling_code("+49"));
    CHECK_FALSE(is_calling_code("4"));
}
