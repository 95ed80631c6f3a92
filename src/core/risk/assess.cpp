#include "core/risk/assess.h"

#include <algorithm>

namespace portcullis::risk {
namespace {

void raise_to(RiskLevel& level, RiskLevel at_least) { level = std::max(level, at_least); }

void add_active(Risk& risk, const RiskDetection& detection, const std::optional<SignInId>& sign_in) {
    const auto level  = effective_level(detection.level, detection.state);
    const bool is_own = sign_in && detection.sign_in == sign_in;

    raise_to(risk.user, level);
    if (!is_own) raise_to(risk.user_apart, level);
    if (is_own) raise_to(risk.sign_in_aggregated, level);
    if (is_own && detection.timing == DetectionTiming::realtime) raise_to(risk.sign_in_now, detection.level);
    if (risk.user_state != RiskState::confirmedCompromised) risk.user_state = detection.state;
}

}  // namespace

Risk assess(std::span<const RiskDetection> detections, std::optional<SignInId> sign_in) {
    Risk risk;
    for (const auto& detection : detections) {
        const bool is_own = sign_in && detection.sign_in == sign_in;
        if (is_own && detection.timing == DetectionTiming::realtime) raise_to(risk.during_sign_in, detection.level);
        if (is_active(detection.state)) add_active(risk, detection, sign_in);
    }
    return risk;
}

}  // namespace portcullis::risk
