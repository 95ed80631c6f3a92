#include <catch2/catch.hpp>

#include "core/terms/policy_terms.h"
#include "core/terms/risk.h"

using namespace portcullis;

namespace {

template <class Enum, class Parse>
void spells_and_parses(std::size_t count, Parse parse) {
    for (std::size_t i = 0; i < count; ++i) {
        const auto value = static_cast<Enum>(i);
        CHECK(parse(to_string(value)) == value);
    }
    CHECK_FALSE(parse(""));
    CHECK_FALSE(parse("hidden"));
    CHECK_FALSE(parse("unknownFutureValue"));
}

}  // namespace

TEST_CASE("every term of risk is spelled as on the wire and parsed back; presentation values are not terms") {
    spells_and_parses<RiskLevel>(kRiskLevels.size(), parse_risk_level);
    spells_and_parses<RiskState>(kRiskStateCount, parse_risk_state);
    spells_and_parses<RiskDetail>(kRiskDetailCount, parse_risk_detail);
    spells_and_parses<RemediationMethod>(kRemediationMethodCount, parse_remediation_method);
    CHECK_FALSE(parse_risk_level("High"));
}

TEST_CASE("risk levels are ordered, and two risk states are active") {
    CHECK(RiskLevel::none < RiskLevel::low);
    CHECK(RiskLevel::low < RiskLevel::medium);
    CHECK(RiskLevel::medium < RiskLevel::high);
    CHECK(is_active(RiskState::atRisk));
    CHECK(is_active(RiskState::confirmedCompromised));
    CHECK_FALSE(is_active(RiskState::remediated));
    CHECK_FALSE(is_active(RiskState::none));
}

TEST_CASE("every term of policies is spelled as on the wire and parsed back") {
    using namespace policy;
    spells_and_parses<PolicyState>(3, parse_policy_state);
    spells_and_parses<GrantControl>(3, parse_grant_control);
    spells_and_parses<GrantOperator>(2, parse_grant_operator);
    spells_and_parses<ClientAppType>(4, parse_client_app_type);
    spells_and_parses<TransferMethod>(2, parse_transfer_method);
    spells_and_parses<UserAction>(1, parse_user_action);
    spells_and_parses<FrequencyInterval>(2, parse_frequency_interval);
    spells_and_parses<FrequencyUnit>(2, parse_frequency_unit);
    spells_and_parses<FrequencyAuthentication>(2, parse_frequency_authentication);
    spells_and_parses<PersistentBrowserMode>(2, parse_persistent_browser_mode);
    spells_and_parses<PolicyResult>(8, parse_policy_result);
    spells_and_parses<ConditionalAccessStatus>(3, parse_conditional_access_status);
}
