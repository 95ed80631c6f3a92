#include <fmt/format.h>

#include "core/detection/detector.h"

namespace portcullis::detection {

/// Sign-in from an address tied to a nation-state or criminal group: always high, never learned, never suppressed, not even
/// by a trusted location (G4). The entry must be of category `actor` and carry an expiry that has not come.
/// Source: id-protection.md §2.5 DET-08.
Verdict nation_state_ip(const SignInSignals& sign_in, const Past&, const Tuning&) {
    const auto& threat = sign_in.network.threat;

    if (!sign_in.network.address) return NotEvaluated{"the address is unknown"};
    if (!threat && sign_in.is_missing(signals::Signal::threat))
        return NotEvaluated{fmt::format("no threat list answered: {}", sign_in.why_missing(signals::Signal::threat))};
    if (!threat) return NotDetected{"not on a threat list", {}};
    if (threat->category != signals::ThreatCategory::actor)
        return NotDetected{fmt::format("listed as {}, not as an actor's", to_string(threat->category)), {}};
    if (!threat->expires_at) return NotEvaluated{fmt::format("the entry of list `{}` has no expiry", threat->list)};
    if (*threat->expires_at <= sign_in.when) return NotDetected{"the entry has expired", {}};

    return Detected{RiskLevel::high,
                    8,
                    {{"address", to_string(*sign_in.network.address)},
                     {"list", threat->list},
                     {"category", std::string(to_string(threat->category))},
                     {"confidence", std::string(to_string(threat->confidence))},
                     {"expires", to_rfc3339(*threat->expires_at)}}};
}

}  // namespace portcullis::detection
