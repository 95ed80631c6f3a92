#include "core/terms/risk.h"

#include "core/terms/term_table.h"

namespace portcullis {
namespace {

constexpr auto kLevels = std::to_array<std::string_view>({"none", "low", "medium", "high"});
constexpr auto kStates = std::to_array<std::string_view>(
    {"none", "atRisk", "confirmedCompromised", "remediated", "dismissed", "confirmedSafe"});
constexpr auto kDetails = std::to_array<std::string_view>({
    "none",
    "userPassedMFADrivenByRiskBasedPolicy",
    "userPerformedSecuredPasswordReset",
    "userPerformedSecuredPasswordChange",
    "userChangedPasswordOnPremises",
    "adminGeneratedTemporaryPassword",
    "microsoftRevokedSessions",
    "aiConfirmedSigninSafe",
    "adminDismissedAllRiskForUser",
    "adminDismissedRiskForSignIn",
    "m365DAdminDismissedDetection",
    "adminConfirmedSigninSafe",
    "adminConfirmedAccountSafe",
    "adminConfirmedSigninCompromised",
    "adminConfirmedUserCompromised",
    "aiElevatedAccountRisk",
    "adminConfirmedServicePrincipalCompromised",
    "adminDismissedAllRiskForServicePrincipal",
    "adminConfirmedAgentSafe",
    "adminConfirmedAgentCompromised",
    "adminDismissedRiskForAgent",
});
constexpr auto kMethods = std::to_array<std::string_view>({"mfa", "policySecureChange", "userSecureChange", "sspr",
                                                           "onPremChange", "adminTempPassword", "sessionRevoke",
                                                           "system", "admin"});

static_assert(kLevels.size() == kRiskLevels.size() && kStates.size() == kRiskStateCount);
static_assert(kDetails.size() == kRiskDetailCount && kMethods.size() == kRemediationMethodCount);
static_assert(term_name(kDetails, RiskDetail::adminDismissedRiskForAgent) == "adminDismissedRiskForAgent");
static_assert(term_name(kMethods, RemediationMethod::admin) == "admin");

}  // namespace

std::string_view to_string(RiskLevel level) { return term_name(kLevels, level); }
std::string_view to_string(RiskState state) { return term_name(kStates, state); }
std::string_view to_string(RiskDetail detail) { return term_name(kDetails, detail); }
std::string_view to_string(RemediationMethod method) { return term_name(kMethods, method); }

std::optional<RiskLevel> parse_risk_level(std::string_view text) { return term_named<RiskLevel>(kLevels, text); }
std::optional<RiskState> parse_risk_state(std::string_view text) { return term_named<RiskState>(kStates, text); }
std::optional<RiskDetail> parse_risk_detail(std::string_view text) { return term_named<RiskDetail>(kDetails, text); }
std::optional<RemediationMethod> parse_remediation_method(std::string_view text) {
    return term_named<RemediationMethod>(kMethods, text);
}

}  // namespace portcullis
