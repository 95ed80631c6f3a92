#include <catch2/catch.hpp>

#include "core/detection/detector_fixture.h"

namespace portcullis::detection {
using namespace fixture;
using signals::Place;

namespace {

/// A user with 30 days in London, last seen there `ago` before noon.
signals::FamiliarityProfile londoner(Duration ago, int days = 30) {
    auto profile    = profile_of(days);
    const auto last = at_home(kNoon - ago);
    return train(profile, last, features_of(last, kKey));
}

SignInSignals in(std::optional<Place> place) {
    auto s          = from_new_network(at_home(kNoon));
    s.network.place = std::move(place);
    return s;
}

std::string travel(const SignInSignals& s, const signals::FamiliarityProfile& profile,
                   const signals::PopulationShares& everybody = {}) {
    const auto verdict = run(RiskEventType::unlikelyTravel, s, profile, everybody);
    return std::holds_alternative<Detected>(verdict) ? told(verdict) + ", " + fact(verdict, "speed") : told(verdict);
}

/// A place straight south of London.
Place south_km(double km) { return {"Somewhere", "", "FR", 51.507 - km / 111.1949, -0.128, 50}; }

}  // namespace

TEST_CASE("unlikelyTravel is decided by distance and speed between sign-ins (IDP-203)") {
    struct Row {
        std::string_view what;
        std::optional<Place> here;
        Duration ago;
        std::string expected;
    };
    // clang-format off
    const auto row = GENERATE(values<Row>({
        {"London then New York, 2 h",            new_york(),       2h,         "medium, 2735 km/h"},
        {"London then New York, 8 h",            new_york(),       8h,         "not detected: near enough, or slow enough"},
        {"London then Paris, 10 min",            paris(),          10min,      "not detected: near enough, or slow enough"},
        {"just under 500 km, 10 min",            south_km(599.9),  10min,      "not detected: near enough, or slow enough"},
        {"just over 500 km, 10 min",             south_km(600.2),  10min,      "medium, 3001 km/h"},
        {"900 km in just over an hour",          south_km(1000),   61min,      "not detected: near enough, or slow enough"},
        {"900 km in just under an hour",         south_km(1000.1), 60min,      "medium, 900 km/h"},
        {"the same moment counts as a minute",   new_york(),       0ms,        "medium, 328213 km/h"},
        {"more than 24 h before",                new_york(),       24h + 1ms,  "not evaluated: no located sign-in in the 24 hours before"},
        {"nowhere",                              std::nullopt,     2h,         "not evaluated: the place is unknown: not looked up"},
    }));
    // clang-format on
    CAPTURE(row.what);
    auto profile = row.ago > 24h ? londoner(row.ago, 0) : londoner(row.ago);
    if (row.ago > 24h) {
        for (int i = 40; i >= 2; --i) {
            const auto s = at_home(kNoon - i * 24h);
            profile      = i == 40 ? train({}, s, features_of(s, kKey)) : train(profile, s, features_of(s, kKey));
        }
    }
    CHECK(travel(in(row.here), profile) == row.expected);
}

TEST_CASE("unlikelyTravel is silent before 14 days or 10 sign-ins (IDP-203)") {
    const auto seldom = [](Duration since) {
        const auto first = at_home(kNoon - since), last = at_home(kNoon - 1h);
        return train(train({}, first, features_of(first, kKey)), last, features_of(last, kKey));
    };
    CHECK(travel(in(new_york()), seldom(24h * 13)) == "not evaluated: still learning this user");
    CHECK(travel(in(new_york()), seldom(24h * 14)).starts_with("medium"));
    CHECK(travel(in(new_york()), londoner(1h, 8)) == "not evaluated: still learning this user");
    CHECK(travel(in(new_york()), londoner(1h, 9)).starts_with("medium"));
}

TEST_CASE("unlikelyTravel is suppressed where a place says nothing, and records why (IDP-203)") {
    struct Row {
        std::string_view what;
        void (*change)(SignInSignals&);
        std::string expected;
    };
    // clang-format off
    const auto row = GENERATE(values<Row>({
        {"VPN",       [](SignInSignals& s) { s.network.anonymizer = signals::Anonymizer::vpn; },   "not detected: the address is a vpn"},
        {"Tor",       [](SignInSignals& s) { s.network.anonymizer = signals::Anonymizer::tor; },   "not detected: the address is a tor"},
        {"satellite", [](SignInSignals& s) { s.network.is_satellite = true; },                     "not detected: the address is a satellite operator's"},
        {"anycast",   [](SignInSignals& s) { s.network.is_anycast = true; },                       "not detected: the address is anycast"},
        {"trusted",   [](SignInSignals& s) { s.network.named_trust = signals::NamedTrust::trusted; }, "not detected: trusted named location"},
    }));
    // clang-format on
    CAPTURE(row.what);
    auto s = in(new_york());
    row.change(s);
    CHECK(travel(s, londoner(2h)) == row.expected);
}

TEST_CASE("unlikelyTravel is excused by the same device, the same carrier and colleagues (IDP-203)") {
    auto last = at_home(kNoon - 2h), here = in(new_york());

    SECTION("the same device") {
        last.client.device_id = here.client.device_id = "phone";
        CHECK(travel(here, train(profile_of(30), last, features_of(last, kKey))) == "not detected: the same device");
    }
    SECTION("the same carrier") {
        last.network.asn = here.network.asn = 64500;
        here.network.as_class               = signals::AsClass::mobile;
        CHECK(travel(here, train(profile_of(30), last, features_of(last, kKey))) == "not detected: the same carrier");
    }
    SECTION("a phone on a carrier may seem twice as fast") {
        here                  = with_new_client(in(new_york()));
        here.network.as_class = signals::AsClass::mobile;
        CHECK(travel(here, londoner(5h)) == "not detected: near enough, or slow enough");
        CHECK(travel(here, londoner(2h)).starts_with("medium"));
    }
    SECTION("a network that three colleagues used in 30 days") {
        signals::PopulationShares everybody;
        for (std::uint64_t user : {20U, 21U, 22U}) {
            CHECK(travel(here, londoner(2h), everybody).starts_with("medium"));
            auto s = here;
            s.when = kNoon - 24h * 29, s.user = UserId{0, user};
            everybody.observe(features_of(s, kKey), 5);
        }
        CHECK(travel(here, londoner(2h), everybody) == "not detected: a network that other users of the tenant share");
    }
}

TEST_CASE("unlikelyTravel needs one place where the user seldom is (IDP-203)") {
    auto profile = profile_of(30);
    for (int i = 20; i > 0; --i) {
        auto s          = in(new_york());
        s.when          = kNoon - i * 24h - 12h;
        profile         = train(profile, s, features_of(s, kKey));
    }
    const auto last = at_home(kNoon - 2h);
    profile         = train(profile, last, features_of(last, kKey));
    CHECK(travel(in(new_york()), profile) == "not detected: the user is often at both places");
}

TEST_CASE("unlikelyTravel is high when impossible with a client and a network never seen, low when only countries are known") {
    auto stranger = with_new_client(in(new_york()));
    CHECK(travel(stranger, londoner(90min)).starts_with("high"));
    CHECK(travel(stranger, londoner(90min + 1ms)).starts_with("medium"));
    CHECK(travel(in(new_york()), londoner(90min)).starts_with("medium"));

    auto vague          = in(Place{"", "", "US", 39.8, -98.6, 1700});
    CHECK(travel(vague, londoner(2h)).starts_with("low"));
}

TEST_CASE("unlikelyTravel does not fire between neighbours when only countries are known") {
    auto last = at_home(kNoon - 1h), here = in(Place{"", "", "RU", 61.5, 105.3, 1000});
    last.network.place = Place{"", "", "FI", 61.9, 25.7, 328};
    const auto profile = train(profile_of(30), last, features_of(last, kKey));
    const auto verdict = travel(here, profile);
    CHECK(verdict.find("GB") == std::string::npos);
    here.network.place->country = "KZ";
    CHECK(travel(here, profile).starts_with("low"));
}

TEST_CASE("unlikelyTravel tells both sign-ins (IDP-203)") {
    const auto verdict = run(RiskEventType::unlikelyTravel, in(new_york()), londoner(2h));
    CHECK(fact(verdict, "route") == "GB (51.51, -0.13) to New York, US");
    CHECK(fact(verdict, "relatedEventTimeInUtc") == "2026-06-02T10:00:00Z");
    CHECK(fact(verdict, "usualShareHere") == "0 %");
}

}  // namespace portcullis::detection
