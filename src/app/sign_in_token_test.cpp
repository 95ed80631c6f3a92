#include <catch2/catch.hpp>

#include "app/activate_token.h"
#include "app/sign_in_flow.h"
#include "app/sign_in_steps.h"

using namespace portcullis;
using namespace portcullis::app;

TEST_CASE("CRED-020 before anybody has proven to have it a token is shown by the end of its number", "[sign_in_token]") {
    struct Row {
        std::string manufacturer, model, serial, shown;
    };
    const auto row = GENERATE(values<Row>({
        {"Feitian", "c200", "2308374827", "Feitian c200 •••4827"},
        {"", "", "2308374827", "•••4827"},
        {"Feitian", "", "12345", "Feitian •••2345"},
        {"Feitian", "c200", "1234", "Feitian c200 1234"},  // all there is
        {"Feitian", "c200", "7", "Feitian c200 7"},
    }));
    const identity::HardwareToken token{.id = {}, .serial_number = row.serial, .manufacturer = row.manufacturer, .model = row.model, .sealed_secret = {}};
    CHECK(short_name_of(token) == row.shown);
}

TEST_CASE("CRED-020 a sign-in keeps which tokens it offered and which was chosen", "[sign_in_token]") {
    constexpr HardwareTokenId first{5, 1}, second{5, 2};
    SignInFlow flow;
    flow.stage    = Stage::registrationToken;
    flow.client   = ApplicationId{1, 1};
    flow.tokens   = {{first, "Feitian c200 •••4827"}, {second, "•••\"2"}};
    flow.token    = second;
    const auto read = sign_in_flow_from(to_text(flow));
    REQUIRE(read);
    CHECK(read->stage == Stage::registrationToken);
    REQUIRE(read->tokens.size() == 2);
    CHECK(read->tokens[0].id == first);
    CHECK(read->tokens[1].name == "•••\"2");
    CHECK(read->token == second);

    flow.token.reset();
    flow.tokens.clear();
    const auto without = sign_in_flow_from(to_text(flow));
    REQUIRE(without);
    CHECK(without->tokens.empty());
    CHECK_FALSE(without->token);
}

TEST_CASE("CRED-035 where a strength is asked for, what it does not take is not registered", "[sign_in_token]") {
    SignInFlow flow;
    for (const auto kind : {AuthMethod::passkeyDeviceBound, AuthMethod::softwareOath, AuthMethod::hardwareOath}) CHECK(is_registrable(flow, kind));
    flow.registrable = {AuthMethod::hardwareOath};
    CHECK(is_registrable(flow, AuthMethod::hardwareOath));
    CHECK_FALSE(is_registrable(flow, AuthMethod::softwareOath));
    CHECK_FALSE(is_registrable(flow, AuthMethod::passkeyDeviceBound));  // a token is not an app, and neither is it a passkey
    flow.registrable = {AuthMethod::softwareOath};
    CHECK_FALSE(is_registrable(flow, AuthMethod::hardwareOath));
}
