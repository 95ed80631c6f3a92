#include <catch2/catch.hpp>

#include "core/detection/detector_fixture.h"
#include "core/risk/raise.h"
#include "wire/detection_json.h"
#include "wire/profile_codec.h"
#include "wire/signals_json.h"

namespace portcullis::wire {
namespace {
using namespace detection::fixture;
using signals::SignInSignals;

SignInSignals full() {
    auto s                    = at_home(kNoon + 123ms);
    s.correlation             = CorrelationId{3, 4};
    s.session                 = SessionId{5, 6};
    s.application             = ApplicationId{7, 8};
    s.interactivity           = signals::Interactivity::nonInteractive;
    s.client_app              = policy::ClientAppType::mobileAppsAndDesktopClients;
    s.protocol                = signals::Protocol::deviceCode;
    s.network.as_class        = signals::AsClass::mobile;
    s.network.anonymizer      = signals::Anonymizer::tor;
    s.network.anonymizer_list = "tor-exits";
    s.network.anonymizer_age  = 5h + 1ms;
    s.network.threat          = {{"actors", signals::ThreatCategory::actor, signals::ListConfidence::high, kNoon + 24h}};
    s.network.is_anycast      = true;
    s.network.named_trust     = signals::NamedTrust::trusted;
    s.client.hint_disagrees   = true;
    s.client.device_id        = "cookie";
    s.password_watch          = signals::PasswordWatch{credentials::GuessSource::password, 20};
    s.missing                 = {{signals::Signal::place, "no data set"}, {signals::Signal::deviceId, "not sent"}};
    return s;
}

risk::RiskDetection a_detection() {
    const detection::Finding finding{RiskEventType::unfamiliarFeatures, Timing::realtime,
                                     detection::Detected{RiskLevel::medium, 5.25, {{"asn", "AS64511 \"Far\"", "4"}, {"total", "+5.3"}}}};
    return risk::raised(finding, full(), DetectionId{0x1234, 0x5678}, kNoon + 2s).value();
}
}  // namespace

TEST_CASE("signals survive the sign-in record, with what was missing and why") {
    for (const auto& s : {full(), at_home(kNoon), SignInSignals{}}) {
        const auto document = json::parse_object(json::to_text(to_json(s))).value();
        CHECK(signals_from_json(document).value() == s);
    }
    CHECK(to_json(SignInSignals{}).at("network").at("ipAddress").is_null());
}

TEST_CASE("a snapshot that does not fit is refused with the member's name") {
    struct Row {
        std::string_view member, inside;
        json::value value;
    };
    const auto row = GENERATE(values<Row>({
        {"createdDateTime", "", "yesterday"},
        {"userId", "", 7},
        {"sessionId", "", "x"},
        {"clientAppType", "", "telnet"},
        {"network", "", nullptr},
        {"ipAddress", "network", "300.1.1.1"},
        {"autonomousSystemNumber", "network", -1},
        {"anonymizer", "network", "mask"},
        {"deviceType", "client", "toaster"},
        {"campaign", "passwordWatch", "weather"},
        {"accounts", "passwordWatch", -1},
    }));
    CAPTURE(row.member);
    auto document = to_json(full());
    auto& target  = row.inside.empty() ? document : document.at(row.inside).as_object();
    target[row.member] = row.value;
    const auto read    = signals_from_json(document);
    REQUIRE_FALSE(read);
    CHECK(read.error().message.find(row.member) != std::string::npos);
}

TEST_CASE("a detection survives the store whole") {
    auto d = a_detection();
    CHECK(decode_detection(encode_detection(d)).value() == d);
    d.sign_in.reset();
    d.session.reset();
    d.place.reset();
    d.remediation = RemediationMethod::mfa;
    d.state       = RiskState::remediated;
    d.detail      = RiskDetail::userPassedMFADrivenByRiskBasedPolicy;
    CHECK(decode_detection(encode_detection(d)).value() == d);
    const auto leak = risk::leaked_credentials({"combo list", kNoon - 1h}, {0, 7}, {0, 1}, kNoon);
    CHECK(decode_detection(encode_detection(leak)).value() == leak);
}

TEST_CASE("a broken row is a broken store, never a guess") {
    CHECK(decode_detection("{").error().code == ErrorCode::unavailable);
    CHECK(decode_detection("{}").error().code == ErrorCode::unavailable);
    auto text = encode_detection(a_detection());
    text.replace(text.find("atRisk"), 6, "atrisk");
    CHECK(decode_detection(text).error().message.find("state") != std::string::npos);
    CHECK(decode_history_item("[]").error().code == ErrorCode::unavailable);
}

TEST_CASE("a history item survives the store whole") {
    const risk::RiskHistoryItem item{{0, 7}, RiskLevel::none, RiskState::remediated, RiskDetail::userPerformedSecuredPasswordReset,
                                     kNoon, risk::ActorKind::user, "id", {RiskEventType::nationStateIP},
                                     RemediationMethod::policySecureChange, "note"};
    CHECK(decode_history_item(encode_history_item(item)).value() == item);
}

TEST_CASE("a riskDetection has Graph's members and says what it is about (IDP-083)") {
    const auto o = to_graph(a_detection(), {"Alice", "alice@contoso.example"});
    for (const auto* member : {"id", "requestId", "correlationId", "riskEventType", "riskState", "riskLevel", "riskDetail", "source",
                               "detectionTimingType", "activity", "tokenIssuerType", "ipAddress", "location", "activityDateTime",
                               "detectedDateTime", "lastUpdatedDateTime", "userId", "userDisplayName", "userPrincipalName",
                               "additionalInfo"}) {
        CAPTURE(member);
        CHECK(o.contains(member));
    }
    CHECK(o.at("activity") == "signin");
    CHECK(json::string_at(o, "requestId") == to_string(SignInId{1, 1}));
    CHECK(o.at("location").at("geoCoordinates").at("latitude") == 51.507);
    const auto info = json::parse(std::string_view(o.at("additionalInfo").as_string())).value();
    CHECK(info.as_array().at(0).at("Key") == "userAgent");

    const auto user_only = to_graph(risk::leaked_credentials({"list", kNoon}, {0, 7}, {0, 1}, kNoon), {});
    CHECK(user_only.at("activity") == "user");
    CHECK(user_only.at("requestId").is_null());
    CHECK(user_only.at("location").is_null());
    CHECK(user_only.at("additionalInfo") == R"([{"Key":"mitreTechniques","Value":"T1589.001"}])");
}

TEST_CASE("a detection's id is 64 hex digits in Graph, and reads back") {
    const DetectionId id{0x0190'0000'0000'7000, 0x8000'0000'0000'0001};
    const auto text = graph_detection_id(id);
    CHECK(text.size() == 64);
    CHECK(parse_detection_id(text) == id);
    CHECK(parse_detection_id(to_string(id)) == id);
    CHECK_FALSE(parse_detection_id(text.substr(0, 63) + "e"));
    CHECK_FALSE(parse_detection_id(text.substr(1)));
    CHECK_FALSE(parse_detection_id(std::string(64, 'x')));
}

TEST_CASE("a finding tells its verdict: detected, not detected with its terms, or not evaluated") {
    const auto s       = at_home(kNoon);
    const auto profile = profile_of(60);
    const auto none    = nobody();
    for (const auto& finding : detection::detect(s, {profile, none, features_of(s, kKey)}, {}, Timing::realtime)) {
        if (finding.type != RiskEventType::unfamiliarFeatures) continue;
        const auto o = to_json(finding, s);
        CHECK(o.at("verdict") == "notDetected");
        CHECK(o.at("evidence").as_array().size() == 9);
    }
    const auto o = to_json({RiskEventType::nationStateIP, Timing::realtime, detection::NotEvaluated{"no list"}}, s);
    CHECK(o.at("verdict") == "notEvaluated");
    CHECK(o.at("because") == "no list");
}

TEST_CASE("a profile survives the store, under 1 KB however full (IDP-202)") {
    signals::FamiliarityProfile profile;
    CHECK(decode_profile(encode_profile(profile)).value() == profile);
    profile = profile_of(60);
    CHECK(decode_profile(encode_profile(profile)).value() == profile);
    CHECK(encode_profile(profile).size() < 256);

    for (int i = 0; i < 40; ++i) {
        auto s              = at_home(kNoon + i * 1h);
        s.network.address   = parse_ip("10." + std::to_string(i) + ".0.1");
        s.network.asn       = static_cast<std::uint32_t>(i);
        s.network.country   = std::string{'A', static_cast<char>('A' + i % 26)};
        s.network.place     = signals::Place{"Town", "", "US", i * 2.0, i * 3.0, 50};
        s.client.user_agent = s.client.browser = s.client.os = s.client.device_id = std::to_string(i);
        s.client.device     = static_cast<signals::DeviceType>(i % 5);
        profile             = train(profile, s, features_of(s, kKey));
    }
    CHECK(encode_profile(profile).size() <= kProfileBytesMax);
    CHECK(decode_profile(encode_profile(profile)).value() == profile);
}

TEST_CASE("bytes that are not a whole profile are refused, and never read past") {
    const auto bytes = encode_profile(profile_of(60));
    for (std::size_t length = 0; length < bytes.size(); ++length) CHECK_FALSE(decode_profile(bytes.substr(0, length)));
    CHECK_FALSE(decode_profile(bytes + "x"));
    auto other = bytes;
    other[0]   = 2;
    CHECK_FALSE(decode_profile(other));
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        auto changed = bytes;
        changed[at]  = static_cast<char>(changed[at] ^ 0xff);
        (void)decode_profile(changed);
    }
}

TEST_CASE("population shares survive the store, and broken ones are refused") {
    signals::PopulationShares shares;
    CHECK(decode_shares(encode_shares(shares)).value() == shares);
    for (int i = 0; i < 100; ++i) {
        auto s            = at_home(kNoon);
        s.user            = UserId{0, static_cast<std::uint64_t>(i)};
        s.network.address = parse_ip("10." + std::to_string(i) + ".0.1");
        shares.observe(features_of(s, kKey), 3);
    }
    const auto bytes = encode_shares(shares);
    CHECK(decode_shares(bytes).value() == shares);
    CHECK_FALSE(decode_shares(std::string_view(bytes).substr(0, bytes.size() - 1)));
    CHECK_FALSE(decode_shares(bytes + "x"));
    CHECK_FALSE(decode_shares(""));
}

}  // namespace portcullis::wire
