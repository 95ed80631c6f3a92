#include "core/terms/policy_terms.h"

#include "core/terms/term_table.h"

namespace portcullis::policy {
namespace {

constexpr auto kStates    = std::to_array<std::string_view>({"enabled", "disabled",
                                                             "enabledForReportingButNotEnforced"});
constexpr auto kControls  = std::to_array<std::string_view>({"block", "mfa", "authenticationStrength", "passwordChange",
                                                             "riskRemediation"});
constexpr auto kOperators = std::to_array<std::string_view>({"AND", "OR"});
constexpr auto kClients   = std::to_array<std::string_view>(
    {"browser", "mobileAppsAndDesktopClients", "exchangeActiveSync", "other"});
constexpr auto kTransfers       = std::to_array<std::string_view>({"deviceCodeFlow", "authenticationTransfer"});
constexpr auto kActions         = std::to_array<std::string_view>({"urn:user:registersecurityinfo"});
constexpr auto kIntervals       = std::to_array<std::string_view>({"timeBased", "everyTime"});
constexpr auto kUnits           = std::to_array<std::string_view>({"hours", "days"});
constexpr auto kAuthentications = std::to_array<std::string_view>(
    {"primaryAndSecondaryAuthentication", "secondaryAuthentication"});
constexpr auto kModes      = std::to_array<std::string_view>({"always", "never"});
constexpr auto kConditions = std::to_array<std::string_view>({"users", "applications", "authenticationFlows",
                                                              "clientAppTypes", "locations", "signInRiskLevels",
                                                              "userRiskLevels"});
constexpr auto kResults    = std::to_array<std::string_view>({"success", "failure", "notApplied", "notEnabled",
                                                              "reportOnlySuccess", "reportOnlyFailure",
                                                              "reportOnlyInterrupted", "reportOnlyNotApplied"});
constexpr auto kModesOfMethods = std::to_array<std::string_view>(
    {"windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor", "deviceBasedPush", "temporaryAccessPassOneTime",
     "temporaryAccessPassMultiUse", "password", "microsoftAuthenticatorPush", "softwareOath", "hardwareOath", "sms", "voice",
     "x509CertificateSingleFactor", "federatedMultiFactor", "federatedSingleFactor"});
constexpr auto kRequirements = std::to_array<std::string_view>({"none", "mfa"});
constexpr auto kStatuses   = std::to_array<std::string_view>({"success", "failure", "notApplied"});

static_assert(kConditions.size() == kConditionCount);
static_assert(kModesOfMethods.size() == kMethodModeCount);
static_assert(term_name(kResults, PolicyResult::reportOnlyNotApplied) == "reportOnlyNotApplied");

}  // namespace

std::string_view to_string(PolicyState state) { return term_name(kStates, state); }
std::string_view to_string(GrantControl control) { return term_name(kControls, control); }
std::string_view to_string(GrantOperator op) { return term_name(kOperators, op); }
std::string_view to_string(ClientAppType type) { return term_name(kClients, type); }
std::string_view to_string(TransferMethod method) { return term_name(kTransfers, method); }
std::string_view to_string(UserAction action) { return term_name(kActions, action); }
std::string_view to_string(FrequencyInterval interval) { return term_name(kIntervals, interval); }
std::string_view to_string(FrequencyUnit unit) { return term_name(kUnits, unit); }
std::string_view to_string(FrequencyAuthentication authentication) {
    return term_name(kAuthentications, authentication);
}
std::string_view to_string(PersistentBrowserMode mode) { return term_name(kModes, mode); }
std::string_view to_string(ConditionName condition) { return term_name(kConditions, condition); }
std::string_view to_string(MethodMode mode) { return term_name(kModesOfMethods, mode); }
std::string_view to_string(Requirements requirements) { return term_name(kRequirements, requirements); }
std::string_view to_string(PolicyResult result) { return term_name(kResults, result); }
std::string_view to_string(ConditionalAccessStatus status) { return term_name(kStatuses, status); }

std::optional<PolicyState> parse_policy_state(std::string_view text) { return term_named<PolicyState>(kStates, text); }
std::optional<GrantControl> parse_grant_control(std::string_view text) {
    return term_named<GrantControl>(kControls, text);
}
std::optional<GrantOperator> parse_grant_operator(std::string_view text) {
    return term_named<GrantOperator>(kOperators, text);
}
std::optional<ClientAppType> parse_client_app_type(std::string_view text) {
    return term_named<ClientAppType>(kClients, text);
}
std::optional<TransferMethod> parse_transfer_method(std::string_view text) {
    return term_named<TransferMethod>(kTransfers, text);
}
std::optional<UserAction> parse_user_action(std::string_view text) { return term_named<UserAction>(kActions, text); }
std::optional<FrequencyInterval> parse_frequency_interval(std::string_view text) {
    return term_named<FrequencyInterval>(kIntervals, text);
}
std::optional<FrequencyUnit> parse_frequency_unit(std::string_view text) {
    return term_named<FrequencyUnit>(kUnits, text);
}
std::optional<FrequencyAuthentication> parse_frequency_authentication(std::string_view text) {
    return term_named<FrequencyAuthentication>(kAuthentications, text);
}
std::optional<PersistentBrowserMode> parse_persistent_browser_mode(std::string_view text) {
    return term_named<PersistentBrowserMode>(kModes, text);
}
std::optional<MethodMode> parse_method_mode(std::string_view text) { return term_named<MethodMode>(kModesOfMethods, text); }
std::optional<PolicyResult> parse_policy_result(std::string_view text) {
    return term_named<PolicyResult>(kResults, text);
}
std::optional<ConditionalAccessStatus> parse_conditional_access_status(std::string_view text) {
    return term_named<ConditionalAccessStatus>(kStatuses, text);
}

}  // namespace portcullis::policy
