#include <algorithm>

#include <fmt/format.h>

#include "core/detection/detector.h"

namespace portcullis::detection {
namespace {

using signals::Level;

RiskLevel level_of(double bits, const Tuning::Unfamiliar& limits) {
    if (bits >= limits.high_bits) return RiskLevel::high;
    if (bits >= limits.medium_bits) return RiskLevel::medium;
    if (bits >= limits.low_bits) return RiskLevel::low;
    return RiskLevel::none;
}

/// The most a sign-in can be, and why.
struct Cap {
    RiskLevel level          = RiskLevel::high;
    std::string_view because = "";
};

Cap cap_of(const signals::Score& score) {
    if (score.is_known_device) return {RiskLevel::low, "a device that the user signed in with before"};
    if (score.is_legacy) return {RiskLevel::medium, "a protocol without client features"};
    return {};
}

/// Why the model has nothing to say although the sign-in may look new; empty when it has.
std::string_view suppressed_by(const SignInSignals& sign_in, const Past& past, const Tuning& tuning) {
    if (sign_in.network.named_trust == signals::NamedTrust::trusted) return "trusted named location";
    // Three colleagues on one Tor exit do not make it the user's own.
    if (hides_origin(sign_in.network.anonymizer)) return {};
    if (past.everybody.others_in(past.features, Level::prefix) >= tuning.unfamiliar.common_users_min)
        return "a subnet that other users of the tenant share";
    return {};
}

std::string learning_because(const signals::FamiliarityProfile& profile, const signals::Learning& limits) {
    if (profile.sign_ins == 0) return "first sign-in of this user: nothing to compare with";
    return fmt::format("still learning this user: {} sign-ins of {}, since {}", profile.learned, limits.sign_ins_min,
                       to_rfc3339(profile.learning_since));
}

}  // namespace

/// Sign-in with properties the user has not shown before. Real time; interactive and non-interactive. Silent while the user
/// is being learned, from trusted named locations and from subnets that three others of the tenant use; at most low from a
/// device the user signed in with before; at most medium over legacy protocols.
/// Source: id-protection.md §2.5 DET-02; risk-science.md §2, §3.2, §4.1.
Verdict unfamiliar_features(const SignInSignals& sign_in, const Past& past, const Tuning& tuning) {
    const auto& limits = tuning.unfamiliar;

    if (!sign_in.network.address) return NotEvaluated{"the address is unknown"};
    if (is_learning(past.profile, sign_in.when, tuning.learning))
        return NotEvaluated{learning_because(past.profile, tuning.learning)};
    if (const auto because = suppressed_by(sign_in, past, tuning); !because.empty()) return NotDetected{std::string(because), {}};

    const auto score = signals::score(past.profile, past.everybody, sign_in, past.features);
    const auto cap   = cap_of(score);
    const auto level = std::min(level_of(score.bits, limits), cap.level);
    if (level == RiskLevel::none)
        return NotDetected{fmt::format("{:+.1f} bits, under {:+.1f}", score.bits, limits.low_bits), score};

    auto evidence = explain(score, sign_in);
    evidence.push_back({"total", fmt::format("{:+.1f} bits", score.bits),
                        fmt::format("low {:+.1f}, medium {:+.1f}, high {:+.1f}", limits.low_bits, limits.medium_bits,
                                    limits.high_bits)});
    if (cap.level != RiskLevel::high)
        evidence.push_back({"cap", std::string(to_string(cap.level)), std::string(cap.because)});
    return Detected{level, score.bits, std::move(evidence)};
}

}  // namespace portcullis::detection
