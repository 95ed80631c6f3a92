#include <catch2/catch.hpp>

#include "core/remediation/remedies.h"

namespace portcullis::remediation {

TEST_CASE("which completed control closes risk, and as what (IDP-026, IDP-030)") {
    using controls::GrantControl;
    using controls::RiskDriver;
    using risk::RiskEvent;
    struct Row {
        std::string_view what;
        Completed completed;
        SignInState sign_in;
        std::optional<RiskEvent> expected;
    };
    using enum SignInState;
    constexpr auto mfa = GrantControl::mfa, change = GrantControl::passwordChange;
    // clang-format off
    const auto row = GENERATE_COPY(values<Row>({
        {"MFA for sign-in risk",                 {mfa, RiskDriver::signInRisk, Met::now},     risky,    RiskEvent::policyMfaPassed},
        {"MFA for both risks",                   {mfa, RiskDriver::both, Met::now},           risky,    RiskEvent::policyMfaPassed},
        {"a claim for sign-in risk",             {mfa, RiskDriver::signInRisk, Met::byClaim}, risky,    RiskEvent::policyMfaClaimed},
        {"MFA for no risk, in a risky sign-in",  {mfa, RiskDriver::none, Met::now},           risky,    RiskEvent::otherMfaPassed},
        {"MFA for no risk, nothing risky",       {mfa, RiskDriver::none, Met::now},           riskFree, std::nullopt},
        {"a claim nobody's risk asked for",      {mfa, RiskDriver::none, Met::byClaim},       risky,    std::nullopt},
        {"MFA on the way to a password change",  {mfa, RiskDriver::userRisk, Met::now},       risky,    std::nullopt},
        {"the password change",                  {change, RiskDriver::userRisk, Met::now},    riskFree, RiskEvent::policyPasswordChanged},
        {"the password change, risky sign-in",   {change, RiskDriver::both, Met::now},        risky,    RiskEvent::policyPasswordChanged},
        {"a password change no risk asked for",  {change, RiskDriver::none, Met::now},        risky,    std::nullopt},
        {"block closes nothing",                 {GrantControl::block, RiskDriver::signInRisk, Met::now}, risky, std::nullopt},
    }));
    // clang-format on
    CAPTURE(row.what);
    CHECK(earned_by(row.completed, row.sign_in) == row.expected);
}

}  // namespace portcullis::remediation
