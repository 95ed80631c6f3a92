#include <catch2/catch.hpp>

#include "core/remediation/remedies.h"
#include "core/risk/raise.h"

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
        {"a strength for sign-in risk",          {GrantControl::authenticationStrength, RiskDriver::signInRisk, Met::now}, risky, RiskEvent::policyMfaPassed},
        {"the second sign-in",                   {GrantControl::riskRemediation, RiskDriver::userRisk, Met::now}, riskFree, RiskEvent::riskRemediated},
        {"block closes nothing",                 {GrantControl::block, RiskDriver::signInRisk, Met::now}, risky, std::nullopt},
    }));
    // clang-format on
    CAPTURE(row.what);
    CHECK(earned_by(row.completed, row.sign_in) == row.expected);
}

TEST_CASE("which branch remediates: a new password where somebody may know the old one (CA-040, IDP-110)") {
    using enum controls::RemediationBranch;
    using enum RiskState;
    struct Row {
        std::string_view what;
        RiskEventType type;
        RiskState state;
        HasPassword password;
        controls::RemediationBranch expected;
    };
    // clang-format off
    const auto row = GENERATE(values<Row>({
        {"leaked credentials",                 RiskEventType::leakedCredentials,              atRisk,               HasPassword::yes, secureChange},
        {"a guessed password",                 RiskEventType::passwordSpray,                  atRisk,               HasPassword::yes, secureChange},
        {"a false page",                       RiskEventType::attackerinTheMiddle,            atRisk,               HasPassword::yes, secureChange},
        {"reported by its owner",              RiskEventType::userReportedSuspiciousActivity, atRisk,               HasPassword::yes, secureChange},
        {"confirmed by an administrator",      RiskEventType::adminConfirmedUserCompromised,  confirmedCompromised, HasPassword::yes, secureChange},
        {"a sign-in confirmed compromised",    RiskEventType::unfamiliarFeatures,             confirmedCompromised, HasPassword::yes, secureChange},
        {"leaked, but there is no password",   RiskEventType::leakedCredentials,              atRisk,               HasPassword::no,  signInAgain},
        {"a stolen token",                     RiskEventType::anomalousToken,                 atRisk,               HasPassword::yes, signInAgain},
        {"impossible travel",                  RiskEventType::unlikelyTravel,                 atRisk,               HasPassword::yes, signInAgain},
        {"unfamiliar properties",              RiskEventType::unfamiliarFeatures,             atRisk,               HasPassword::yes, signInAgain},
        {"a leak that was dealt with",         RiskEventType::leakedCredentials,              remediated,           HasPassword::yes, signInAgain},
    }));
    // clang-format on
    CAPTURE(row.what);
    const risk::RiskDetection travel{.type = RiskEventType::unlikelyTravel};
    const risk::RiskDetection detection{.type = row.type, .state = row.state};
    CHECK(branch_of(std::vector{travel, detection}, row.password) == row.expected);
}

TEST_CASE("the methods that an attacker added are those of active reports (IDP-110)") {
    const MethodId added{8, 1}, other{8, 2};
    auto report       = risk::attacker_added_method(added, {}, {}, {});
    auto closed       = risk::attacker_added_method(other, {}, {}, {});
    closed.state      = RiskState::dismissed;
    auto damaged      = report;
    damaged.evidence  = {{"attackerAddedMethod", "no id"}};
    CHECK(attacker_added(std::vector{closed, report, damaged}) == std::vector{added});
}

}  // namespace portcullis::remediation
