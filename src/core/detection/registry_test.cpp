#include <catch2/catch.hpp>

#include "core/detection/detector_fixture.h"

namespace portcullis::detection {
using namespace fixture;

TEST_CASE("every detector of the catalogue answers in its time, whatever it answers (IDP-001)") {
    std::size_t expected = 0;
    for (const auto& entry : risk_event_types()) expected += entry.origin == Origin::detector ? 1 : 0;
    CHECK(detectors().size() == expected);

    const signals::FamiliarityProfile nothing;
    const auto none = nobody();
    const SignInSignals blank;
    const Past past{nothing, none, features_of(blank, kKey)};
    CHECK(detect(blank, past, {}, Timing::realtime).size() == 4);
    CHECK(detect(blank, past, {}, Timing::offline).size() == 1);
    for (const auto timing : {Timing::realtime, Timing::offline}) {
        for (const auto& finding : detect(blank, past, {}, timing)) {
            CAPTURE(to_string(finding.type));
            CHECK(finding.timing == timing);
            CHECK_FALSE(std::holds_alternative<Detected>(finding.verdict));
        }
    }
}

TEST_CASE("the recipes for testing detections fire (IDP-201, IDP-202, IDP-203)") {
    auto over_tor               = at_home(kNoon);
    over_tor.network.anonymizer = signals::Anonymizer::tor;
    CHECK(told(run(RiskEventType::anonymizedIPAddress, over_tor, {})) == "medium");

    const auto new_system_elsewhere = with_new_client(from_new_network(at_home(kNoon)));
    CHECK(told(run(RiskEventType::unfamiliarFeatures, new_system_elsewhere, profile_of(30))) == "high");

    const auto minutes_before = at_home(kNoon - 10min);
    const auto profile        = train(profile_of(14), minutes_before, features_of(minutes_before, kKey));
    CHECK(told(run(RiskEventType::unlikelyTravel, new_system_elsewhere, profile)) == "high");
}

}  // namespace portcullis::detection
