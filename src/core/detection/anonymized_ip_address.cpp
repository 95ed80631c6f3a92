#include <array>

#include <fmt/format.h>

#include "core/detection/detector.h"

namespace portcullis::detection {
namespace {

using signals::Anonymizer;

struct Weight {
    RiskLevel level;
    double bits;
};

/// Tor medium, VPN low (DET-01); relays serve ordinary people (risk-science.md §3.4). A list's "proxy" says no more than VPN.
Weight weight_of(Anonymizer kind) {
    switch (kind) {
        case Anonymizer::tor:     return {RiskLevel::medium, 3};
        case Anonymizer::vpn:
        case Anonymizer::proxy:   return {RiskLevel::low, 1};
        case Anonymizer::relay:
        case Anonymizer::unknown:
        case Anonymizer::none:    return {RiskLevel::none, 0};
    }
    return {RiskLevel::none, 0};
}

/// One step down, with a third of the evidence.
Weight lowered(Weight weight) {
    if (weight.level <= RiskLevel::low) return {RiskLevel::none, 0};
    return {static_cast<RiskLevel>(static_cast<int>(weight.level) - 1), weight.bits / 3};
}

}  // namespace

/// Sign-in from an address known to hide its origin. Real time, no learning; a trusted named location suppresses it; a list
/// older than 48 hours lowers the level one step. Source: id-protection.md §2.5 DET-01.
Verdict anonymized_ip_address(const SignInSignals& sign_in, const Past&, const Tuning& tuning) {
    const auto& network = sign_in.network;

    if (network.anonymizer == Anonymizer::unknown)
        return NotEvaluated{fmt::format("whether the address is an anonymiser is unknown: {}",
                                        sign_in.why_missing(signals::Signal::anonymizer))};
    if (network.anonymizer == Anonymizer::none) return NotDetected{"not on a list of anonymisers", {}};
    if (network.named_trust == signals::NamedTrust::trusted) return NotDetected{"trusted named location", {}};

    const auto limit     = tuning.anonymized.list_age_max;
    const bool is_stale  = network.anonymizer_age && *network.anonymizer_age > limit;
    const auto as_listed = weight_of(network.anonymizer);
    const auto [level, bits] = is_stale ? lowered(as_listed) : as_listed;
    if (level == RiskLevel::none)
        return NotDetected{fmt::format("{} is not risk by itself{}", to_string(network.anonymizer),
                                       is_stale ? " when its list is old" : ""), {}};

    const auto hours = [](Duration d) { return fmt::format("{} h", std::chrono::floor<std::chrono::hours>(d).count()); };
    Evidence evidence{{"anonymizer", std::string(to_string(network.anonymizer))}, {"list", network.anonymizer_list}};
    if (network.anonymizer_age) evidence.push_back({"listAge", hours(*network.anonymizer_age), hours(limit)});
    return Detected{level, bits, std::move(evidence)};
}

}  // namespace portcullis::detection
