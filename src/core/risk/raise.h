#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/detection/detector.h"
#include "core/risk/records.h"
#include "core/terms/auth_terms.h"

/// New detections.
namespace portcullis::risk {

/// The detection that a finding is; nothing unless it is Detected (E01, E02).
std::optional<RiskDetection> raised(const detection::Finding& finding, const signals::SignInSignals& sign_in, DetectionId id,
                                    Instant now);

/// The detection that "confirm user compromised" adds: high, not linked to a sign-in, and confirmed from the start (E17).
/// Nothing when one is outstanding already.
std::optional<RiskDetection> confirmed_user_compromised(std::span<const RiskDetection> detections, UserId user,
                                                        DetectionId id, Instant now);

/// Leaked credentials, verified to be the user's current ones: always high, not linked to a sign-in (DET-19).
/// `where`: what breach or feed, in words. `leaked_at`: when they were seen there.
struct Leak {
    std::string where;
    Instant leaked_at{};
};
RiskDetection leaked_credentials(const Leak& leak, UserId user, DetectionId id, Instant now);

/// What its owner says was not them (UX-80a).
struct ReportedSignIn {
    SignInId sign_in;
    CorrelationId correlation;
    Instant at{};
    std::string ip_address;
    std::optional<signals::Place> place;
    std::string user_agent;
};
/// "This was not me": always medium, about the user, for somebody to review (UX-80a, DET-25). It is not linked to the sign-in, so
/// that MFA in a session that follows closes nothing.
RiskDetection reported_by_owner(const ReportedSignIn& reported, UserId user, DetectionId id, Instant now);
/// A prompt to prove who one is, which its owner did not ask for.
struct ReportedPrompt {
    AuthMethod method    = AuthMethod::email;
    std::string purpose;           // `signIn`, `passwordReset`
    bool is_passwordless = false;  // it took the place of the password
    Instant sent_at{};
    std::string ip_address;  // of whoever caused it
    std::optional<signals::Place> place;
    std::string user_agent;
    std::optional<SignInId> sign_in;
};
/// "I did not ask for this": always high, about the user (E31, DET-25). Not linked to the sign-in, so that no MFA closes it. Nothing for
/// a passwordless prompt: anybody can cause one who knows a name.
std::optional<RiskDetection> reported_prompt(const ReportedPrompt& prompt, UserId user, DetectionId id, Instant now);
/// What such a detection calls the method.
inline constexpr std::string_view kAttackerAddedMethod = "attackerAddedMethod";
/// Somebody else added this method to the account: high, offline, about the user.
RiskDetection attacker_added_method(MethodId method, UserId user, DetectionId id, Instant now);

}  // namespace portcullis::risk
