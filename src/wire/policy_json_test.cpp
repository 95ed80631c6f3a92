#include "wire/policy_json.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>

#include "core/policy/test_policies.h"
#include "tests/support/repository.h"

using namespace portcullis;
using namespace portcullis::policy;
using namespace portcullis::policy::testing;

namespace {

constexpr std::string_view kMinimal = R"({
  "displayName": "MFA", "state": "enabled",
  "conditions": {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}},
  "grantControls": {"operator": "AND", "builtInControls": ["mfa"]}})";

constexpr std::string_view kChange = R"({
  "displayName": "User risk", "state": "enabled",
  "conditions": {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}, "userRiskLevels": ["high"]},
  "grantControls": {"operator": "AND", "builtInControls": ["mfa", "passwordChange"]}})";

json::object parsed(std::string_view text) { return json::parse_object(text).value(); }

/// `a.b.c` of a document set to a JSON value; the parents are there, or are made.
json::object with(json::object document, std::string_view path, std::string_view value) {
    auto* at = &document;
    for (auto dot = path.find('.'); dot < path.find('@'); dot = path.find('.')) {  // an annotation has dots of its own
        auto& child = (*at)[path.substr(0, dot)];
        if (!child.is_object()) child = json::object{};
        at = &child.as_object();
        path.remove_prefix(dot + 1);
    }
    (*at)[path] = json::parse(value).value();
    return document;
}

bool has(const std::vector<Finding>& findings, const std::string& rule, const std::string& path) {
    return std::ranges::any_of(findings, [&](const Finding& f) { return f.rule == rule && f.path == path; });
}

std::string told(const std::vector<Finding>& findings) { return json::to_text(wire::to_json(findings)); }

}  // namespace

TEST_CASE("a minimal document is a policy, with Graph's defaults") {
    const auto result = wire::parse_policy(kMinimal);
    INFO(told(result.findings));
    REQUIRE(result.policy);
    CHECK(result.findings.empty());
    CHECK(result.policy->display_name == "MFA");
    CHECK(result.policy->conditions.users.include == Scope::all);
    CHECK(result.policy->conditions.client_app_types.empty());
    CHECK(result.policy->grant_controls->op == GrantOperator::AND);
    CHECK(wire::parse_policy(with(parsed(kMinimal), "grantControls.operator", "null")).policy->grant_controls->op == GrantOperator::AND);
}

TEST_CASE("every policy is written and read back as the same value (CA-051)") {
    Policy full                 = mfa_for_all();
    full.created_at             = from_unix_seconds(1'700'000'000);
    full.modified_at            = from_unix_ms(1'700'000'000'250);
    full.description            = "why";
    full.template_id            = "c7503427-338e-4c5e-902d-abe252abfb43";
    full.conditions.users       = {Scope::listed, true, {kAlice, kBob}, {kStaff}, {kAdmin}, true, {kBreakGlass}, {kSales}, {kAdmin}};
    full.conditions.applications = {Scope::all, {}, {kMail, kFiles}, {}};
    full.conditions.locations   = LocationsCondition{false, true, {kOffice, kHome}, true, {kFrance}};
    full.conditions.client_app_types    = {ClientAppType::browser, ClientAppType::mobileAppsAndDesktopClients};
    full.conditions.transfer_methods    = {TransferMethod::deviceCodeFlow, TransferMethod::authenticationTransfer};
    full.conditions.sign_in_risk_levels = {RiskLevel::none, RiskLevel::low, RiskLevel::medium, RiskLevel::high};
    full.session_controls = {SignInFrequency{FrequencyInterval::timeBased, 3, FrequencyUnit::days, FrequencyAuthentication::secondaryAuthentication},
                             PersistentBrowserMode::never};
    auto registering                    = mfa_for_all();
    registering.conditions.applications = {.user_actions = {UserAction::registerSecurityInfo}};
    auto nobody                         = mfa_for_all();
    nobody.conditions.users             = {.include = Scope::none, .include_groups = {kStaff}};
    nobody.conditions.applications      = {.include = Scope::none};
    auto session_only                   = policy_for_sign_in_risk();
    session_only.grant_controls         = std::nullopt;

    auto all = demo_policies();
    all.insert(all.end(), {full, registering, nobody, session_only});
    for (const auto& policy : all) {
        const auto text   = json::to_text(wire::to_json(policy));
        const auto result = wire::parse_policy(text);
        INFO(text << told(result.findings));
        REQUIRE(result.policy);
        CHECK(*result.policy == policy);
        CHECK(json::to_text(wire::to_json(*result.policy)) == text);
    }
}

TEST_CASE("a written policy has every member of Graph's conditions (graph-api.md §2.7)") {
    const auto document = wire::to_json(mfa_for_all());
    for (const auto* member : {"users", "applications", "signInRiskLevels", "userRiskLevels", "locations", "clientAppTypes",
                               "authenticationFlows", "platforms", "devices", "clientApplications", "insiderRiskLevels",
                               "servicePrincipalRiskLevels"}) {
        INFO(member);
        CHECK(json::object_at(document, "conditions")->contains(member));
    }
    CHECK(json::to_text(document.at("conditions").at("clientAppTypes")) == R"(["all"])");
    CHECK(document.at("sessionControls").is_null());
}

TEST_CASE("save-time rules refuse the document that breaks them (CA-026, IDP-112)") {
    struct Row {
        std::string rule, document, member, value, path;
    };
    const std::string mfa(kMinimal), change(kChange);
    const auto row = GENERATE_COPY(values<Row>({
        {"CAV-01", mfa, "displayName", R"("")", "displayName"},
        {"CAV-01", mfa, "conditions.users", "{}", "conditions.users"},
        {"CAV-01", mfa, "conditions.applications", "{}", "conditions.applications"},
        {"CAV-01", mfa, "grantControls", "null", "grantControls"},
        {"CAV-02", mfa, "conditions.applications.includeUserActions", R"(["urn:user:registersecurityinfo"])", "conditions.applications"},
        {"CAV-02", mfa, "conditions.applications.includeAuthenticationContextClassReferences", R"(["c1"])", "conditions.applications"},
        {"CAV-03", mfa, "grantControls.builtInControls", R"(["block", "mfa"])", "grantControls.builtInControls"},
        {"CAV-03", mfa, "grantControls.builtInControls", R"(["block", "compliantDevice"])", "grantControls.builtInControls"},
        {"CAV-04", mfa, "grantControls.authenticationStrength", R"({"id": "00000000-0000-0000-0000-000000000002"})",
         "grantControls.authenticationStrength"},
        {"CAV-05", change, "grantControls.builtInControls", R"(["passwordChange"])", "grantControls.builtInControls"},
        {"CAV-06", change, "grantControls.operator", R"("OR")", "grantControls.operator"},
        {"CAV-07", change, "conditions.userRiskLevels", "[]", "conditions.userRiskLevels"},
        {"CAV-08", change, "conditions.applications.excludeApplications", R"(["00000004-0000-0000-0000-000000000001"])",
         "conditions.applications"},
        {"CAV-09", change, "conditions.signInRiskLevels", R"(["high"])", "conditions"},
        {"CAV-10", change, "grantControls.builtInControls", R"(["mfa", "passwordChange", "compliantDevice"])",
         "grantControls.builtInControls"},
        {"CAV-10", change, "grantControls.termsOfUse", R"(["x"])", "grantControls.builtInControls"},
        {"CAV-11", mfa, "grantControls.builtInControls", R"(["mfa", "riskRemediation"])", "grantControls.builtInControls"},
        {"CAV-12", mfa, "grantControls.builtInControls", R"(["riskRemediation"])", "conditions.userRiskLevels"},
        {"CAV-12", change, "grantControls.builtInControls", R"(["riskRemediation", "passwordChange"])", "grantControls.builtInControls"},
        {"CAV-03", change, "grantControls.builtInControls", R"(["riskRemediation", "block"])", "grantControls.builtInControls"},
        {"schema", mfa, "grantControls.authenticationStrength", R"({"id": "x"})", "grantControls.authenticationStrength.id"},
        {"schema", mfa, "grantControls.authenticationStrength", R"({})", "grantControls.authenticationStrength.id"},
        {"schema", mfa, "grantControls.builtInControls", R"(["authenticationStrength"])", "grantControls.builtInControls[0]"},
        {"CAV-20", mfa, "conditions.clientApplications", R"({"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]})",
         "conditions.clientApplications"},
    }));
    INFO(row.rule << " " << row.member << " " << row.value);
    const auto result = wire::parse_policy(with(parsed(row.document), row.member, row.value));
    INFO(told(result.findings));
    CHECK_FALSE(result.policy);
    CHECK(has(result.findings, row.rule, row.path));
}

TEST_CASE("risk remediation brings a strength and reauthentication every time, and refuses what says otherwise (CAV-11)") {
    const auto document = with(parsed(kChange), "grantControls.builtInControls", R"(["riskRemediation"])");
    const auto plain    = wire::parse_policy(document);
    INFO(told(plain.findings));
    REQUIRE(plain.policy);
    CHECK(plain.policy->grant_controls->strength == kMultifactorStrength);
    CHECK(plain.policy->session_controls.sign_in_frequency == SignInFrequency{});
    const auto again = wire::parse_policy(wire::to_json(*plain.policy));
    REQUIRE(again.policy);
    CHECK(*again.policy == *plain.policy);

    const auto stronger = wire::parse_policy(with(document, "grantControls.authenticationStrength", R"({"id": "00000000-0000-0000-0000-000000000004"})"));
    REQUIRE(stronger.policy);
    CHECK(stronger.policy->grant_controls->strength == kPhishingResistantStrength);
    const auto hourly = wire::parse_policy(
        with(document, "sessionControls.signInFrequency", R"({"isEnabled": true, "frequencyInterval": "timeBased", "type": "hours", "value": 4})"));
    CHECK_FALSE(hourly.policy);
    CHECK(has(hourly.findings, "CAV-11", "sessionControls.signInFrequency"));
    const auto either = wire::parse_policy(with(document, "grantControls.operator", R"("OR")"));
    CHECK(has(either.findings, "CAV-12", "grantControls.operator"));
    const auto guests = wire::parse_policy(with(document, "conditions.users", R"({"includeUsers": ["GuestsOrExternalUsers"]})"));
    CHECK(guests.policy);
    CHECK(has(guests.findings, "CAV-13", "conditions.users"));
}

TEST_CASE("what a strength says of itself is looked at when a policy names it (CAV-05, CAV-11, CAV-21, CAV-29)") {
    auto policy                      = *wire::parse_policy(kChange).policy;
    policy.grant_controls            = GrantControls{GrantOperator::AND, {GrantControl::authenticationStrength, GrantControl::passwordChange}, StrengthId{6, 1}};
    const AuthenticationStrength weak{.id = {6, 1}, .combinations = {{MethodMode::password}}};
    const AuthenticationStrength phone{.id = {6, 1}, .requirements = Requirements::mfa, .combinations = {{MethodMode::password, MethodMode::sms}}};
    CHECK(has(strength_findings(policy, &weak), "CAV-05", "grantControls.authenticationStrength"));
    CHECK(has(strength_findings(policy, &phone), "CAV-29", "grantControls.authenticationStrength"));
    CHECK(has(strength_findings(policy, nullptr), "CAV-21", "grantControls.authenticationStrength"));
    CHECK(strength_findings(policy, &built_in_strengths()[0]).empty());
    policy.grant_controls->controls = {GrantControl::authenticationStrength, GrantControl::riskRemediation};
    CHECK(has(strength_findings(policy, &weak), "CAV-11", "grantControls.authenticationStrength"));
}

TEST_CASE("warnings and notes do not refuse (CA-027)") {
    struct Row {
        std::string rule, member, value;
    };
    const auto row = GENERATE(values<Row>({
        {"CAV-27", "conditions.clientAppTypes", R"(["other"])"},
        {"CAV-28", "conditions.signInRiskLevels", R"(["high"])"},
    }));
    auto document = with(parsed(kMinimal), "conditions.userRiskLevels", row.rule == "CAV-28" ? R"(["high"])" : "[]");
    const auto result = wire::parse_policy(with(document, row.member, row.value));
    INFO(told(result.findings));
    CHECK(result.policy);
    REQUIRE(result.findings.size() == 1);
    CHECK(result.findings[0].rule == row.rule);
    CHECK(needs_acknowledgement(result.findings));
}

TEST_CASE("a condition or control that is not evaluated is refused, never ignored") {
    struct Row {
        std::string path, value, at;
    };
    const auto row = GENERATE(values<Row>({
        {"conditions.platforms", R"({"includePlatforms": ["all"]})", ""},
        {"conditions.devices", R"({"deviceFilter": {"mode": "include", "rule": "device.isCompliant -eq True"}})", ""},
        {"conditions.insiderRiskLevels", R"("minor")", ""},
        {"conditions.servicePrincipalRiskLevels", R"(["high"])", ""},
        {"conditions.users.includeGuestsOrExternalUsers", R"({"guestOrExternalUserTypes": "internalGuest"})", ""},
        {"conditions.users.excludeGuestsOrExternalUsers", R"({"guestOrExternalUserTypes": "internalGuest"})", ""},
        {"conditions.applications.applicationFilter", R"({"mode": "include", "rule": "x"})", ""},
        {"conditions.applications.includeApplications", R"(["Office365"])", "[0]"},
        {"conditions.applications.includeUserActions", R"(["urn:user:registerdevice"])", "[0]"},
        {"conditions.clientAppTypes", R"(["easSupported"])", "[0]"},
        {"grantControls.builtInControls", R"(["mfa", "compliantDevice"])", "[1]"},
        {"grantControls.termsOfUse", R"(["x"])", ""},
        {"grantControls.customAuthenticationFactors", R"(["x"])", ""},
        {"sessionControls.cloudAppSecurity", R"({"isEnabled": true, "cloudAppSecurityType": "monitorOnly"})", ""},
        {"sessionControls.applicationEnforcedRestrictions", R"({"isEnabled": true})", ""},
        {"sessionControls.secureSignInSession", R"({"isEnabled": true})", ""},
        {"sessionControls.continuousAccessEvaluation", R"({"mode": "disabled"})", ""},
        {"sessionControls.disableResilienceDefaults", "true", ""},
    }));
    INFO(row.path << " " << row.value);
    const auto result = wire::parse_policy(with(parsed(kMinimal), row.path, row.value));
    INFO(told(result.findings));
    CHECK_FALSE(result.policy);
    CHECK(has(result.findings, kUnsupportedRule, row.path + row.at));
}

TEST_CASE("what says nothing is tolerated: null, empty lists, switched-off controls, annotations, what the server sets") {
    struct Row {
        std::string path, value;
    };
    const auto row = GENERATE(values<Row>({
        {"@odata.context", R"("https://graph.microsoft.com/v1.0/$metadata#identity/conditionalAccess/policies/$entity")"},
        {"grantControls.authenticationStrength@odata.context", R"("x")"},
        {"id", R"("00000007-0000-0000-0000-000000000001")"},
        {"createdDateTime", R"("2026-01-02T03:04:05Z")"},
        {"modifiedDateTime", "null"},
        {"deletedDateTime", "null"},
        {"templateId", "null"},
        {"conditions.platforms", "null"},
        {"conditions.servicePrincipalRiskLevels", "[]"},
        {"conditions.clientAppTypes", R"(["all"])"},
        {"conditions.authenticationFlows", R"({"transferMethods": "none"})"},
        {"grantControls.termsOfUse", "[]"},
        {"sessionControls", "null"},
        {"sessionControls.signInFrequency", R"({"isEnabled": false, "value": 4, "type": "hours"})"},
        {"sessionControls.applicationEnforcedRestrictions", R"({"isEnabled": false})"},
        {"sessionControls.disableResilienceDefaults", "false"},
    }));
    INFO(row.path << " " << row.value);
    const auto result = wire::parse_policy(with(parsed(kMinimal), row.path, row.value));
    INFO(told(result.findings));
    CHECK(result.policy);
    CHECK(result.findings.empty());
}

TEST_CASE("a document of another shape is refused, with the path of what is wrong") {
    struct Row {
        std::string path, value, at;
    };
    const auto row = GENERATE(values<Row>({
        {"surprise", "1", ""},
        {"conditions.times", "null", ""},
        {"conditions.users.includeUser", R"(["All"])", ""},
        {"displayName", "7", ""},
        {"displayName", "null", ""},
        {"state", R"("on")", ""},
        {"state", "null", ""},
        {"conditions", "null", ""},
        {"conditions", "[]", ""},
        {"conditions.users", R"("All")", ""},
        {"conditions.users.includeUsers", R"("All")", ""},
        {"conditions.users.includeUsers", R"(["All", "GuestsOrExternalUsers"])", ""},
        {"conditions.users.includeUsers", R"(["alice"])", "[0]"},
        {"conditions.users.includeUsers", R"([7])", "[0]"},
        {"conditions.users.excludeUsers", R"(["All"])", "[0]"},
        {"conditions.users.includeGroups", R"(["00000000-0000-0000-0000-000000000000"])", "[0]"},
        {"conditions.applications.includeApplications", R"(["All", "00000004-0000-0000-0000-000000000001"])", ""},
        {"conditions.applications.includeUserActions", R"(["urn:user:x"])", "[0]"},
        {"conditions.signInRiskLevels", R"(["hidden"])", "[0]"},
        {"conditions.signInRiskLevels", "null", ""},
        {"conditions.userRiskLevels", R"(["none"])", ""},
        {"conditions.clientAppTypes", R"(["all", "browser"])", ""},
        {"conditions.clientAppTypes", "[]", ""},
        {"conditions.clientAppTypes", R"(["Browser"])", "[0]"},
        {"conditions.locations.excludeLocations", R"(["All"])", "[0]"},
        {"conditions.locations.includeLocations", R"(["00000000-0000-0000-0000-000000000000"])", "[0]"},
        {"conditions.authenticationFlows.transferMethods", R"("deviceCodeFlow,carrierPigeon")", ""},
        {"grantControls.operator", R"("and")", ""},
        {"grantControls.builtInControls", R"(["MFA"])", "[0]"},
        {"sessionControls.signInFrequency.value", "1.5", ""},
        {"sessionControls.signInFrequency.frequencyInterval", R"("weekly")", ""},
        {"sessionControls.persistentBrowser.mode", R"("sometimes")", ""},
        {"id", R"("1")", ""},
        {"createdDateTime", R"("yesterday")", ""},
    }));
    INFO(row.path << " " << row.value);
    const auto result = wire::parse_policy(with(parsed(kMinimal), row.path, row.value));
    INFO(told(result.findings));
    CHECK_FALSE(result.policy);
    CHECK(has(result.findings, kSchemaRule, row.path + row.at));
}

TEST_CASE("sign-in frequency: every time has no value, time-based has one within bounds") {
    struct Row {
        std::string control;
        bool is_accepted;
    };
    const auto row = GENERATE(values<Row>({
        {R"({"frequencyInterval": "everyTime"})", true},
        {R"({"frequencyInterval": "everyTime", "value": null, "type": null, "isEnabled": true})", true},
        {R"({"frequencyInterval": "everyTime", "value": 1, "type": "hours"})", false},
        {R"({"value": 1, "type": "hours"})", true},
        {R"({"value": 23, "type": "hours", "frequencyInterval": "timeBased"})", true},
        {R"({"value": 24, "type": "hours"})", false},
        {R"({"value": 365, "type": "days"})", true},
        {R"({"value": 366, "type": "days"})", false},
        {R"({"value": 0, "type": "days"})", false},
        {R"({"value": -1, "type": "days"})", false},
        {R"({"value": 9223372036854775807, "type": "days"})", false},
        {R"({"value": 4})", false},
        {R"({"isEnabled": true})", false},
    }));
    INFO(row.control);
    const auto result = wire::parse_policy(with(parsed(kMinimal), "sessionControls.signInFrequency", row.control));
    INFO(told(result.findings));
    CHECK(result.policy.has_value() == row.is_accepted);
}

TEST_CASE("everything wrong is told at once, within bounds") {
    auto document = with(parsed(kMinimal), "state", R"("on")");
    document      = with(document, "conditions.userRiskLevels", R"(["none", "extreme"])");
    document      = with(document, "grantControls.builtInControls", R"(["block", "mfa", "compliantDevice"])");
    const auto result = wire::parse_policy(document);
    CHECK(has(result.findings, "schema", "state"));
    CHECK(has(result.findings, "schema", "conditions.userRiskLevels[1]"));
    CHECK(has(result.findings, "unsupported", "grantControls.builtInControls[2]"));
    CHECK(has(result.findings, "CAV-03", "grantControls.builtInControls"));

    json::object flood = parsed(kMinimal);
    for (int i = 0; i < 1000; ++i) flood["x" + std::to_string(i)] = i;
    CHECK(wire::parse_policy(flood).findings.size() <= 110);
}

TEST_CASE("text that is not one JSON object is a finding") {
    for (const auto* text : {"", "null", "[]", "{", R"({"state": "enabled", "state": "disabled"})"}) {
        const auto result = wire::parse_policy(text);
        CHECK_FALSE(result.policy);
        REQUIRE(result.findings.size() == 1);
        CHECK(result.findings[0].rule == kSchemaRule);
    }
}

TEST_CASE("the example policies of the documentation are sound") {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(tests::repository() / "docs/policies")) {
        const auto result = wire::parse_policy(tests::repository_file("docs/policies/" + entry.path().filename().string()));
        INFO(entry.path() << told(result.findings));
        REQUIRE(result.policy);
        CHECK(result.findings.empty());
        CHECK(result.policy->state != PolicyState::enabled);  // nobody enforces an example by accident
        ++count;
    }
    CHECK(count >= 9);
}

TEST_CASE("the demo's policies are the documented examples (contracts §2)") {
    const std::map<std::string, Policy> expected = {{"sign-in-risk-mfa.json", policy_for_sign_in_risk()},
                                                    {"user-risk-password-change.json", policy_for_user_risk()},
                                                    {"block-legacy-clients.json", policy_blocking_legacy()}};
    for (const auto& [name, policy] : expected) {
        const auto result = wire::parse_policy(tests::repository_file("docs/policies/" + name));
        INFO(name << told(result.findings));
        REQUIRE(result.policy);
        CHECK(result.policy->conditions == policy.conditions);
        CHECK(result.policy->grant_controls == policy.grant_controls);
        CHECK(result.policy->session_controls == policy.session_controls);
    }
}

TEST_CASE("applied policies are written for the sign-in record (CA-030)") {
    const CompiledPolicies compiled(demo_policies(), {});
    auto sign_in         = alice();
    sign_in.sign_in_risk = RiskLevel::medium;
    const controls::SessionFacts session{.first_factor_at = Instant{}};
    const auto record = wire::to_json(controls::applied_policies(evaluate(compiled, sign_in), sign_in, session));

    REQUIRE(record.size() == 3);
    const auto& first = record[0].as_object();
    CHECK(json::string_at(first, "result") == "failure");
    CHECK(json::to_text(first.at("enforcedGrantControls")) == R"(["Mfa"])");
    CHECK(json::string_at(first, "conditionsNotSatisfied") == "none");
    CHECK(json::array_at(first, "conditions")->size() == kConditionCount);
    const auto& last = record[2].as_object();
    CHECK(json::string_at(last, "conditionsNotSatisfied") == "clientAppTypes");
    CHECK(json::string_at(last, "conditionsSatisfied").value_or("").find("signInRiskLevels") != std::string::npos);
    CHECK(json::to_text(last.at("conditions")) == R"([{"condition":"clientAppTypes","matched":false,"because":"the client is `browser`"}])");
    CHECK(json::to_text(first.at("conditions").at(5)) ==
          R"({"condition":"signInRiskLevels","matched":true,"because":"sign-in risk is medium, the policy asks for medium or high"})");
}
