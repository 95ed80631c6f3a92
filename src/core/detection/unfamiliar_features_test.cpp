#include <catch2/catch.hpp>

#include "core/detection/detector_fixture.h"

namespace portcullis::detection {
using namespace fixture;

namespace {
std::string judged(const SignInSignals& s, const signals::FamiliarityProfile& profile,
                   const signals::PopulationShares& everybody = {}) {
    auto text = told(run(RiskEventType::unfamiliarFeatures, s, profile, everybody));
    return text.starts_with("not detected:") && text.find("bits, under") != std::string::npos ? "not detected" : text;
}
}  // namespace

TEST_CASE("unfamiliarFeatures rises with what is new about a sign-in (IDP-202)") {
    struct Row {
        std::string_view what;
        SignInSignals sign_in;
        std::string expected;
    };
    const auto home = at_home(kNoon);
    auto next_address = home, application_only = home;
    next_address.network.address = parse_ip("192.0.2.99");
    application_only.application = ApplicationId{5, 5};
    // clang-format off
    const auto row = GENERATE_COPY(values<Row>({
        {"as always",                         home,                                               "not detected"},
        {"another address of the subnet",     next_address,                                       "not detected"},
        {"another application",               application_only,                                   "not detected"},
        {"a new browser at home",             with_new_browser(home),                             "not detected"},
        {"a new device at home",              with_new_client(home),                              "not detected"},
        {"the usual browser far away",        from_new_network(home),                             "low"},
        {"a new browser far away",            with_new_browser(from_new_network(home)),           "medium"},
        {"another device far away",           with_new_client(from_new_network(home)),            "high"},
    }));
    // clang-format on
    CAPTURE(row.what);
    CAPTURE(told(run(RiskEventType::unfamiliarFeatures, row.sign_in, profile_of(60))));
    CHECK(judged(row.sign_in, profile_of(60)) == row.expected);
}

TEST_CASE("unfamiliarFeatures fires exactly at its limits and not under them (IDP-202)") {
    const auto profile = profile_of(60);
    const auto s       = from_new_network(at_home(kNoon));
    const auto past    = Past{profile, nobody(), features_of(s, kKey)};
    const auto none    = nobody();
    const double bits  = signals::score(profile, none, s, past.features).bits;
    struct Row {
        std::string_view what;
        double low, medium, high;
        std::string expected;
    };
    // clang-format off
    const auto row = GENERATE_COPY(values<Row>({
        {"just under low",     bits + 1e-9, bits + 1, bits + 2,    "not detected"},
        {"exactly low",        bits,        bits + 1, bits + 2,    "low"},
        {"just under medium",  bits - 1,    bits + 1e-9, bits + 2, "low"},
        {"exactly medium",     bits - 1,    bits,     bits + 2,    "medium"},
        {"exactly high",       bits - 2,    bits - 1, bits,        "high"},
    }));
    // clang-format on
    CAPTURE(row.what);
    Tuning tuning;
    tuning.unfamiliar.low_bits = row.low, tuning.unfamiliar.medium_bits = row.medium, tuning.unfamiliar.high_bits = row.high;
    std::string text;
    for (const auto& finding : detect(s, {profile, none, features_of(s, kKey)}, tuning, Timing::realtime)) {
        if (finding.type == RiskEventType::unfamiliarFeatures) text = told(finding.verdict);
    }
    CHECK(text.substr(0, row.expected.size()) == row.expected);
}

TEST_CASE("unfamiliarFeatures is silent while the user is learned (IDP-202, IDP-104)") {
    const auto stranger = with_new_client(from_new_network(at_home(kNoon)));
    const auto silent   = [&](const signals::FamiliarityProfile& profile) {
        return told(run(RiskEventType::unfamiliarFeatures, stranger, profile)).starts_with("not evaluated:");
    };
    CHECK(silent({}));
    CHECK(silent(profile_of(9)));
    CHECK(silent(profile_of(40, 2h)));
    CHECK(silent(relearn(profile_of(60), kNoon - 24h * 4)));
    CHECK_FALSE(silent(profile_of(10)));
}

TEST_CASE("unfamiliarFeatures is suppressed or capped by what vouches for the sign-in (IDP-202, IDP-109)") {
    const auto stranger = with_new_client(from_new_network(at_home(kNoon)));
    auto profile        = profile_of(60);

    SECTION("a trusted named location suppresses it") {
        auto s                = stranger;
        s.network.named_trust = signals::NamedTrust::trusted;
        CHECK(judged(s, profile) == "not detected: trusted named location");
    }
    SECTION("a device the user signed in with before caps it at low") {
        auto known             = at_home(kNoon - 2h);
        known.client.device_id = "laptop";
        profile                = train(profile, known, features_of(known, kKey));
        auto s                 = stranger;
        s.client.device_id     = "laptop";
        CHECK(judged(s, profile) == "low");
        s.client.device_id = "another";
        CHECK(judged(s, profile) == "high");
    }
    SECTION("a subnet that three others use suppresses it, two do not, and no anonymiser is common") {
        signals::PopulationShares everybody;
        const auto colleague = [&](std::uint64_t user) {
            auto s = from_new_network(at_home(kNoon - 24h));
            s.user = UserId{0, user};
            everybody.observe(features_of(s, kKey), 5);
        };
        colleague(20), colleague(21);
        CHECK(judged(stranger, profile, everybody) == "high");
        colleague(22);
        CHECK(judged(stranger, profile, everybody) == "not detected: a subnet that other users of the tenant share");
        auto tor               = stranger;
        tor.network.anonymizer = signals::Anonymizer::tor;
        CHECK(judged(tor, profile, everybody) == "high");
    }
    SECTION("a legacy protocol caps it at medium") {
        auto s     = stranger;
        s.protocol = signals::Protocol::ropc;
        CHECK(judged(s, profile) == "medium");
    }
}

TEST_CASE("unfamiliarFeatures works without network data and says what it lacked") {
    auto s = with_new_client(from_new_network(at_home(kNoon)));
    s.network.asn.reset();
    s.network.country.reset();
    s.missing          = {{signals::Signal::asn, "still loading"}};
    const auto verdict = run(RiskEventType::unfamiliarFeatures, s, profile_of(60));
    CHECK(told(verdict) == "high");
    CHECK(fact(verdict, "asn") == "unknown: still loading");
    CHECK(fact(verdict, "country") == "unknown: not looked up");

    s.network.address.reset();
    CHECK(told(run(RiskEventType::unfamiliarFeatures, s, profile_of(60))) == "not evaluated: the address is unknown");
}

TEST_CASE("unfamiliarFeatures lists each property with its share and bits (IDP-202)") {
    const auto verdict = run(RiskEventType::unfamiliarFeatures, from_new_network(at_home(kNoon)), profile_of(60));
    CHECK(fact(verdict, "asn").starts_with("AS64511 Far Telecom (user: 0 of 48 sign-ins; everyone: 10.0 %): +2.3 bits"));
    CHECK(fact(verdict, "address").starts_with("198.51.100.20/32"));
    CHECK(fact(verdict, "prefix").starts_with("198.51.100.0/24"));
    CHECK(fact(verdict, "browser").starts_with("Firefox 140 (user: 48 of 48"));
    CHECK_FALSE(fact(verdict, "total").empty());
}

TEST_CASE("evidence adds up over families, and familiarity cannot cancel it (IDP-201)") {
    const std::vector<Finding> tor{{RiskEventType::anonymizedIPAddress, Timing::realtime, Detected{RiskLevel::medium, 3, {}}}};
    const std::vector<Finding> both{tor[0],
                                    {RiskEventType::nationStateIP, Timing::realtime, Detected{RiskLevel::high, 8, {}}}};
    CHECK(evidence_bits({}, -15) == -15);
    CHECK(evidence_bits(tor, -15) == 0);
    CHECK(evidence_bits(tor, 5) == 8);
    CHECK(evidence_bits(both, -15) == 5);
}

}  // namespace portcullis::detection
