#include "wire/strength_json.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "wire/policy_json.h"

using namespace portcullis;
using namespace portcullis::policy;

namespace {

constexpr std::string_view kDocument = R"({
  "displayName": "Keys of ours", "description": "The two models we bought", "policyType": "custom", "requirementsSatisfied": "mfa",
  "allowedCombinations": ["fido2", "softwareOath,password"],
  "combinationConfigurations": [{"@odata.type": "#microsoft.graph.fido2CombinationConfiguration", "appliesToCombinations": ["fido2"],
    "allowedAAGUIDs": ["8446ccb9-ab1d-b374-750b-2367ff6f3a1f"]}]})";

json::object with(std::string_view member, std::string_view value) {
    auto document    = json::parse_object(kDocument).value();
    document[member] = json::parse(value).value();
    return document;
}

bool has(const std::vector<Finding>& findings, const std::string& rule, const std::string& path) {
    return std::ranges::any_of(findings, [&](const Finding& f) { return f.rule == rule && f.path == path; });
}

}  // namespace

TEST_CASE("a custom strength is its combinations and its models, written as it was read (CRED-034)") {
    const auto parsed = wire::parse_strength(kDocument);
    INFO(json::to_text(wire::to_json(parsed.findings)));
    REQUIRE(parsed.strength);
    const auto& strength = *parsed.strength;
    CHECK(strength.combinations == std::vector<MethodModes>{{MethodMode::fido2}, {MethodMode::password, MethodMode::softwareOath}});
    CHECK(strength.aaguids == std::vector<std::string>{"8446ccb9-ab1d-b374-750b-2367ff6f3a1f"});
    CHECK(strength.requirements == Requirements::mfa);
    CHECK_FALSE(strength.is_built_in);
    CHECK(wire::parse_strength(wire::to_json(strength)).strength == strength);
    CHECK(wire::parse_strength(with("requirementsSatisfied", "null")).strength->requirements == Requirements::mfa);
}

TEST_CASE("a strength that is not evaluated as it says is refused, member by member (CRED-034)") {
    struct Row {
        std::string rule, member, value, path;
    };
    const auto row = GENERATE(values<Row>({
        {"schema", "displayName", R"("")", "displayName"},
        {"schema", "policyType", R"("builtIn")", "policyType"},
        {"schema", "allowedCombinations", "[]", "allowedCombinations"},
        {"schema", "allowedCombinations", R"(["fido2,password"])", "allowedCombinations[0]"},
        {"schema", "allowedCombinations", R"(["fido2", "passkey"])", "allowedCombinations[1]"},
        {"schema", "allowedCombinations", R"(["fido2", "password,"])", "allowedCombinations[1]"},
        {"schema", "requirementsSatisfied", R"("none")", "requirementsSatisfied"},
        {"schema", "surprise", "1", "surprise"},
        {"unsupported", "allowedCombinations", R"(["fido2", "x509CertificateMultiFactor"])", "allowedCombinations[1]"},
        {"unsupported", "allowedCombinations", R"(["fido2", "temporaryAccessPassOneTime"])", "allowedCombinations"},
        {"schema", "allowedCombinations", R"(["password,softwareOath"])", "combinationConfigurations"},
        {"schema", "combinationConfigurations", R"([{"@odata.type": "#microsoft.graph.fido2CombinationConfiguration", "allowedAAGUIDs": ["8446CCB9-AB1D-B374-750B-2367FF6F3A1F"]}])",
         "combinationConfigurations[0].allowedAAGUIDs[0]"},
        {"schema", "combinationConfigurations", R"([{"@odata.type": "#microsoft.graph.fido2CombinationConfiguration", "allowedAAGUIDs": []}])",
         "combinationConfigurations[0].allowedAAGUIDs"},
        {"unsupported", "combinationConfigurations", R"([{"@odata.type": "#microsoft.graph.x509CertificateCombinationConfiguration", "allowedPolicyOIDs": ["1.2"]}])",
         "combinationConfigurations[0].@odata.type"},
    }));
    INFO(row.member << " " << row.value);
    const auto parsed = wire::parse_strength(with(row.member, row.value));
    INFO(json::to_text(wire::to_json(parsed.findings)));
    CHECK_FALSE(parsed.strength);
    CHECK(has(parsed.findings, row.rule, row.path));
}

TEST_CASE("a strength of one factor does not count as MFA") {
    const auto parsed = wire::parse_strength(R"({"displayName": "Anything", "allowedCombinations": ["fido2", "password"]})");
    REQUIRE(parsed.strength);
    CHECK(parsed.strength->requirements == Requirements::none);
    CHECK_FALSE(wire::parse_strength("[]").strength);
}
