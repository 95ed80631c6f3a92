#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/signals/familiarity.h"
#include "core/signals/population.h"
#include "core/signals/signals.h"
#include "core/terms/risk.h"
#include "core/terms/risk_event_type.h"

/// The contract of detectors. They run on sign-ins whose credential was correct, and on nothing else (G1).
namespace portcullis::detection {

using signals::SignInSignals;

/// One observed value and the limit it was held against, if any.
struct Fact {
    std::string name;
    std::string observed;
    std::string limit = {};

    bool operator==(const Fact&) const = default;
};
using Evidence = std::vector<Fact>;

/// Risk, with what makes it so. `bits`: log2 of how much likelier an attacker is (risk-science.md §3.1).
struct Detected {
    RiskLevel level = RiskLevel::low;
    double bits     = 0;
    Evidence evidence;
};
/// Looked at and harmless, or suppressed; says which.
struct NotDetected {
    std::string because;
    std::optional<signals::Score> score;  // of unfamiliarFeatures
};
/// Could not be judged. Not the same as harmless.
struct NotEvaluated {
    std::string because;
};
using Verdict = std::variant<NotDetected, NotEvaluated, Detected>;

/// What is known from before this sign-in. Refers to what must outlive the call.
struct Past {
    const signals::FamiliarityProfile& profile;
    const signals::PopulationShares& everybody;
    signals::Features features;  // of this sign-in: signals::features_of
};

/// Every threshold of every detector.
struct Tuning {
    signals::Learning learning;
    struct Anonymized {
        Duration list_age_max = std::chrono::hours{48};  // DET-01: an older list lowers the level one step
    } anonymized;
    struct Unfamiliar {
        double low_bits = 1, medium_bits = 4, high_bits = 8;  // risk-science.md §3.2, absolute floors
        int common_users_min = 3;                             // DET-02: a subnet that many others use is not unfamiliar
    } unfamiliar;
    struct Travel {
        double distance_km_min      = 500;  // risk-science.md §4.3
        double speed_kmh_min        = 900;
        double speed_kmh_min_mobile = 1800;  // mobile device on a carrier's network: its egress moves
        Duration elapsed_min        = std::chrono::seconds{60};
        Duration window             = std::chrono::hours{24};
        Duration impossible_within  = std::chrono::minutes{90};
        double usual_share          = 0.05;  // a place with less of the user's sign-ins is atypical
        int common_users_min        = 3;
    } travel;
};

/// One verdict, kept whatever it says.
struct Finding {
    RiskEventType type = RiskEventType::unfamiliarFeatures;
    Timing timing      = Timing::realtime;
    Verdict verdict;
};

struct Detector {
    RiskEventType type;
    Timing timing;
    Verdict (*run)(const SignInSignals&, const Past&, const Tuning&);
};
std::span<const Detector> detectors();

/// Every detector's verdict, in catalogue order. `Timing::realtime` before the token is decided on; `Timing::offline` when
/// the sign-in has completed, before its profile is trained. Pure.
std::vector<Finding> detect(const SignInSignals& sign_in, const Past& past, const Tuning& tuning, Timing timing);

/// A score in words, term by term, with what was observed (risk-science.md §2.7). The bits listed sum to the total.
Evidence explain(const signals::Score& score, const SignInSignals& sign_in);

/// All findings of one sign-in as one number: max(S, -3) plus the strongest of each family when any other detection fired,
/// else S (risk-science.md §3.1). For calibration and display; levels come from detections.
double evidence_bits(std::span<const Finding> findings, double familiarity_bits);

}  // namespace portcullis::detection
