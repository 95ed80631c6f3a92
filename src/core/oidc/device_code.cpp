#include "core/oidc/device_code.h"

namespace portcullis::oidc {
namespace {

/// The largest multiple of the alphabet's size below 256: bytes from there on would favour the first letters.
constexpr unsigned kUnbiasedBelow = 256 / kUserCodeAlphabet.size() * kUserCodeAlphabet.size();

constexpr Duration kSlowerBy = std::chrono::seconds{5};  // RFC 8628 §3.5

bool is_too_fast(const DeviceAuthorization& known, Instant now) {
    return known.last_poll && (now - *known.last_poll) * 5 < known.interval * 4;
}

Refusal slow_down() {
    auto refusal  = refuse_at_token(StsError::AuthorizationPending, "The client asks too often.");
    refusal.error = OAuthError::slow_down;
    return refusal;
}

}  // namespace

std::optional<std::string> make_user_code(std::span<const std::uint8_t> random) {
    std::string code;
    for (const unsigned byte : random) {
        if (byte >= kUnbiasedBelow) continue;
        code.push_back(kUserCodeAlphabet[byte % kUserCodeAlphabet.size()]);
        if (code.size() == kUserCodeLength) return code;
    }
    return std::nullopt;
}

std::string show_user_code(std::string_view user_code) {
    return std::string(user_code.substr(0, 4)) + "-" + std::string(user_code.substr(4));
}

std::optional<std::string> normalise_user_code(std::string_view typed) {
    std::string code;
    for (const char c : typed) {
        if (c == '-' || c == ' ') continue;
        const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        if (kUserCodeAlphabet.find(upper) == std::string_view::npos || code.size() == kUserCodeLength)
            return std::nullopt;
        code.push_back(upper);
    }
    if (code.size() != kUserCodeLength) return std::nullopt;
    return code;
}

PollDecision decide_poll(const Poll& poll) {
    if (poll.known == nullptr || poll.known->client != poll.client)
        return refuse_at_token(StsError::BadVerificationCode);
    const auto& known = *poll.known;
    if (known.state == DeviceState::redeemed) return refuse_at_token(StsError::BadVerificationCode);
    if (poll.now >= known.expires_at) return refuse_at_token(StsError::DeviceCodeExpired);
    if (known.state == DeviceState::denied) return refuse_at_token(StsError::UserDeclinedConsent);
    if (known.state == DeviceState::approved) return Redeem{};

    const bool must_slow = is_too_fast(known, poll.now) && poll.poller == DevicePoller::standard;
    if (must_slow) return NotYet{slow_down(), known.interval + kSlowerBy};
    return NotYet{refuse_at_token(StsError::AuthorizationPending), known.interval};
}

}  // namespace portcullis::oidc
