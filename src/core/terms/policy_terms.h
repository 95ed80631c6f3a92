#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

/// The vocabulary of Conditional Access, spelled as on the wire. Source: conditional-access.md §1, §4, §5; graph-api.md
/// §2.7.
namespace portcullis::policy {

enum class PolicyState : std::uint8_t { enabled, disabled, enabledForReportingButNotEnforced };

/// The grant controls that are enforced. Any other is refused when a policy is saved. `authenticationStrength` is no built-in
/// control on the wire: it has a member of its own, which says how strong.
enum class GrantControl : std::uint8_t { block, mfa, authenticationStrength, passwordChange, riskRemediation };
enum class GrantOperator : std::uint8_t { AND, OR };

enum class ClientAppType : std::uint8_t { browser, mobileAppsAndDesktopClients, exchangeActiveSync, other };
enum class TransferMethod : std::uint8_t { deviceCodeFlow, authenticationTransfer };

/// On the wire `urn:user:registersecurityinfo`.
enum class UserAction : std::uint8_t { registerSecurityInfo };

enum class FrequencyInterval : std::uint8_t { timeBased, everyTime };
enum class FrequencyUnit : std::uint8_t { hours, days };
enum class FrequencyAuthentication : std::uint8_t { primaryAndSecondaryAuthentication, secondaryAuthentication };
enum class PersistentBrowserMode : std::uint8_t { always, never };

/// Ways to prove who one is, as authentication strengths combine them (Graph `authenticationMethodModes`; credentials.md §7).
enum class MethodMode : std::uint8_t {
    windowsHelloForBusiness,
    fido2,
    x509CertificateMultiFactor,
    deviceBasedPush,
    temporaryAccessPassOneTime,
    temporaryAccessPassMultiUse,
    password,
    microsoftAuthenticatorPush,
    softwareOath,
    hardwareOath,
    sms,
    voice,
    x509CertificateSingleFactor,
    federatedMultiFactor,
    federatedSingleFactor,
};
inline constexpr std::size_t kMethodModeCount = 15;

/// Whether meeting a strength is MFA (Graph `authenticationStrengthRequirements`).
enum class Requirements : std::uint8_t { none, mfa };

/// The conditions, in the order in which the first unsatisfied one is reported (§3.3).
enum class ConditionName : std::uint8_t {
    users,
    applications,
    authenticationFlows,
    clientAppTypes,
    locations,
    signInRiskLevels,
    userRiskLevels,
};
inline constexpr std::size_t kConditionCount = 7;

/// One policy's result in a sign-in record (§5).
enum class PolicyResult : std::uint8_t {
    success,
    failure,
    notApplied,
    notEnabled,
    reportOnlySuccess,
    reportOnlyFailure,
    reportOnlyInterrupted,
    reportOnlyNotApplied,
};

/// The record-level result (§5).
enum class ConditionalAccessStatus : std::uint8_t { success, failure, notApplied };

std::string_view to_string(PolicyState state);
std::string_view to_string(GrantControl control);
std::string_view to_string(GrantOperator op);
std::string_view to_string(ClientAppType type);
std::string_view to_string(TransferMethod method);
std::string_view to_string(UserAction action);
std::string_view to_string(FrequencyInterval interval);
std::string_view to_string(FrequencyUnit unit);
std::string_view to_string(FrequencyAuthentication authentication);
std::string_view to_string(PersistentBrowserMode mode);
std::string_view to_string(ConditionName condition);
std::string_view to_string(MethodMode mode);
std::string_view to_string(Requirements requirements);
std::string_view to_string(PolicyResult result);
std::string_view to_string(ConditionalAccessStatus status);

/// The value of exactly this wire spelling, or nothing.
std::optional<PolicyState> parse_policy_state(std::string_view text);
std::optional<GrantControl> parse_grant_control(std::string_view text);
std::optional<GrantOperator> parse_grant_operator(std::string_view text);
std::optional<ClientAppType> parse_client_app_type(std::string_view text);
std::optional<TransferMethod> parse_transfer_method(std::string_view text);
std::optional<UserAction> parse_user_action(std::string_view text);
std::optional<FrequencyInterval> parse_frequency_interval(std::string_view text);
std::optional<FrequencyUnit> parse_frequency_unit(std::string_view text);
std::optional<FrequencyAuthentication> parse_frequency_authentication(std::string_view text);
std::optional<PersistentBrowserMode> parse_persistent_browser_mode(std::string_view text);
std::optional<MethodMode> parse_method_mode(std::string_view text);
std::optional<PolicyResult> parse_policy_result(std::string_view text);
std::optional<ConditionalAccessStatus> parse_conditional_access_status(std::string_view text);

}  // namespace portcullis::policy
