#include "core/credentials/prompt_report.h"

#include <catch2/catch.hpp>

namespace portcullis::credentials {
namespace {

using namespace std::chrono_literals;
using identity::FeatureState;

TEST_CASE("CRED-037 a block holds for 90 days, to the millisecond", "[mfa-block]") {
    const Instant made{std::chrono::hours{1000}};
    const identity::MfaBlock block{.at = made, .ends_at = made + kMfaBlockLasts, .reason = "stolen phone"};
    CHECK(kMfaBlockLasts == 24h * 90);
    CHECK_FALSE(is_mfa_blocked(std::nullopt, made));
    CHECK(is_mfa_blocked(block, made));
    CHECK(is_mfa_blocked(block, made + 24h * 90 - 1ms));
    CHECK_FALSE(is_mfa_blocked(block, made + 24h * 90));
}

TEST_CASE("CRED-036 reports are off unless an administrator enabled them, and for whom they are meant", "[mfa-block]") {
    const GroupId staff{1, 5}, others{1, 6};
    const UserId alice{1, 1}, bob{1, 2};
    const std::vector<GroupId> in_staff{staff}, in_none;
    identity::ReportSettings settings;
    for (const auto state : {FeatureState::default_, FeatureState::disabled}) {
        settings.state = state;
        CHECK_FALSE(may_report(settings, {alice, in_staff}));
    }
    settings.state = FeatureState::enabled;
    CHECK(may_report(settings, {alice, in_none}));
    settings.include = {.all_users = false, .users = {bob}, .groups = {others, staff}};
    CHECK(may_report(settings, {alice, in_staff}));
    CHECK_FALSE(may_report(settings, {alice, in_none}));
    CHECK(may_report(settings, {bob, in_none}));
}

}  // namespace
}  // namespace portcullis::credentials
