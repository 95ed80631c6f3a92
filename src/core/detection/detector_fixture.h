#pragma once

#include <string>

#include "core/detection/detector.h"

/// A user with a history, for the tests of detectors.
namespace portcullis::detection::fixture {

using namespace std::chrono_literals;
using signals::HashKey;

inline constexpr HashKey kKey{0x0706050403020100, 0x0f0e0d0c0b0a0908};
inline const Instant kNoon{std::chrono::sys_days{std::chrono::year{2026} / 6 / 2} + 12h};

inline signals::Place london() { return {"London", "England", "GB", 51.507, -0.128, 50}; }
inline signals::Place paris() { return {"Paris", "", "FR", 48.857, 2.352, 50}; }
inline signals::Place new_york() { return {"New York", "NY", "US", 40.713, -74.006, 50}; }

/// At home, on the usual laptop.
inline SignInSignals at_home(Instant when) {
    SignInSignals s;
    s.sign_in            = SignInId{1, 1};
    s.user               = UserId{0, 7};
    s.when               = when;
    s.network.address    = parse_ip("192.0.2.10");
    s.network.asn        = 64496;
    s.network.as_name    = "Home Broadband";
    s.network.country    = "GB";
    s.network.place      = london();
    s.network.anonymizer = signals::Anonymizer::none;
    s.client.user_agent  = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    s.client.browser = "Firefox", s.client.browser_major = "140";
    s.client.os     = "Linux";
    s.client.device = signals::DeviceType::desktop;
    return s;
}

inline SignInSignals from_new_network(SignInSignals s) {
    s.network.address = parse_ip("198.51.100.20");
    s.network.asn     = 64511;
    s.network.as_name = "Far Telecom";
    s.network.country = "US";
    s.network.place   = new_york();
    return s;
}
inline SignInSignals with_new_browser(SignInSignals s) {
    s.client.user_agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36";
    s.client.browser = "Chrome", s.client.browser_major = "141";
    return s;
}
inline SignInSignals with_new_client(SignInSignals s) {
    s.client.user_agent = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/141.0.0.0 Mobile Safari/537.36";
    s.client.browser = "Chrome Mobile", s.client.browser_major = "141";
    s.client.os = "Android", s.client.os_major = "10";
    s.client.device = signals::DeviceType::mobile;
    return s;
}

/// `count` sign-ins from home, one every `apart`, the last one `apart` before noon.
inline signals::FamiliarityProfile profile_of(int count, Duration apart = 24h) {
    signals::FamiliarityProfile profile;
    for (int i = count; i > 0; --i) {
        const auto s = at_home(kNoon - i * apart);
        profile      = train(profile, s, features_of(s, kKey));
    }
    return profile;
}

inline signals::PopulationShares nobody() { return {}; }

inline Verdict run(RiskEventType type, const SignInSignals& s, const signals::FamiliarityProfile& profile,
                   const signals::PopulationShares& everybody = {}) {
    for (const auto& detector : detectors()) {
        if (detector.type == type) return detector.run(s, {profile, everybody, features_of(s, kKey)}, Tuning{});
    }
    return NotEvaluated{"no such detector"};
}

/// `medium`, `not detected: ...` or `not evaluated: ...`.
inline std::string told(const Verdict& verdict) {
    if (const auto* d = std::get_if<Detected>(&verdict)) return std::string(to_string(d->level));
    if (const auto* n = std::get_if<NotDetected>(&verdict)) return "not detected: " + n->because;
    return "not evaluated: " + std::get<NotEvaluated>(verdict).because;
}

inline std::string fact(const Verdict& verdict, std::string_view name) {
    const auto* detected = std::get_if<Detected>(&verdict);
    if (!detected) return "";
    for (const auto& f : detected->evidence) {
        if (f.name == name) return f.observed;
    }
    return "";
}

}  // namespace portcullis::detection::fixture
