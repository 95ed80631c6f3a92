#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/id.h"
#include "core/identity/session.h"

/// Approval of a sign-in on another device, by the number that is shown where the sign-in is (credentials.md §6.1, CRED-017, CRED-018).
namespace portcullis::credentials {

/// How long a request waits for its number.
inline constexpr Duration kApprovalLasts = std::chrono::seconds{60};
/// How long its outcome is kept for the sign-in that asked.
inline constexpr Duration kApprovalKept = std::chrono::minutes{3};
/// How old the proof of the session that approves may be: one of its own, for an approval begets no approver.
inline constexpr Duration kApproverProof = std::chrono::hours{12};
/// Devices of one person that approve.
inline constexpr int kApproversMax = 5;
enum class ApprovalState : std::uint8_t { waiting, approved, denied, wrongNumber };

/// A sign-in that waits for a number, and where it was begun.
struct PendingApproval {
    std::string number;  // two digits
    Instant expires_at;
    ApprovalState state = ApprovalState::waiting;
    std::optional<SessionId> session;  // that the sign-in continues
    std::string device_id;             // of its browser; empty: not known
};

/// `10` to `99`, all equally likely when the byte is below 180; nothing for other bytes: take another.
std::optional<std::string> approval_number(unsigned char random);

/// Who answers: another session of the same person, on another device.
struct Approver {
    SessionId session;
    std::string device_id;
};
enum class ApprovalRefusal : std::uint8_t { over, sameDevice };
/// Why this one may not answer now; nothing: they may. A browser cannot approve its own sign-in: whoever sits there would be proving
/// nothing new.
std::optional<ApprovalRefusal> approval_refusal(const PendingApproval& pending, const Approver& approver, Instant now);

/// Whether a session with these proofs approves: MFA was proven in it within kApproverProof, by something that stays, which neither an
/// approval nor a temporary access pass is.
bool may_approve(std::span<const identity::Factor> factors, Instant now);

/// What the typed number makes of it: `approved` or `wrongNumber`, once. Spaces do not matter; nothing typed is wrong.
ApprovalState match_number(const PendingApproval& pending, std::string_view typed);

}  // namespace portcullis::credentials
