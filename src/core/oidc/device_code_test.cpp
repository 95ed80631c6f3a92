#include "core/oidc/device_code.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "base/overloaded.h"

namespace portcullis::oidc {
namespace {

using namespace std::chrono_literals;
constexpr Instant kNow{Duration{1'800'000'000'000}};

TEST_CASE("user codes are eight letters of the alphabet, without bias (PROTO-127)") {
    const std::array<std::uint8_t, 10> random{0, 240, 19, 20, 255, 39, 239, 1, 2, 3};
    CHECK(make_user_code(random) == "BZBZZCDF");
    CHECK_FALSE(make_user_code(std::span(random).first(9)));
    CHECK(kUserCodeAlphabet.find_first_of("AEIOUY") == std::string_view::npos);
    CHECK(show_user_code("BZBZZCDF") == "BZBZ-ZCDF");
}

TEST_CASE("what people type is read without case, hyphen and spaces (PROTO-127)") {
    for (const auto* typed : {"BZBZ-ZCDF", "bzbzzcdf", " bzbz zcdf "}) CHECK(normalise_user_code(typed) == "BZBZZCDF");
    for (const auto* bad : {"", "BZBZ-ZCD", "BZBZ-ZCDFF", "BZBZ-ZCDA", "BZBZ_ZCDF", "BZBZ-ZCD0"}) {
        CAPTURE(bad);
        CHECK_FALSE(normalise_user_code(bad));
    }
}

std::string shown(const PollDecision& decision) {
    return std::visit(overloaded{
                          [](const Redeem&) { return std::string("redeem"); },
                          [](const NotYet& wait) {
                              return std::string(to_string(wait.refusal.error)) + " " +
                                     std::to_string(wait.interval / 1s);
                          },
                          [](const Refusal& refusal) { return std::string(to_string(refusal.error)); },
                      },
                      decision);
}

TEST_CASE("polls are answered by the state of the authorization (PROTO-127, PROTO-132)") {
    struct Row {
        std::string_view what;
        DeviceAuthorization known;
        DevicePoller poller;
        std::string_view outcome;
    };
    const ApplicationId us{0, 1};
    constexpr auto standard = DevicePoller::standard, msal = DevicePoller::msal;
    using enum DeviceState;
    const auto row = GENERATE_COPY(values<Row>({
        {"first poll", {us, pending, kNow + 1s}, standard, "authorization_pending 5"},
        {"after 80 % of the interval", {us, pending, kNow + 1s, 5s, kNow - 4s}, standard, "authorization_pending 5"},
        {"faster", {us, pending, kNow + 1s, 5s, kNow - 3999ms}, standard, "slow_down 10"},
        {"faster again", {us, pending, kNow + 1s, 10s, kNow - 5s}, standard, "slow_down 15"},
        {"MSAL never sees slow_down (PROTO-132)", {us, pending, kNow + 1s, 5s, kNow}, msal, "authorization_pending 5"},
        {"approved", {us, approved, kNow + 1s}, standard, "redeem"},
        {"approved, however fast", {us, approved, kNow + 1s, 5s, kNow}, standard, "redeem"},
        {"denied", {us, denied, kNow + 1s}, standard, "access_denied"},
        {"redeemed before", {us, redeemed, kNow + 1s}, standard, "invalid_grant"},
        {"expired", {us, pending, kNow}, standard, "expired_token"},
        {"approved too late", {us, approved, kNow}, standard, "expired_token"},
        {"another client's", {{0, 2}, approved, kNow + 1s}, standard, "invalid_grant"},
    }));
    CAPTURE(row.what);
    CHECK(shown(decide_poll({&row.known, us, row.poller, kNow})) == row.outcome);
}

TEST_CASE("a device code nobody knows is invalid_grant (PROTO-127)") {
    CHECK(shown(decide_poll({nullptr, {0, 1}, DevicePoller::standard, kNow})) == "invalid_grant");
}

}  // namespace
}  // namespace portcullis::oidc
