#include "core/signals/population.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/terms/term_table.h"

namespace portcullis::signals {
namespace {

/// Half-life of every count (risk-science.md §2.3).
constexpr float kHalfLifeDays = 90;
/// How long a visit of another user speaks for a network (DET-02, DET-03).
constexpr int kVisitDays = 30;

/// Most values counted at a level: every country and device type; of the others what a tenant of a million users shows
/// often, so that the whole stays near 300 KB.
constexpr std::array<std::size_t, kChainLevelCount> kTallyCapacity{0, 4096, 4096, 300, 2048, 512, 128, 8};
constexpr std::size_t kNetworkCapacity = 2048;

/// N / U before a tenant has shown its own: a user's decayed sign-ins, hand-set.
constexpr double kPriorSignInsPerUser = 20;

/// Shares before a tenant has shown its own, hand-set from public usage figures, rounded up: a value thought commoner than
/// it is makes a sign-in look less familiar, never more. A family we do not know counts as common.
struct PriorShare {
    std::string_view family;
    float share;
};
constexpr float kUnknownFamily = 0.25F;
constexpr auto kBrowserPrior   = std::to_array<PriorShare>({
    {"Chrome", 0.50F},
    {"Chrome Mobile", 0.30F},
    {"Mobile Safari", 0.25F},
    {"Safari", 0.15F},
    {"Edge", 0.20F},
    {"Firefox", 0.15F},
});
constexpr auto kOsPrior        = std::to_array<PriorShare>({
    {"Windows", 0.60F},
    {"Android", 0.30F},
    {"iOS", 0.25F},
    {"Mac OS X", 0.25F},
    {"Linux", 0.15F},
});
constexpr std::array<float, 5> kDevicePrior{0.25F, 0.70F, 0.40F, 0.10F, 0.10F};  // in the order of DeviceType
constexpr float kPrefixPrior = 0.01F, kAsnPrior = 0.10F, kCountryPrior = 0.50F;

template <std::size_t N>
float prior_of(const std::array<PriorShare, N>& table, std::string_view family) {
    const auto* const row = std::ranges::find(table, family, &PriorShare::family);
    return row == table.end() ? kUnknownFamily : row->share;
}

/// Family and major version; minor versions would make every update a new client (risk-science.md §2.1).
std::string version_of(std::string_view family, std::string_view major) {
    std::string text(family);
    text += '/';
    text += major;
    return text;
}

std::string bytes_of(const UserId& user) {
    std::string bytes;
    for (const auto half : {user.high, user.low}) {
        for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(half >> shift & 0xff);
    }
    return bytes;
}

std::string bytes_of(std::uint32_t number) {
    return {static_cast<char>(number >> 24), static_cast<char>(number >> 16), static_cast<char>(number >> 8),
            static_cast<char>(number)};
}

auto found(auto& entries, std::uint32_t hash) {
    const auto place = std::ranges::lower_bound(entries, hash, {}, &Tally::hash);
    return place != entries.end() && place->hash == hash ? place : entries.end();
}

/// Drops the rarer half. INVARIANT: `dropped` bounds the count of every value that is not in the table.
void make_room(Tallies& tallies, std::uint16_t today) {
    std::vector<float> counts;
    counts.reserve(tallies.entries.size());
    for (const auto& entry : tallies.entries) counts.push_back(decayed(entry.count, entry.day, today));
    const auto middle = counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2);
    std::ranges::nth_element(counts, middle);

    tallies.dropped = std::max(tallies.dropped, *middle);
    std::erase_if(tallies.entries,
                  [&](const Tally& entry) { return decayed(entry.count, entry.day, today) <= tallies.dropped; });
}

void count(Tallies& tallies, std::uint32_t hash, std::uint16_t today, std::size_t capacity) {
    if (const auto entry = found(tallies.entries, hash); entry != tallies.entries.end()) {
        entry->count = decayed(entry->count, entry->day, today) + 1;
        entry->day   = std::max(entry->day, today);
        return;
    }
    if (tallies.entries.size() >= capacity) make_room(tallies, today);
    const auto place = std::ranges::lower_bound(tallies.entries, hash, {}, &Tally::hash);
    tallies.entries.insert(place, {hash, 1, today});
}

/// Forgets the network whose last visit is oldest.
void forget_one(std::vector<Visitors>& networks) {
    const auto last_visit = [](const Visitors& network) {
        return std::ranges::max(network.visitors, {}, &Visitors::Visitor::day).day;
    };
    networks.erase(std::ranges::min_element(networks, {}, last_visit));
}

void visit(std::vector<Visitors>& networks, std::uint32_t network, std::uint32_t user, std::uint16_t today) {
    auto place = std::ranges::lower_bound(networks, network, {}, &Visitors::network);
    if (place == networks.end() || place->network != network) {
        if (networks.size() >= kNetworkCapacity) forget_one(networks);
        place = networks.insert(std::ranges::lower_bound(networks, network, {}, &Visitors::network), Visitors{network, {}});
    }
    auto& visitors = place->visitors;
    auto mine      = std::ranges::find_if(visitors, [&](const auto& v) { return v.day != 0 && v.user == user; });
    if (mine == visitors.end()) mine = std::ranges::min_element(visitors, {}, &Visitors::Visitor::day);
    *mine = {user, std::max(today, mine->user == user ? mine->day : today)};
}

}  // namespace

std::string_view to_string(Level level) {
    static constexpr std::array<std::string_view, kLevelCount> kNames{
        "address", "prefix", "asn", "country", "userAgent", "browser", "os", "deviceType", "deviceId"};
    return term_name(kNames, level);
}

std::uint16_t day_of(Instant when) {
    const auto days = std::chrono::floor<std::chrono::days>(when).time_since_epoch().count();
    return static_cast<std::uint16_t>(std::clamp<std::int64_t>(days, 0, 0xffff));
}

float decayed(float count, std::uint16_t from_day, std::uint16_t to_day) {
    if (to_day <= from_day) return count;
    return count * std::exp2(-static_cast<float>(to_day - from_day) / kHalfLifeDays);
}

Features features_of(const SignInSignals& sign_in, const HashKey& key) {
    const auto& network = sign_in.network;
    const auto& client  = sign_in.client;
    Features features;
    const auto set = [&](Level level, std::string_view bytes, float prior) {
        features.value[at(level)] = hash32(key, bytes);
        features.prior[at(level)] = prior;
    };

    if (network.address) {
        set(Level::address, prefix_of(*network.address, kSubscriber).first().bytes(), kPrefixPrior);
        // A carrier's addresses wander over its whole pool: the AS says all there is (risk-science.md §2.1).
        if (network.as_class != AsClass::mobile)
            set(Level::prefix, prefix_of(*network.address, kNeighbours).first().bytes(), kPrefixPrior);
    }
    if (network.asn) set(Level::asn, bytes_of(*network.asn), kAsnPrior);
    if (network.country) set(Level::country, *network.country, kCountryPrior);

    const float browser_prior = prior_of(kBrowserPrior, client.browser);
    const float os_prior      = prior_of(kOsPrior, client.os);
    if (!sign_in.is_legacy()) {
        set(Level::userAgent, client.user_agent, std::min(browser_prior, os_prior));
        set(Level::browser, version_of(client.browser, client.browser_major), browser_prior);
        set(Level::os, version_of(client.os, client.os_major), os_prior);
        set(Level::deviceType, to_string(client.device), kDevicePrior[static_cast<std::size_t>(client.device)]);
    }
    if (!client.device_id.empty()) features.value[at(Level::deviceId)] = hash32(key, client.device_id);

    features.user = hash32(key, bytes_of(sign_in.user));
    features.day  = day_of(sign_in.when);
    return features;
}

void PopulationShares::observe(const Features& features, float user_sign_ins) {
    sign_ins      = decayed(sign_ins, day, features.day) + 1;
    users_inverse = decayed(users_inverse, day, features.day) + 1 / std::max(user_sign_ins, 1.0F);
    day           = std::max(day, features.day);

    for (std::size_t level = at(Level::prefix); level < kChainLevelCount; ++level) {
        if (features.value[level]) count(tallies[level], *features.value[level], features.day, kTallyCapacity[level]);
    }
    if (const auto prefix = features.value[at(Level::prefix)]) visit(prefix_visitors, *prefix, features.user, features.day);
    if (const auto asn = features.value[at(Level::asn)]) visit(asn_visitors, *asn, features.user, features.day);
}

double PopulationShares::share(const Features& features, Level level) const {
    // An address is at most as common as what holds it.
    if (level == Level::address)
        level = features.value[at(Level::prefix)] ? Level::prefix : Level::asn;
    const auto value = features.value[at(level)];
    if (!value) return kUnknownFamily;

    const auto& table = tallies[at(level)];
    const auto entry  = found(table.entries, *value);
    const double c    = entry == table.entries.end() ? decayed(table.dropped, day, features.day)
                                                     : decayed(entry->count, entry->day, features.day);
    const double n     = decayed(sign_ins, day, features.day);
    const double prior = std::max(0.0, kPriorSignIns - n);
    return (c + 0.5 + prior * static_cast<double>(features.prior[at(level)])) / (n + 1 + prior);
}

double PopulationShares::sign_ins_per_user(std::uint16_t today) const {
    const double n     = decayed(sign_ins, day, today);
    const double users = decayed(users_inverse, day, today);
    const double prior = std::max(0.0, kPriorSignIns - n);
    return (n + prior) / (users + prior / kPriorSignInsPerUser);
}

int PopulationShares::others_in(const Features& features, Level network) const {
    const auto value     = features.value[at(network)];
    const auto& networks = network == Level::prefix ? prefix_visitors : asn_visitors;
    if (!value) return 0;
    const auto place = std::ranges::lower_bound(networks, *value, {}, &Visitors::network);
    if (place == networks.end() || place->network != *value) return 0;

    return static_cast<int>(std::ranges::count_if(place->visitors, [&](const auto& visitor) {
        return visitor.day != 0 && visitor.user != features.user && features.day <= visitor.day + kVisitDays;
    }));
}

}  // namespace portcullis::signals
