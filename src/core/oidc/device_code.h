#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/id.h"
#include "base/time.h"
#include "core/oidc/refusal.h"
#include "core/oidc/token_request.h"

/// Device authorization grant (RFC 8628, PROTO-127, PROTO-132).
namespace portcullis::oidc {

inline constexpr std::string_view kUserCodeAlphabet = "BCDFGHJKLMNPQRSTVWXZ";
inline constexpr std::size_t kUserCodeLength        = 8;
inline constexpr Duration kDeviceCodeLife           = std::chrono::seconds{900};
inline constexpr Duration kPollInterval             = std::chrono::seconds{5};
/// Enough random bytes for make_user_code in all but one of 10^20 cases.
inline constexpr std::size_t kUserCodeEntropyBytes = 32;

/// Eight letters without bias; nothing when too many bytes had to be passed over (ask again with fresh ones).
std::optional<std::string> make_user_code(std::span<const std::uint8_t> random);
/// `BCDFGHJK` as `BCDF-GHJK`.
std::string show_user_code(std::string_view user_code);
/// What a person typed: case, hyphens and spaces do not matter. Nothing when it cannot be a code.
std::optional<std::string> normalise_user_code(std::string_view typed);

enum class DeviceState : std::uint8_t { pending, approved, denied, redeemed };

/// What a store keeps of one device authorization between polls.
struct DeviceAuthorization {
    ApplicationId client{};
    DeviceState state = DeviceState::pending;
    Instant expires_at{};
    Duration interval = kPollInterval;
    std::optional<Instant> last_poll{};
};

/// Approved: take the code (once) and issue tokens.
struct Redeem {};
/// Not now. `interval` is what the store keeps for the next poll.
struct NotYet {
    Refusal refusal;
    Duration interval = kPollInterval;
};
using PollDecision = std::variant<Redeem, NotYet, Refusal>;

/// One poll: `authorization_pending`, `slow_down` (+5 s) when faster than 80 % of the interval, `expired_token`,
/// `access_denied`, or redeem. `known` is null for a code the store does not know.
struct Poll {
    const DeviceAuthorization* known = nullptr;
    ApplicationId client{};  ///< authenticated
    DevicePoller poller = DevicePoller::standard;
    Instant now{};
};
PollDecision decide_poll(const Poll& poll);

}  // namespace portcullis::oidc
