#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/controls/next_step.h"
#include "core/risk/transitions.h"

/// Which completed control closes risk, and why. Source: conditional-access.md §6.2, id-protection.md §1.7, §7.2.
namespace portcullis::remediation {

/// How a control came to be met: done just now, or by a claim the session already carried.
enum class Met : std::uint8_t { now, byClaim };

/// A control that is met in a sign-in, and which risk the policies that demanded it look at.
struct Completed {
    controls::GrantControl control  = controls::GrantControl::mfa;
    controls::RiskDriver driven_by  = controls::RiskDriver::none;
    Met met                         = Met::now;
};

/// Whether this sign-in has active detections of its own.
enum class SignInState : std::uint8_t { riskFree, risky };

/// The event that completing the control is, if it is one.
/// MFA that only a user-risk policy demanded closes nothing by itself: the password change that follows does, and closing
/// the sign-in's risk first would let the user past it.
/// `riskRemediation` here is its branch without a password; the other branch completes `passwordChange`.
std::optional<risk::RiskEvent> earned_by(const Completed& completed, SignInState sign_in);

enum class HasPassword : std::uint8_t { no, yes };
/// How the active ones of these risks are remediated: "if any active detection is password class and the account has a usable
/// password → password class; else passwordless class" (id-protection.md §3.5).
controls::RemediationBranch branch_of(std::span<const risk::RiskDetection> detections, HasPassword password);

/// The methods that active threat intelligence says an attacker added: the remediation takes them away (§6.4, third branch).
std::vector<MethodId> attacker_added(std::span<const risk::RiskDetection> detections);

}  // namespace portcullis::remediation
