#include "core/risk/raise.h"

#include <algorithm>

namespace portcullis::risk {
namespace {

DetectionTiming timing_of(Timing timing) {
    switch (timing) {
        case Timing::realtime: return DetectionTiming::realtime;
        case Timing::offline:  return DetectionTiming::offline;
        case Timing::both:     return DetectionTiming::notDefined;
    }
    return DetectionTiming::notDefined;
}

/// The place, or the country alone without coordinates.
std::optional<signals::Place> place_of(const signals::NetworkSignals& network) {
    if (network.place || !network.country) return network.place;
    signals::Place country;
    country.country = *network.country;
    return country;
}

/// A detection about the account, high unless its maker says less.
RiskDetection about_user(RiskEventType type, UserId user, DetectionId id, Instant now) {
    RiskDetection detection;
    detection.id              = id;
    detection.user            = user;
    detection.type            = type;
    detection.level           = RiskLevel::high;
    detection.timing          = DetectionTiming::offline;
    detection.activity_at     = now;
    detection.detected_at     = now;
    detection.last_updated_at = now;
    return detection;
}

}  // namespace

std::optional<RiskDetection> raised(const detection::Finding& finding, const signals::SignInSignals& sign_in, DetectionId id,
                                    Instant now) {
    const auto* detected = std::get_if<detection::Detected>(&finding.verdict);
    if (!detected) return std::nullopt;

    RiskDetection detection;
    detection.id              = id;
    detection.user            = sign_in.user;
    detection.sign_in         = sign_in.sign_in;
    detection.session         = sign_in.session;
    detection.correlation     = sign_in.correlation;
    detection.type            = finding.type;
    detection.level           = detected->level;
    detection.timing          = timing_of(finding.timing);
    detection.activity_at     = sign_in.when;
    detection.detected_at     = now;
    detection.last_updated_at = now;
    detection.ip_address      = sign_in.network.address ? to_string(*sign_in.network.address) : std::string{};
    detection.place           = place_of(sign_in.network);
    detection.user_agent      = sign_in.client.user_agent;
    detection.bits            = detected->bits;
    detection.evidence        = detected->evidence;
    return detection;
}

std::optional<RiskDetection> confirmed_user_compromised(std::span<const RiskDetection> detections, UserId user,
                                                        DetectionId id, Instant now) {
    const bool is_outstanding = std::ranges::any_of(detections, [&](const RiskDetection& detection) {
        return detection.user == user && detection.type == RiskEventType::adminConfirmedUserCompromised &&
               is_active(detection.state);
    });
    if (is_outstanding) return std::nullopt;

    auto detection   = about_user(RiskEventType::adminConfirmedUserCompromised, user, id, now);
    detection.state  = RiskState::confirmedCompromised;
    detection.detail = RiskDetail::adminConfirmedUserCompromised;
    return detection;
}

RiskDetection reported_by_owner(const ReportedSignIn& reported, UserId user, DetectionId id, Instant now) {
    auto detection        = about_user(RiskEventType::userReportedSuspiciousActivity, user, id, now);
    detection.level       = RiskLevel::medium;
    detection.source      = "EndUserReported";
    detection.correlation = reported.correlation;
    detection.activity_at = std::min(reported.at, now);
    detection.ip_address  = reported.ip_address;
    detection.place       = reported.place;
    detection.user_agent  = reported.user_agent;
    detection.evidence    = {{"signIn", to_string(reported.sign_in)}, {"signedInAt", to_rfc3339(reported.at)}};
    return detection;
}

std::optional<RiskDetection> reported_prompt(const ReportedPrompt& prompt, UserId user, DetectionId id, Instant now) {
    if (prompt.is_passwordless) return std::nullopt;
    auto detection        = about_user(RiskEventType::userReportedSuspiciousActivity, user, id, now);
    detection.source      = "EndUserReported";
    detection.activity_at = std::min(prompt.sent_at, now);
    detection.ip_address  = prompt.ip_address;
    detection.place       = prompt.place;
    detection.user_agent  = prompt.user_agent;
    detection.evidence    = {{"prompt", std::string(to_string(prompt.method))}, {"purpose", prompt.purpose}, {"sentAt", to_rfc3339(prompt.sent_at)}};
    if (prompt.sign_in) detection.evidence.push_back({"signIn", to_string(*prompt.sign_in)});
    return detection;
}

RiskDetection leaked_credentials(const Leak& leak, UserId user, DetectionId id, Instant now) {
    auto detection        = about_user(RiskEventType::leakedCredentials, user, id, now);
    detection.activity_at = std::min(leak.leaked_at, now);
    detection.evidence    = {{"foundIn", leak.where}, {"foundAt", to_rfc3339(leak.leaked_at)}};
    return detection;
}

RiskDetection attacker_added_method(MethodId method, UserId user, DetectionId id, Instant now) {
    auto detection     = about_user(RiskEventType::investigationsThreatIntelligence, user, id, now);
    detection.evidence = {{std::string(kAttackerAddedMethod), to_string(method)}};
    return detection;
}

}  // namespace portcullis::risk
