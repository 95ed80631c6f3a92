#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

/// The vocabulary of risk, spelled as on the wire. Source: id-protection.md §1.2–1.4, Graph riskLevel, riskState,
/// riskDetail.
/// `hidden` and `unknownFutureValue` are presentation only (§1.2): no value of ours ever holds them.
namespace portcullis {

/// In ascending order: `RiskLevel::low < RiskLevel::medium`.
enum class RiskLevel : std::uint8_t { none, low, medium, high };

enum class RiskState : std::uint8_t { none, atRisk, confirmedCompromised, remediated, dismissed, confirmedSafe };

/// Why a risk state is what it is.
enum class RiskDetail : std::uint8_t {
    none,
    userPassedMFADrivenByRiskBasedPolicy,
    userPerformedSecuredPasswordReset,
    userPerformedSecuredPasswordChange,
    userChangedPasswordOnPremises,
    adminGeneratedTemporaryPassword,
    microsoftRevokedSessions,
    aiConfirmedSigninSafe,
    adminDismissedAllRiskForUser,
    adminDismissedRiskForSignIn,
    m365DAdminDismissedDetection,
    adminConfirmedSigninSafe,
    adminConfirmedAccountSafe,
    adminConfirmedSigninCompromised,
    adminConfirmedUserCompromised,
    aiElevatedAccountRisk,
    adminConfirmedServicePrincipalCompromised,
    adminDismissedAllRiskForServicePrincipal,
    adminConfirmedAgentSafe,
    adminConfirmedAgentCompromised,
    adminDismissedRiskForAgent,
};

/// What a person or the system really did, where `riskDetail` is ambiguous (id-protection.md §1.4, the trap).
enum class RemediationMethod : std::uint8_t {
    mfa,
    policySecureChange,
    userSecureChange,
    sspr,
    onPremChange,
    adminTempPassword,
    sessionRevoke,
    system,
    admin,
};

inline constexpr std::array kRiskLevels = {RiskLevel::none, RiskLevel::low, RiskLevel::medium, RiskLevel::high};
inline constexpr std::size_t kRiskStateCount         = 6;
inline constexpr std::size_t kRiskDetailCount        = 21;
inline constexpr std::size_t kRemediationMethodCount = 9;

/// Shown in place of a value that the caller may not see (§1.2).
inline constexpr std::string_view kHidden = "hidden";

/// At risk, or confirmed compromised: needs action and counts towards user risk.
constexpr bool is_active(RiskState state) {
    return state == RiskState::atRisk || state == RiskState::confirmedCompromised;
}

std::string_view to_string(RiskLevel level);
std::string_view to_string(RiskState state);
std::string_view to_string(RiskDetail detail);
std::string_view to_string(RemediationMethod method);

/// The value of exactly this wire spelling, or nothing (`hidden` and `unknownFutureValue` included).
std::optional<RiskLevel> parse_risk_level(std::string_view text);
std::optional<RiskState> parse_risk_state(std::string_view text);
std::optional<RiskDetail> parse_risk_detail(std::string_view text);
std::optional<RemediationMethod> parse_remediation_method(std::string_view text);

}  // namespace portcullis
