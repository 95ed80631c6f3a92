#include <catch2/catch.hpp>

#include "core/detection/detector_fixture.h"

namespace portcullis::detection {
using namespace fixture;
using signals::Anonymizer;

TEST_CASE("anonymizedIPAddress is decided by the kind of anonymiser, its list's age and the location (IDP-201)") {
    struct Row {
        std::string_view what;
        Anonymizer kind;
        std::optional<Duration> age;
        signals::NamedTrust trust;
        std::string expected;
    };
    using enum signals::NamedTrust;
    // clang-format off
    const auto row = GENERATE(values<Row>({
        {"Tor",                          Anonymizer::tor,     1h,           untrusted, "medium"},
        {"VPN",                          Anonymizer::vpn,     1h,           untrusted, "low"},
        {"proxy",                        Anonymizer::proxy,   1h,           untrusted, "low"},
        {"relay",                        Anonymizer::relay,   1h,           untrusted, "not detected: relay is not risk by itself"},
        {"Tor, list just under 48 h",    Anonymizer::tor,     48h - 1ms,    untrusted, "medium"},
        {"Tor, list exactly 48 h",       Anonymizer::tor,     48h,          untrusted, "medium"},
        {"Tor, list over 48 h",          Anonymizer::tor,     48h + 1ms,    untrusted, "low"},
        {"VPN, list over 48 h",          Anonymizer::vpn,     49h,          untrusted, "not detected: vpn is not risk by itself when its list is old"},
        {"Tor, list kept by hand",       Anonymizer::tor,     std::nullopt, untrusted, "medium"},
        {"Tor from a trusted location",  Anonymizer::tor,     1h,           trusted,   "not detected: trusted named location"},
        {"removed from the list",        Anonymizer::none,    1h,           untrusted, "not detected: not on a list of anonymisers"},
        {"no list",                      Anonymizer::unknown, std::nullopt, untrusted, "not evaluated: whether the address is an anonymiser is unknown: no list is configured"},
    }));
    // clang-format on
    CAPTURE(row.what);
    auto s                    = at_home(kNoon);
    s.network.anonymizer      = row.kind;
    s.network.anonymizer_age  = row.age;
    s.network.anonymizer_list = "tor-exits";
    s.network.named_trust     = row.trust;
    s.missing                 = {{signals::Signal::anonymizer, "no list is configured"}};

    const auto verdict = run(RiskEventType::anonymizedIPAddress, s, {});

    CHECK(told(verdict) == row.expected);
    if (std::holds_alternative<Detected>(verdict)) CHECK(fact(verdict, "list") == "tor-exits");
}

TEST_CASE("anonymizedIPAddress needs no history and does not learn (IDP-201)") {
    auto s               = at_home(kNoon);
    s.network.anonymizer = Anonymizer::tor;
    CHECK(told(run(RiskEventType::anonymizedIPAddress, s, {})) == "medium");
    CHECK(told(run(RiskEventType::anonymizedIPAddress, s, profile_of(60))) == "medium");
}

}  // namespace portcullis::detection
