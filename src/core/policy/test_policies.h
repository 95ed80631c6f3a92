#pragma once

#include "core/policy/evaluate.h"

/// Values that the tests of policies share.
namespace portcullis::policy::testing {

inline constexpr UserId kAlice{1, 1}, kBob{1, 2}, kBreakGlass{1, 9};
inline constexpr GroupId kStaff{2, 1}, kSales{2, 2}, kTravellers{2, 3};
inline constexpr RoleId kAdmin{0x62e9039469f54237, 0x9190012177145e10};  // Global Administrator
inline constexpr ApplicationId kMail{4, 1}, kFiles{4, 2}, kNotes{4, 3};
inline constexpr LocationId kOffice{5, 1}, kHome{5, 2}, kFrance{5, 3};

/// Enabled, for everybody and everything, demanding MFA.
inline Policy mfa_for_all(std::uint64_t number = 1) {
    Policy policy{.id = PolicyId{7, number}, .display_name = "MFA", .state = PolicyState::enabled};
    policy.conditions.users.include        = Scope::all;
    policy.conditions.applications.include = Scope::all;
    policy.grant_controls                  = GrantControls{GrantOperator::AND, {GrantControl::mfa}};
    return policy;
}

/// Alice at her browser, asking for mail, without risk.
inline SignInContext alice() {
    return {.user = kAlice, .resources = {kMail}, .client_app = ClientAppType::browser,
            .location = {.is_address_known = true}, .sign_in_risk = RiskLevel::none, .user_risk = RiskLevel::none};
}

inline Policy policy_blocking_legacy(std::uint64_t number = 3) {
    auto policy                        = mfa_for_all(number);
    policy.display_name                = "Block legacy clients";
    policy.conditions.client_app_types = {ClientAppType::exchangeActiveSync, ClientAppType::other};
    policy.grant_controls              = GrantControls{GrantOperator::AND, {GrantControl::block}};
    return policy;
}

inline Policy policy_for_sign_in_risk(std::uint64_t number = 1) {
    auto policy                           = mfa_for_all(number);
    policy.display_name                   = "Sign-in risk";
    policy.conditions.sign_in_risk_levels = {RiskLevel::medium, RiskLevel::high};
    policy.session_controls               = {.sign_in_frequency = SignInFrequency{}};
    return policy;
}

inline Policy policy_for_user_risk(std::uint64_t number = 2) {
    auto policy                        = mfa_for_all(number);
    policy.display_name                = "User risk";
    policy.conditions.user_risk_levels = {RiskLevel::high};
    policy.grant_controls = GrantControls{GrantOperator::AND, {GrantControl::mfa, GrantControl::passwordChange}};
    policy.session_controls = {.sign_in_frequency = SignInFrequency{}};
    return policy;
}

/// What the demo starts with (contracts.md §2).
inline std::vector<Policy> demo_policies() {
    return {policy_for_sign_in_risk(), policy_for_user_risk(), policy_blocking_legacy()};
}

}  // namespace portcullis::policy::testing
