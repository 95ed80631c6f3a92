#include "core/signals/signals.h"

#include <algorithm>
#include <array>

#include "core/terms/term_table.h"

namespace portcullis::signals {
namespace {

using Names = std::string_view;
constexpr std::array<Names, 6> kAnonymizers{"unknown", "none", "tor", "vpn", "proxy", "relay"};
constexpr std::array<Names, 5> kAsClasses{"unknown", "residential", "mobile", "hosting", "corporate"};
constexpr std::array<Names, 6> kThreatCategories{"actor", "botnet", "c2", "scanner", "spray", "credentialStuffing"};
constexpr std::array<Names, 3> kConfidences{"low", "medium", "high"};
constexpr std::array<Names, 2> kTrusts{"untrusted", "trusted"};
constexpr std::array<Names, 5> kDeviceTypes{"unknown", "desktop", "mobile", "tablet", "bot"};
constexpr std::array<Names, 2> kInteractivities{"interactive", "nonInteractive"};
constexpr std::array<Names, 7> kProtocols{"none",   "oAuth2",     "ropc",                  "wsFederation",
                                          "saml20", "deviceCode", "authenticationTransfer"};
constexpr std::array<Names, 10> kSignals{"address", "asn",       "country", "place",    "anonymizer",
                                         "threat",  "userAgent", "client",  "deviceId", "history"};

}  // namespace

std::string_view SignInSignals::why_missing(Signal signal) const {
    const auto found = std::ranges::find(missing, signal, &Missing::signal);
    return found == missing.end() ? std::string_view("not looked up") : std::string_view(found->because);
}

bool SignInSignals::is_missing(Signal signal) const {
    return std::ranges::find(missing, signal, &Missing::signal) != missing.end();
}

bool SignInSignals::is_legacy() const {
    return protocol == Protocol::ropc || client_app == policy::ClientAppType::other ||
           client_app == policy::ClientAppType::exchangeActiveSync;
}

std::string_view to_string(Anonymizer kind) { return term_name(kAnonymizers, kind); }
std::string_view to_string(AsClass kind) { return term_name(kAsClasses, kind); }
std::string_view to_string(ThreatCategory category) { return term_name(kThreatCategories, category); }
std::string_view to_string(ListConfidence confidence) { return term_name(kConfidences, confidence); }
std::string_view to_string(NamedTrust trust) { return term_name(kTrusts, trust); }
std::string_view to_string(DeviceType type) { return term_name(kDeviceTypes, type); }
std::string_view to_string(Interactivity interactivity) { return term_name(kInteractivities, interactivity); }
std::string_view to_string(Protocol protocol) { return term_name(kProtocols, protocol); }
std::string_view to_string(Signal signal) { return term_name(kSignals, signal); }

std::optional<Anonymizer> parse_anonymizer(std::string_view text) { return term_named<Anonymizer>(kAnonymizers, text); }
std::optional<AsClass> parse_as_class(std::string_view text) { return term_named<AsClass>(kAsClasses, text); }
std::optional<ThreatCategory> parse_threat_category(std::string_view text) {
    return term_named<ThreatCategory>(kThreatCategories, text);
}
std::optional<ListConfidence> parse_list_confidence(std::string_view text) {
    return term_named<ListConfidence>(kConfidences, text);
}
std::optional<NamedTrust> parse_named_trust(std::string_view text) { return term_named<NamedTrust>(kTrusts, text); }
std::optional<DeviceType> parse_device_type(std::string_view text) { return term_named<DeviceType>(kDeviceTypes, text); }
std::optional<Interactivity> parse_interactivity(std::string_view text) {
    return term_named<Interactivity>(kInteractivities, text);
}
std::optional<Protocol> parse_protocol(std::string_view text) { return term_named<Protocol>(kProtocols, text); }
std::optional<Signal> parse_signal(std::string_view text) { return term_named<Signal>(kSignals, text); }

}  // namespace portcullis::signals
