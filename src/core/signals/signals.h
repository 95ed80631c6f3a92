#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/ip.h"
#include "base/time.h"
#include "core/credentials/guess_watch.h"
#include "core/terms/policy_terms.h"

/// Everything known of one sign-in, gathered once, before anything is decided, and never changed. Detectors see nothing
/// else. A missing fact is unknown, never "safe", and says why (id-protection.md §2.1, §2.2).
namespace portcullis::signals {

/// A place on Earth as a data set believes it.
struct Place {
    std::string city, state;  // empty when only the country is known
    std::string country;      // ISO 3166-1 alpha-2, upper case
    double latitude = 0, longitude = 0;
    /// How far the truth may be away: 50 km for city data, the radius of a circle of its area for a country alone
    /// (risk-science.md §4.3).
    double accuracy_km = 0;  // 0: the coordinates are not known

    [[nodiscard]] bool has_coordinates() const { return accuracy_km > 0; }
    bool operator==(const Place&) const = default;
};

/// `none` only when a fresh list was consulted and does not hold the address.
enum class Anonymizer : std::uint8_t { unknown, none, tor, vpn, proxy, relay };

/// What kind of network an AS is, where somebody says so.
enum class AsClass : std::uint8_t { unknown, residential, mobile, hosting, corporate };

enum class ThreatCategory : std::uint8_t { actor, botnet, c2, scanner, spray, credentialStuffing };
enum class ListConfidence : std::uint8_t { low, medium, high };

/// An address on a threat list.
struct ThreatEntry {
    std::string list;
    ThreatCategory category   = ThreatCategory::scanner;
    ListConfidence confidence = ListConfidence::low;
    std::optional<Instant> expires_at;

    bool operator==(const ThreatEntry&) const = default;
};

/// Whether an administrator's named location marked *trusted* holds the address.
enum class NamedTrust : std::uint8_t { untrusted, trusted };

struct NetworkSignals {
    std::optional<IpAddress> address;
    std::optional<std::uint32_t> asn;
    std::string as_name;
    AsClass as_class = AsClass::unknown;
    std::optional<std::string> country;  // ISO 3166-1 alpha-2, upper case
    std::optional<Place> place;
    Anonymizer anonymizer = Anonymizer::unknown;
    std::string anonymizer_list;               // the list that said so
    std::optional<Duration> anonymizer_age;    // of that list; nothing for one that is kept by hand
    std::optional<ThreatEntry> threat;         // nothing and no Missing{threat}: lists were asked and do not hold it
    bool is_satellite = false, is_anycast = false;  // places of such addresses say nothing about the person
    NamedTrust named_trust = NamedTrust::untrusted;

    bool operator==(const NetworkSignals&) const = default;
};

enum class DeviceType : std::uint8_t { unknown, desktop, mobile, tablet, bot };

/// What the client says of itself. Empty is unknown. The user agent is cut to 512 bytes before it comes here.
struct ClientSignals {
    std::string user_agent;
    std::string browser, browser_major;
    std::string os, os_major;
    DeviceType device      = DeviceType::unknown;
    bool hint_disagrees    = false;  // header and client hint name different platforms (conditional-access.md §9.1)
    bool is_automated      = false;
    std::string device_id;  // of a device cookie that we issued and recognised; empty: none

    bool operator==(const ClientSignals&) const = default;
};

enum class Interactivity : std::uint8_t { interactive, nonInteractive };

/// `authenticationProtocol` of the sign-in log, spelled as on the wire.
enum class Protocol : std::uint8_t { none, oAuth2, ropc, wsFederation, saml20, deviceCode, authenticationTransfer };

/// A fact that can be missing.
enum class Signal : std::uint8_t { address, asn, country, place, anonymizer, threat, userAgent, client, deviceId, history };

/// Why a fact is not known: `no data set is configured`, `private address`, `not in the data`.
struct Missing {
    Signal signal = Signal::address;
    std::string because;

    bool operator==(const Missing&) const = default;
};

/// What the watch over failing passwords said of the one given in this sign-in (PROTO-806).
struct PasswordWatch {
    std::optional<credentials::GuessSource> campaign;  // what it has in common with one that runs now; nothing: none runs
    std::size_t accounts = 0;                          // at which the campaign failed, at least

    bool operator==(const PasswordWatch&) const = default;
};

struct SignInSignals {
    SignInId sign_in;
    UserId user;
    Instant when{};
    CorrelationId correlation;
    std::optional<SessionId> session;
    std::optional<ApplicationId> application;
    Interactivity interactivity      = Interactivity::interactive;
    policy::ClientAppType client_app = policy::ClientAppType::browser;
    Protocol protocol                = Protocol::oAuth2;
    NetworkSignals network;
    ClientSignals client;
    std::optional<PasswordWatch> password_watch;  // nothing: no password was given
    std::vector<Missing> missing;

    /// Why `signal` is not known; "not looked up" when nobody said.
    [[nodiscard]] std::string_view why_missing(Signal signal) const;
    [[nodiscard]] bool is_missing(Signal signal) const;
    /// A protocol that carries no client features and can show no prompt (G6).
    [[nodiscard]] bool is_legacy() const;

    bool operator==(const SignInSignals&) const = default;
};

std::string_view to_string(Anonymizer kind);
std::string_view to_string(AsClass kind);
std::string_view to_string(ThreatCategory category);
std::string_view to_string(ListConfidence confidence);
std::string_view to_string(NamedTrust trust);
std::string_view to_string(DeviceType type);
std::string_view to_string(Interactivity interactivity);
std::string_view to_string(Protocol protocol);
std::string_view to_string(Signal signal);

std::optional<Anonymizer> parse_anonymizer(std::string_view text);
std::optional<AsClass> parse_as_class(std::string_view text);
std::optional<ThreatCategory> parse_threat_category(std::string_view text);
std::optional<ListConfidence> parse_list_confidence(std::string_view text);
std::optional<NamedTrust> parse_named_trust(std::string_view text);
std::optional<DeviceType> parse_device_type(std::string_view text);
std::optional<Interactivity> parse_interactivity(std::string_view text);
std::optional<Protocol> parse_protocol(std::string_view text);
std::optional<Signal> parse_signal(std::string_view text);

/// The address hides where its user is: Tor, VPN, proxy or relay.
constexpr bool hides_origin(Anonymizer kind) { return kind != Anonymizer::unknown && kind != Anonymizer::none; }

}  // namespace portcullis::signals
