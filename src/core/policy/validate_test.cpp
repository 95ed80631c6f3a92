#include "core/policy/validate.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>

#include "core/policy/test_policies.h"

using namespace portcullis;
using namespace portcullis::policy;
using namespace portcullis::policy::testing;

namespace {

struct Row {
    std::string rule;
    std::string sentence;
    Policy policy;
    std::function<void(Policy&)> spoil;
    Severity severity = Severity::reject;
};

std::vector<std::string> rules(const std::vector<Finding>& findings) {
    std::vector<std::string> names;
    for (const auto& finding : findings) names.push_back(finding.rule);
    return names;
}

}  // namespace

TEST_CASE("the demo's policies are sound, and so is one with only session controls") {
    for (const auto& policy : demo_policies()) CHECK(validate(policy).empty());
    auto session_only             = policy_for_sign_in_risk();
    session_only.grant_controls   = std::nullopt;
    CHECK(validate(session_only).empty());
}

TEST_CASE("save-time rules, one spoilt policy each (CA-026, CA-027, IDP-112)") {
    const auto row = GENERATE(values<Row>({
        {"CAV-01", "no name", mfa_for_all(), [](auto& p) { p.display_name = ""; }},
        {"CAV-01", "nobody", mfa_for_all(), [](auto& p) { p.conditions.users = {}; }},
        {"CAV-01", "only exclusions", mfa_for_all(), [](auto& p) { p.conditions.users = {.exclude_users = {kAlice}}; }},
        {"CAV-01", "no target", mfa_for_all(), [](auto& p) { p.conditions.applications = {}; }},
        {"CAV-01", "no control", mfa_for_all(), [](auto& p) { p.grant_controls = std::nullopt; }},
        {"CAV-01", "empty grant controls", policy_for_sign_in_risk(), [](auto& p) { p.grant_controls->controls = {}; }},
        {"CAV-02", "resources and actions", mfa_for_all(),
         [](auto& p) { p.conditions.applications.user_actions = {UserAction::registerSecurityInfo}; }},
        {"CAV-03", "block and mfa", mfa_for_all(), [](auto& p) { p.grant_controls->controls.insert(GrantControl::block); }},
        {"CAV-05", "change without mfa", policy_for_user_risk(),
         [](auto& p) { p.grant_controls->controls = {GrantControl::passwordChange}; }},
        {"CAV-06", "change with OR", policy_for_user_risk(), [](auto& p) { p.grant_controls->op = GrantOperator::OR; }},
        {"CAV-07", "change without user risk", policy_for_user_risk(), [](auto& p) { p.conditions.user_risk_levels = {}; }},
        {"CAV-08", "change for one resource", policy_for_user_risk(),
         [](auto& p) { p.conditions.applications = {.include_applications = {kMail}}; }},
        {"CAV-08", "change with an exclusion", policy_for_user_risk(),
         [](auto& p) { p.conditions.applications.exclude_applications = {kMail}; }},
        {"CAV-09", "change with a location", policy_for_user_risk(),
         [](auto& p) { p.conditions.locations = LocationsCondition{.include_all = true}; }},
        {"CAV-09", "change with a client", policy_for_user_risk(),
         [](auto& p) { p.conditions.client_app_types = {ClientAppType::browser}; }},
        {"CAV-09", "change with a flow", policy_for_user_risk(),
         [](auto& p) { p.conditions.transfer_methods = {TransferMethod::deviceCodeFlow}; }},
        {"CAV-16", "persistent browser for one resource", mfa_for_all(),
         [](auto& p) {
             p.conditions.applications              = {.include_applications = {kMail}};
             p.session_controls.persistent_browser = PersistentBrowserMode::never;
         }},
        {"CAV-25", "user action in report-only", mfa_for_all(),
         [](auto& p) {
             p.conditions.applications = {.user_actions = {UserAction::registerSecurityInfo}};
             p.state                   = PolicyState::enabledForReportingButNotEnforced;
         }, Severity::note},
        {"CAV-27", "legacy clients are asked for MFA", mfa_for_all(),
         [](auto& p) { p.conditions.client_app_types = {ClientAppType::other}; }, Severity::warn},
        {"CAV-28", "both risks", policy_for_sign_in_risk(),
         [](auto& p) { p.conditions.user_risk_levels = {RiskLevel::high}; }, Severity::warn},
        {"schema", "user risk none", mfa_for_all(), [](auto& p) { p.conditions.user_risk_levels = {RiskLevel::none}; }},
        {"schema", "no location", mfa_for_all(), [](auto& p) { p.conditions.locations = LocationsCondition{}; }},
        {"schema", "24 hours are a day", mfa_for_all(),
         [](auto& p) { p.session_controls.sign_in_frequency = SignInFrequency{FrequencyInterval::timeBased, 24}; }},
        {"schema", "0 hours", mfa_for_all(),
         [](auto& p) { p.session_controls.sign_in_frequency = SignInFrequency{FrequencyInterval::timeBased, 0}; }},
        {"schema", "366 days", mfa_for_all(),
         [](auto& p) { p.session_controls.sign_in_frequency = SignInFrequency{FrequencyInterval::timeBased, 366, FrequencyUnit::days}; }},
        {"schema", "a long name", mfa_for_all(), [](auto& p) { p.display_name = std::string(257, 'x'); }},
    }));
    INFO(row.rule << ": " << row.sentence);
    REQUIRE(validate(row.policy).empty());
    auto policy = row.policy;
    row.spoil(policy);

    const auto findings = validate(policy);
    REQUIRE(rules(findings) == std::vector{row.rule});
    CHECK(findings[0].severity == row.severity);
    CHECK_FALSE(findings[0].path.empty());
    CHECK_FALSE(findings[0].message.empty());
    CHECK(is_rejected(findings) == (row.severity == Severity::reject));
    CHECK(needs_acknowledgement(findings) == (row.severity == Severity::warn));
}

TEST_CASE("all findings are told at once") {
    Policy policy;
    policy.grant_controls = GrantControls{GrantOperator::OR, {GrantControl::passwordChange, GrantControl::block}};
    const auto found      = rules(validate(policy));
    for (const auto* rule : {"CAV-01", "CAV-03", "CAV-05", "CAV-06", "CAV-07", "CAV-08"}) {
        INFO(rule);
        CHECK(std::ranges::count(found, rule) >= 1);
    }
}

TEST_CASE("CAV-21: what a policy names must exist") {
    auto policy                    = mfa_for_all();
    policy.conditions.users        = {.include_users = {kAlice, kBob}, .include_groups = {kStaff}, .exclude_users = {kAlice}};
    policy.conditions.applications = {.include_applications = {kMail}};
    policy.conditions.locations    = LocationsCondition{.include_locations = {kOffice}};
    const auto all                 = references(policy);
    CHECK(all.users == std::vector{kAlice, kBob});
    CHECK(dangling(policy, all).empty());

    const auto missing = dangling(policy, {.users = {kBob}});
    CHECK(rules(missing) == std::vector<std::string>(4, "CAV-21"));
    CHECK(missing[0].message == "there is no user " + to_string(kAlice));
}

TEST_CASE("CAV-22: only built-in directory roles can be named") {
    auto policy                             = mfa_for_all();
    policy.conditions.users.exclude_roles   = {kAdmin};
    CHECK(dangling(policy, references(policy)).empty());
    policy.conditions.users.exclude_roles = {RoleId{6, 6}};
    CHECK(rules(dangling(policy, references(policy))) == std::vector<std::string>{"CAV-22"});
}

TEST_CASE("CAV-23 and CAV-24: policies that would lock administrators or emergency accounts out") {
    const Person admin{.user = kAlice, .groups = {kStaff}, .roles = {kAdmin}}, emergency{.user = kBreakGlass};
    const std::vector admins{admin}, accounts{emergency};
    auto policy           = mfa_for_all();
    policy.grant_controls = GrantControls{GrantOperator::AND, {GrantControl::block}};

    const auto warnings = [&] { return rules(lockout_warnings(policy, admins, accounts)); };
    CHECK(warnings() == std::vector<std::string>{"CAV-23", "CAV-24"});
    policy.conditions.users.exclude_users = {kBreakGlass};
    CHECK(warnings() == std::vector<std::string>{"CAV-23"});
    policy.conditions.users.exclude_groups = {kStaff};
    CHECK(warnings().empty());
    policy.conditions.users.exclude_users = {};
    CHECK(warnings() == std::vector<std::string>{"CAV-24"});
    policy.state = PolicyState::enabledForReportingButNotEnforced;
    CHECK(warnings().empty());
}

TEST_CASE("a trusted or referenced location cannot be deleted (CA-047)") {
    NamedLocation office{.id = kOffice, .display_name = "Office", .where = IpLocation{.is_trusted = true}};
    auto policy                 = mfa_for_all();
    policy.conditions.locations = LocationsCondition{.include_all = true, .exclude_locations = {kOffice}};
    CHECK(rules(deletion_findings(office, std::vector{policy})) == std::vector<std::string>{"trusted", "referenced"});
    office.where = IpLocation{};
    CHECK(deletion_findings(office, std::vector{mfa_for_all()}).empty());
}
