#include <algorithm>
#include <array>

#include "core/detection/detector.h"

namespace portcullis::detection {

#define COMMAND(event_type, timing, link, family, closes, display, command)
#define LATER(event_type, timing, link, family, closes, display, what)
#define DETECTOR(event_type, timing, link, family, closes, display, function) \
    Verdict function(const SignInSignals&, const Past&, const Tuning&);
#include "core/terms/risk_event_types.def"
#undef DETECTOR

namespace {

constexpr auto kDetectors = std::to_array<Detector>({
#define DETECTOR(event_type, timing, link, family, closes, display, function) \
    {RiskEventType::event_type, Timing::timing, function},
#include "core/terms/risk_event_types.def"
#undef DETECTOR
#undef LATER
#undef COMMAND
});

/// Familiarity must not cancel independent evidence (risk-science.md §3.1).
constexpr double kFamiliarityFloor = -3;

}  // namespace

std::span<const Detector> detectors() { return kDetectors; }

std::vector<Finding> detect(const SignInSignals& sign_in, const Past& past, const Tuning& tuning, Timing timing) {
    std::vector<Finding> findings;
    findings.reserve(kDetectors.size());
    for (const auto& detector : kDetectors) {
        if (detector.timing != timing && detector.timing != Timing::both) continue;
        findings.push_back({detector.type, timing, detector.run(sign_in, past, tuning)});
    }
    return findings;
}

double evidence_bits(std::span<const Finding> findings, double familiarity_bits) {
    std::array<double, 6> strongest{};  // by Family
    bool any = false;
    for (const auto& finding : findings) {
        const auto* detected = std::get_if<Detected>(&finding.verdict);
        if (!detected || finding.type == RiskEventType::unfamiliarFeatures) continue;
        auto& family = strongest[static_cast<std::size_t>(family_of(finding.type))];
        family       = std::max(family, detected->bits);
        any          = true;
    }
    if (!any) return familiarity_bits;

    double sum = std::max(familiarity_bits, kFamiliarityFloor);
    for (const double bits : strongest) sum += bits;
    return sum;
}

}  // namespace portcullis::detection
