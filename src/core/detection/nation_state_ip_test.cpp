#include <catch2/catch.hpp>

#include "core/detection/detector_fixture.h"

namespace portcullis::detection {
using namespace fixture;
using signals::ThreatCategory;

TEST_CASE("nationStateIP fires on an actor's unexpired entry and on nothing else (IDP-208)") {
    struct Row {
        std::string_view what;
        std::optional<ThreatCategory> category;
        std::optional<Duration> expires_in;
        std::string expected;
    };
    // clang-format off
    const auto row = GENERATE(values<Row>({
        {"an actor",                     ThreatCategory::actor,   24h,          "high"},
        {"expires in a millisecond",     ThreatCategory::actor,   1ms,          "high"},
        {"expires now",                  ThreatCategory::actor,   0ms,          "not detected: the entry has expired"},
        {"without an expiry",            ThreatCategory::actor,   std::nullopt, "not evaluated: the entry of list `actors` has no expiry"},
        {"a botnet",                     ThreatCategory::botnet,  24h,          "not detected: listed as botnet, not as an actor's"},
        {"not listed",                   std::nullopt,            std::nullopt, "not detected: not on a threat list"},
    }));
    // clang-format on
    CAPTURE(row.what);
    auto s = at_home(kNoon);
    if (row.category) {
        s.network.threat = {{"actors", *row.category, signals::ListConfidence::high, std::nullopt}};
        if (row.expires_in) s.network.threat->expires_at = kNoon + *row.expires_in;
    }

    CHECK(told(run(RiskEventType::nationStateIP, s, {})) == row.expected);
}

TEST_CASE("nationStateIP says when no list answered or no address is known") {
    auto s    = at_home(kNoon);
    s.missing = {{signals::Signal::threat, "still loading"}};
    CHECK(told(run(RiskEventType::nationStateIP, s, {})) == "not evaluated: no threat list answered: still loading");
    s.network.address.reset();
    CHECK(told(run(RiskEventType::nationStateIP, s, {})) == "not evaluated: the address is unknown");
}

TEST_CASE("nationStateIP is high whoever signs in, from wherever, with whatever history (IDP-208)") {
    auto s                = at_home(kNoon);
    s.network.threat      = {{"actors", ThreatCategory::actor, signals::ListConfidence::low, kNoon + 1h}};
    s.network.named_trust = signals::NamedTrust::trusted;
    s.client.device_id    = "known device";
    const auto verdict    = run(RiskEventType::nationStateIP, s, profile_of(60));

    CHECK(told(verdict) == "high");
    CHECK(fact(verdict, "confidence") == "low");
}

}  // namespace portcullis::detection
