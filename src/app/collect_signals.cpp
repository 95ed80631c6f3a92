#include "app/collect_signals.h"

#include "app/devices.h"
#include "app/reset_limits.h"

#include <algorithm>
#include <cstring>

namespace portcullis::app {
namespace {

using signals::Missing;
using signals::Signal;

/// A value of a port's enumeration as the value of the same name in core's.
template <class Parse, class E>
auto same_name(Parse parse, E value) {
    return parse(to_string(value));
}

constexpr std::size_t kUserAgentBytesMax = 512;

std::optional<Signal> signal_of(NetworkFact fact) {
    switch (fact) {
        case NetworkFact::asn:        return Signal::asn;
        case NetworkFact::country:    return Signal::country;
        case NetworkFact::place:      return Signal::place;
        case NetworkFact::anonymizer: return Signal::anonymizer;
        case NetworkFact::threat:     return Signal::threat;
    }
    return std::nullopt;
}

bool has(const NetworkFacts& facts, NetworkFact fact) {
    switch (fact) {
        case NetworkFact::asn:        return facts.asn.has_value();
        case NetworkFact::country:    return facts.country.has_value();
        case NetworkFact::place:      return facts.place.has_value();
        case NetworkFact::anonymizer: return facts.anonymizer != Anonymizer::unknown;
        case NetworkFact::threat:
            return std::ranges::any_of(facts.provenance, [](const Provenance& p) {
                return p.fact == NetworkFact::threat && p.was_asked;
            });
    }
    return false;
}

void add_missing(const NetworkFacts& facts, std::vector<Missing>& missing) {
    for (const auto& source : facts.provenance) {
        const auto signal = signal_of(source.fact);
        if (!signal || has(facts, source.fact) || source.missing.empty()) continue;
        if (std::ranges::find(missing, *signal, &Missing::signal) != missing.end()) continue;
        missing.push_back({*signal, source.missing});
    }
}

std::optional<Duration> age_of(const NetworkFacts& facts, NetworkFact fact, std::string_view list) {
    for (const auto& source : facts.provenance) {
        if (source.fact == fact && (list.empty() || source.data_set == list)) return source.age;
    }
    return std::nullopt;
}

bool seen_within(std::span<const signals::Slot> slots, std::optional<std::uint32_t> hash, std::uint16_t day, int days) {
    return hash && std::ranges::any_of(slots, [&](const signals::Slot& slot) {
               return slot.count > 0 && slot.hash == *hash && day - slot.day <= days;
           });
}

}  // namespace

signals::HashKey feature_key(const Ports& ports, TenantId tenant) {
    const auto digest = ports.digests.hmac_sha256(ports.keys.features.reveal(), to_string(tenant));
    signals::HashKey key;
    std::memcpy(&key.k0, digest.data(), sizeof key.k0);
    std::memcpy(&key.k1, digest.data() + sizeof key.k0, sizeof key.k1);
    return key;
}

signals::NetworkSignals network_signals(const Ports& ports, const TenantSnapshot& tenant, const IpAddress& address, Instant now,
                                        std::vector<Missing>& missing) {
    const auto facts = ports.networks.look_up(address, now);
    signals::NetworkSignals network{.address = address, .asn = facts.asn, .as_name = facts.as_name.value_or(""), .country = facts.country};
    if (facts.place) {
        const auto& p = *facts.place;
        network.place = signals::Place{p.city, p.state, p.country, p.latitude, p.longitude, p.accuracy_km};
    }
    network.anonymizer      = same_name(signals::parse_anonymizer, facts.anonymizer).value_or(signals::Anonymizer::unknown);
    network.anonymizer_list = facts.anonymizer_list;
    network.anonymizer_age  = age_of(facts, NetworkFact::anonymizer, facts.anonymizer_list);
    if (facts.threat) {
        network.threat = signals::ThreatEntry{
            facts.threat->list, same_name(signals::parse_threat_category, facts.threat->category).value_or(signals::ThreatCategory::scanner),
            same_name(signals::parse_list_confidence, facts.threat->confidence).value_or(signals::ListConfidence::low),
            facts.threat->expires_at};
    }
    network.is_satellite = facts.is_satellite;
    network.is_anycast   = facts.is_anycast;
    network.named_trust  = location_of(tenant, network).is_trusted ? signals::NamedTrust::trusted : signals::NamedTrust::untrusted;
    add_missing(facts, missing);
    return network;
}

policy::LocationFacts location_of(const TenantSnapshot& tenant, const signals::NetworkSignals& network) {
    return tenant.locations.match(network.address, network.country);
}

signals::SignInSignals collect_signals(const Ports& ports, const TenantSnapshot& tenant, const SignInFlow& flow,
                                       const RequestFacts& facts) {
    signals::SignInSignals seen{.sign_in = flow.sign_in, .user = flow.user, .when = facts.now, .correlation = flow.correlation};
    seen.session       = flow.session;
    seen.application   = flow.client.is_nil() ? std::nullopt : std::optional(flow.client);
    seen.interactivity = flow.is_interactive ? signals::Interactivity::interactive : signals::Interactivity::nonInteractive;
    seen.client_app    = flow.client_app;
    seen.protocol      = flow.purpose == Purpose::device ? signals::Protocol::deviceCode : signals::Protocol::oAuth2;
    seen.network       = network_signals(ports, tenant, facts.address, facts.now, seen.missing);

    const auto client = ports.user_agents.parse({.user_agent         = facts.user_agent,
                                                 .sec_ch_ua          = facts.sec_ch_ua,
                                                 .sec_ch_ua_mobile   = facts.sec_ch_ua_mobile,
                                                 .sec_ch_ua_platform = facts.sec_ch_ua_platform});
    seen.client = {.user_agent     = facts.user_agent.substr(0, kUserAgentBytesMax),
                   .browser        = client.browser,
                   .browser_major  = client.browser_major,
                   .os             = client.os,
                   .os_major       = client.os_major,
                   .device         = same_name(signals::parse_device_type, client.device).value_or(signals::DeviceType::unknown),
                   .hint_disagrees = client.hint_disagrees,
                   .is_automated   = client.is_automated,
                   .device_id      = facts.device_id};
    if (facts.user_agent.empty()) seen.missing.push_back({Signal::userAgent, "the client did not send one"});
    if (facts.device_id.empty()) seen.missing.push_back({Signal::deviceId, "no device cookie of ours came along"});
    return seen;
}

namespace {

bool seen_lately(const signals::FamiliarityProfile& profile, const signals::Features& features, signals::Level level) {
    constexpr int kDays = 60;
    return seen_within(profile.slots_of(level), features.value[signals::at(level)], features.day, kDays);
}

}  // namespace

bool is_familiar(const signals::FamiliarityProfile& profile, const signals::Features& features) {
    using enum signals::Level;
    const auto seen = [&](signals::Level level) { return seen_lately(profile, features, level); };
    return seen(deviceId) || seen(prefix) || (seen(asn) && seen(country));
}

Result<Whereabouts> whereabouts(Ports& ports, const TenantSnapshot& tenant, std::optional<UserId> user, const RequestFacts& facts) {
    signals::SignInSignals seen{.sign_in = {}, .user = user.value_or(UserId{}), .when = facts.now, .correlation = facts.correlation};
    seen.network          = network_signals(ports, tenant, facts.address, facts.now, seen.missing);
    seen.client.device_id = facts.device_id;
    Whereabouts where{.network = seen.network};
    const auto stored = TRY(ports.profiles.of_user(tenant.tenant.id, seen.user));
    if (!user || stored.version == 0) return where;
    auto features          = signals::features_of(seen, feature_key(ports, tenant.tenant.id));
    where.has_known_device = seen_lately(stored.profile, features, signals::Level::deviceId);
    // One that is disabled vouches for nobody; only one that is known is looked up.
    if (where.has_known_device && TRY(is_on_disabled_device(ports, tenant.tenant.id, *user, facts))) {
        seen.client.device_id.clear();
        features               = signals::features_of(seen, feature_key(ports, tenant.tenant.id));
        where.has_known_device = false;
    }
    where.is_familiar = is_familiar(stored.profile, features);
    return where;
}

Result<bool> is_familiar_place(Ports& ports, const TenantSnapshot& tenant, UserId user, const RequestFacts& facts) {
    return TRY(whereabouts(ports, tenant, user, facts)).is_familiar;
}

std::string place_of_tries(const Ports& ports, const Whereabouts& where, const RequestFacts& facts) {
    if (where.is_familiar) return std::string(kFamiliarPlace);
    return "network:" + reference_digest(ports, network_of(facts.address));
}

}  // namespace portcullis::app
