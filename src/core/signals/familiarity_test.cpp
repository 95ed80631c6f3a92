#include <catch2/catch.hpp>

#include "core/signals/familiarity.h"

namespace portcullis::signals {
namespace {
using namespace std::chrono_literals;

constexpr HashKey kKey{1, 2};
const Instant kNoon{std::chrono::sys_days{std::chrono::year{2026} / 6 / 2} + 12h};

SignInSignals sign_in_at(Instant when, std::string_view ip = "192.0.2.10", std::uint32_t asn = 64496) {
    SignInSignals s;
    s.user            = UserId{0, 7};
    s.when            = when;
    s.network.address = parse_ip(ip);
    s.network.asn     = asn;
    s.network.country = "GB";
    s.network.place   = Place{"London", "", "GB", 51.507, -0.128, 50};
    s.network.anonymizer = Anonymizer::none;
    s.client.user_agent  = "Firefox on Linux";
    s.client.browser = "Firefox", s.client.browser_major = "140";
    s.client.os     = "Linux";
    s.client.device = DeviceType::desktop;
    return s;
}

FamiliarityProfile trained(FamiliarityProfile profile, const SignInSignals& s) {
    return train(std::move(profile), s, features_of(s, kKey));
}

FamiliarityProfile daily(int days) {
    FamiliarityProfile profile;
    for (int i = days; i > 0; --i) profile = trained(profile, sign_in_at(kNoon - i * 24h));
    return profile;
}

Score scored(const FamiliarityProfile& profile, const SignInSignals& s, const PopulationShares& everybody = {}) {
    return score(profile, everybody, s, features_of(s, kKey));
}
}  // namespace

TEST_CASE("a score is exactly the sum of what its terms add (IDP-202)") {
    auto s = sign_in_at(kNoon, "198.51.100.9", 64511);
    s.client.hint_disagrees = true;
    s.interactivity         = Interactivity::nonInteractive;
    const auto score        = scored(daily(30), s);

    double sum = 0;
    for (const auto& term : score.terms) sum += term.bits;
    CHECK(score.bits == sum);
    CHECK(score[Term::nonInteractive].bits == 1);
    CHECK(score[Term::hintDisagrees].bits == 1);
}

TEST_CASE("a sign-in like every other is far from risk, a stranger far into it") {
    const auto profile = daily(60);
    auto stranger      = sign_in_at(kNoon, "198.51.100.9", 64511);
    stranger.network.country   = "US";
    stranger.client.user_agent = "Chrome on Windows";
    stranger.client.browser    = "Chrome";
    stranger.client.os         = "Windows";
    stranger.client.device     = DeviceType::mobile;

    CHECK(scored(profile, sign_in_at(kNoon)).bits < -8);
    CHECK(scored(profile, stranger).bits > 12);
}

TEST_CASE("a complete miss of the network chain costs at most three times the novelty floor") {
    auto elsewhere            = sign_in_at(kNoon, "198.51.100.9", 64511);
    elsewhere.network.country = "US";
    const auto score          = scored(daily(365), elsewhere);

    const double bits = score[Term::address].bits + score[Term::prefix].bits + score[Term::asn].bits + score[Term::country].bits;
    CHECK(bits == Approx(3 * 2.3219).margin(0.001));
}

TEST_CASE("a user whose address always changes pays little for another one") {
    FamiliarityProfile roamer;
    for (int i = 60; i > 0; --i) {
        roamer = trained(roamer, sign_in_at(kNoon - i * 24h, "198.51." + std::to_string(i) + ".7"));
    }
    const auto s = sign_in_at(kNoon, "198.51.200.7");

    CHECK(scored(roamer, s)[Term::address].bits < 0.8);
    CHECK(scored(daily(60), s)[Term::address].bits > 1.1);
}

TEST_CASE("rare and popular values that the user never showed cost the same") {
    const auto profile = daily(30);
    PopulationShares everybody;
    for (int i = 0; i < 2000; ++i) {
        auto colleague = sign_in_at(kNoon - 1h, "203.0.113.5", 64500);
        colleague.user = UserId{0, 100};
        everybody.observe(features_of(colleague, kKey), 20);
    }
    const auto popular = scored(profile, sign_in_at(kNoon, "192.0.2.10", 64500), everybody);
    const auto rare    = scored(profile, sign_in_at(kNoon, "192.0.2.10", 64501), everybody);

    CHECK(popular[Term::asn].bits == Approx(rare[Term::asn].bits));
}

TEST_CASE("what the network data do not know adds nothing, and is not taken for familiar") {
    auto s = sign_in_at(kNoon);
    s.network.asn.reset();
    s.network.country.reset();
    const auto score = scored(daily(30), s);

    CHECK_FALSE(score[Term::asn].is_known);
    CHECK(score[Term::asn].bits == 0);
    CHECK(score[Term::country].bits == 0);
    CHECK(score[Term::address].is_known);
}

TEST_CASE("a client that sends no user agent shows a new value") {
    auto s = sign_in_at(kNoon);
    s.client = {};
    const auto score = scored(daily(30), s);

    CHECK(score[Term::userAgent].is_known);
    CHECK(score[Term::userAgent].bits > 2);
}

TEST_CASE("a legacy protocol has the network chain alone, twice") {
    auto s     = sign_in_at(kNoon, "198.51.100.9", 64511);
    const auto modern = scored(daily(30), s);
    s.protocol = Protocol::ropc;
    const auto legacy = scored(daily(30), s);

    CHECK(legacy.is_legacy);
    CHECK_FALSE(legacy[Term::userAgent].is_known);
    CHECK(legacy[Term::asn].bits == Approx(2 * modern[Term::asn].bits));
}

TEST_CASE("on a carrier's network the prefix says nothing") {
    auto s             = sign_in_at(kNoon);
    s.network.as_class = AsClass::mobile;
    CHECK_FALSE(scored(daily(30), s)[Term::prefix].is_known);
}

TEST_CASE("counts halve in 90 days and values are forgotten after 180") {
    CHECK(decayed(8, 100, 190) == Approx(4));
    CHECK(decayed(8, 100, 100) == Approx(8));
    CHECK(decayed(8, 100, 50) == Approx(8));

    const auto profile = daily(20);
    const auto soon = sign_in_at(kNoon + 24h * 178), late = sign_in_at(kNoon + 24h * 181);
    CHECK(is_remembered(profile, features_of(soon, kKey), Level::address));
    CHECK_FALSE(is_remembered(profile, features_of(late, kKey), Level::address));
}

TEST_CASE("a full level evicts the value with the least weight and keeps counting distinct ones") {
    auto profile = daily(20);
    for (int i = 0; i < 30; ++i) profile = trained(profile, sign_in_at(kNoon, "203.0.113." + std::to_string(i + 1)));

    const auto home = features_of(sign_in_at(kNoon), kKey);
    CHECK(is_remembered(profile, home, Level::address));
    CHECK(profile.distinct[at(Level::address)] == Approx(31).margin(1));
}

TEST_CASE("learning lasts until 5 days and 10 sign-ins have passed (IDP-202)") {
    struct Row {
        std::string_view what;
        int sign_ins;
        Duration apart;
        bool learning;
    };
    // clang-format off
    const auto row = GENERATE(values<Row>({
        {"no sign-in",                   0,  24h, true},
        {"10 in 10 days",                10, 24h, false},
        {"9 in 9 days",                  9,  24h, true},
        {"10 in just under 5 days",      10, 12h - 1min, true},
        {"10 in exactly 5 days",         10, 12h, false},
        {"30 in a day",                  30, 48min, true},
    }));
    // clang-format on
    CAPTURE(row.what);
    FamiliarityProfile profile;
    for (int i = row.sign_ins; i > 0; --i) profile = trained(profile, sign_in_at(kNoon - i * row.apart));

    CHECK(is_learning(profile, kNoon, {}) == row.learning);
}

TEST_CASE("a user returns to learning after 45 days away, and after confirm-user-safe (IDP-104)") {
    const auto profile = daily(60);
    CHECK_FALSE(is_learning(profile, profile.last_seen + 24h * 45, {}));
    CHECK(is_learning(profile, profile.last_seen + 24h * 45 + 1ms, {}));

    const auto back = trained(profile, sign_in_at(profile.last_seen + 24h * 46));
    CHECK(back.learned == 1);
    CHECK(is_learning(back, back.last_seen + 24h * 6, {}));

    const auto safe = relearn(profile, kNoon);
    CHECK(is_learning(safe, kNoon + 24h * 4, {}));
    CHECK(is_remembered(safe, features_of(sign_in_at(kNoon), kKey), Level::address));
}

TEST_CASE("atypical travel learns until the earlier of 14 days or 10 sign-ins (IDP-203)") {
    CHECK(is_learning_travel({}, kNoon, {}));
    CHECK(is_learning_travel(daily(9), kNoon, {}));
    CHECK_FALSE(is_learning_travel(daily(10), kNoon, {}));

    auto seldom = trained({}, sign_in_at(kNoon - 24h * 14));
    CHECK_FALSE(is_learning_travel(seldom, kNoon, {}));
    CHECK(is_learning_travel(seldom, kNoon - 1ms, {}));
}

TEST_CASE("only sign-ins that show where the person is leave landmarks") {
    struct Row {
        std::string_view what;
        void (*change)(NetworkSignals&);
        bool leaves;
    };
    // clang-format off
    const auto row = GENERATE(values<Row>({
        {"an ordinary network", [](NetworkSignals&) {}, true},
        {"an unknown anonymiser state", [](NetworkSignals& n) { n.anonymizer = Anonymizer::unknown; }, true},
        {"a VPN",      [](NetworkSignals& n) { n.anonymizer = Anonymizer::vpn; }, false},
        {"a relay",    [](NetworkSignals& n) { n.anonymizer = Anonymizer::relay; }, false},
        {"satellite",  [](NetworkSignals& n) { n.is_satellite = true; }, false},
        {"anycast",    [](NetworkSignals& n) { n.is_anycast = true; }, false},
        {"trusted",    [](NetworkSignals& n) { n.named_trust = NamedTrust::trusted; }, false},
        {"no place",   [](NetworkSignals& n) { n.place.reset(); }, false},
    }));
    // clang-format on
    CAPTURE(row.what);
    auto s = sign_in_at(kNoon);
    row.change(s.network);

    CHECK((trained({}, s).landmarks[0].count > 0) == row.leaves);
}

TEST_CASE("places within 50 km are one landmark, and the ring keeps the last eight") {
    auto suburb          = sign_in_at(kNoon);
    suburb.network.place = Place{"Croydon", "", "GB", 51.37, -0.1, 50};
    auto profile         = trained(trained({}, sign_in_at(kNoon - 1h)), suburb);
    CHECK(profile.landmarks[0].count == 2);
    CHECK(profile.landmarks[1].count == 0);

    for (int i = 1; i <= 8; ++i) {
        auto trip          = sign_in_at(kNoon + i * 24h);
        trip.network.place = Place{"Town " + std::to_string(i), "", "US", 30.0 + i, -80.0 - i, 50};
        profile            = trained(profile, trip);
    }
    CHECK(landmark_at(profile, *suburb.network.place) == nullptr);
    CHECK(landmark_at(profile, {"Town 1", "", "US", 31, -81, 50}) != nullptr);
}

TEST_CASE("a network is common when others were there in the last 30 days, oneself not counted") {
    PopulationShares everybody;
    for (std::uint64_t user : {7U, 8U, 9U, 10U}) {
        auto s = sign_in_at(kNoon - 24h * (user == 10 ? 31 : 2));
        s.user = UserId{0, user};
        everybody.observe(features_of(s, kKey), 5);
    }
    CHECK(everybody.others_in(features_of(sign_in_at(kNoon), kKey), Level::prefix) == 2);
    CHECK(everybody.others_in(features_of(sign_in_at(kNoon - 24h), kKey), Level::asn) == 3);
    CHECK(everybody.others_in(features_of(sign_in_at(kNoon, "203.0.113.1"), kKey), Level::prefix) == 0);
}

TEST_CASE("a tenant's own shares replace the prior as sign-ins come in") {
    PopulationShares everybody;
    const auto features = features_of(sign_in_at(kNoon), kKey);
    const double before = everybody.share(features, Level::country);
    for (int i = 0; i < 1000; ++i) everybody.observe(features, 10);

    CHECK(before == Approx(0.5).margin(0.001));
    CHECK(everybody.share(features, Level::country) == Approx(1).margin(0.002));
    CHECK(everybody.sign_ins_per_user(features.day) == Approx(10).margin(0.1));
    CHECK(PopulationShares{}.sign_ins_per_user(features.day) == Approx(20));
}

TEST_CASE("the tables of a population stay bounded, and bound what they dropped") {
    PopulationShares everybody;
    auto common = sign_in_at(kNoon);
    for (int i = 0; i < 100; ++i) everybody.observe(features_of(common, kKey), 10);
    for (int i = 0; i < 3000; ++i) {
        auto s              = sign_in_at(kNoon, "10." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ".1");
        s.client.user_agent = "agent " + std::to_string(i);
        everybody.observe(features_of(s, kKey), 10);
    }
    CHECK(everybody.tallies[at(Level::userAgent)].entries.size() <= 2048);
    CHECK(everybody.tallies[at(Level::userAgent)].dropped >= 1);
    CHECK(everybody.prefix_visitors.size() <= 2048);
    CHECK(everybody.share(features_of(common, kKey), Level::userAgent) > 0.02);
}

}  // namespace portcullis::signals
