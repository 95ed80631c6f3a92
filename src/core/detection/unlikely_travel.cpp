#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/detection/detector.h"
#include "core/signals/places.h"

namespace portcullis::detection {
namespace {

using signals::Landmark;
using signals::Level;
using signals::Place;

/// A pair of sign-ins and what it takes to have been at both.
struct Trip {
    const Landmark* from = nullptr;
    double distance_km = 0, elapsed_h = 0, speed_kmh = 0;
    Duration elapsed{};
};

double hours(Duration d) { return std::chrono::duration<double, std::ratio<3600>>(d).count(); }

/// d' = max(0, haversine(p,q) - r_p - r_q);  v = d' / max(dt, 60 s)
Trip trip_from(const Landmark& from, const Place& to, Instant when, const Tuning::Travel& limits) {
    const double apart_km = signals::great_circle_km({from.latitude, from.longitude}, {to.latitude, to.longitude});
    Trip trip{.from = &from, .elapsed = std::max(when - from.last_seen, Duration{0})};
    trip.distance_km = std::max(0.0, apart_km - static_cast<double>(from.radius_km) - to.accuracy_km);
    trip.elapsed_h   = hours(std::max(trip.elapsed, limits.elapsed_min));
    trip.speed_kmh   = trip.distance_km / trip.elapsed_h;
    return trip;
}

/// Why this sign-in's place says nothing of where the person is; empty when it does.
std::string whereabouts_hidden(const SignInSignals& sign_in) {
    const auto& network = sign_in.network;
    if (hides_origin(network.anonymizer)) return fmt::format("the address is a {}", to_string(network.anonymizer));
    if (network.is_satellite) return "the address is a satellite operator's";
    if (network.is_anycast) return "the address is anycast";
    if (network.named_trust == signals::NamedTrust::trusted) return "trusted named location";
    return {};
}

bool is_common(const Past& past, const Tuning::Travel& limits) {
    return past.everybody.others_in(past.features, Level::prefix) >= limits.common_users_min ||
           past.everybody.others_in(past.features, Level::asn) >= limits.common_users_min;
}

bool is_on_carrier(const SignInSignals& sign_in) { return sign_in.network.as_class == signals::AsClass::mobile; }

double speed_limit(const SignInSignals& sign_in, const Tuning::Travel& limits) {
    const bool is_mobile = sign_in.client.device == signals::DeviceType::mobile && is_on_carrier(sign_in);
    return is_mobile ? limits.speed_kmh_min_mobile : limits.speed_kmh_min;
}

/// Why the pair is no trip although it is far; empty when it is one.
std::string_view excused_by(const Landmark& from, const SignInSignals& sign_in, const Past& past) {
    const auto& here   = *sign_in.network.place;
    const auto network = past.features.value[at(Level::asn)];
    const auto device  = past.features.value[at(Level::deviceId)];
    const auto country = std::string_view(from.country.data(), from.country.size());

    if (device && from.device == *device) return "the same device";
    if (is_on_carrier(sign_in) && network && from.network == *network) return "the same carrier";
    if ((from.is_country_only || here.city.empty()) && signals::are_same_or_neighbours(country, here.country))
        return "only countries are known, and these are the same or neighbours";
    return {};
}

double usual_share(const Landmark* landmark, const Past& past) {
    return landmark ? share_of(past.profile, *landmark, past.features.day) : 0;
}

/// Back where the user was before the other place, inside the window: A, B, A.
bool is_return(const Landmark* here, const Trip& trip, Instant when, const Tuning::Travel& limits) {
    return here && when - here->last_seen <= limits.window && here->last_seen < trip.from->last_seen;
}

bool is_new_client_and_network(const Past& past) {
    return !is_remembered(past.profile, past.features, Level::browser) && past.features.value[at(Level::asn)] &&
           !is_remembered(past.profile, past.features, Level::asn);
}

std::string point_text(std::string_view country, double latitude, double longitude) {
    return fmt::format("{} ({:.2f}, {:.2f})", country, latitude, longitude);
}

std::string place_text(const Place& place) {
    if (place.city.empty()) return point_text(place.country, place.latitude, place.longitude);
    return fmt::format("{}, {}", place.city, place.country);
}

/// bits = min(8, 4 + 2*log2(v/limit)) (+1 if A->B->A inside the window; +2 if client and AS are both new)
double bits_of(const Trip& trip, double limit, bool returns, bool is_new) {
    return std::min(8.0, 4 + 2 * std::log2(trip.speed_kmh / limit)) + (returns ? 1 : 0) + (is_new ? 2 : 0);
}

Detected detected(const Trip& trip, const SignInSignals& sign_in, const Past& past, const Tuning::Travel& limits) {
    const auto& from   = *trip.from;
    const auto& here   = *sign_in.network.place;
    const auto* known  = landmark_at(past.profile, here);
    const auto country = std::string_view(from.country.data(), from.country.size());
    const auto before  = point_text(country, from.latitude, from.longitude);
    const bool is_new  = is_new_client_and_network(past);
    const bool returns = is_return(known, trip, sign_in.when, limits);

    // Medium; high when impossible with a client and a network never seen; low when only countries are known (§3.4, DET-03).
    const bool is_vague = from.is_country_only || here.city.empty();
    const auto level    = is_vague                                              ? RiskLevel::low
                          : is_new && trip.elapsed <= limits.impossible_within ? RiskLevel::high
                                                                                : RiskLevel::medium;
    const double limit = speed_limit(sign_in, limits);
    return Detected{
        level,
        bits_of(trip, limit, returns, is_new),
        {{"route", fmt::format("{} to {}", before, place_text(here))},
         {"distance", fmt::format("{:.0f} km", trip.distance_km), fmt::format("{:.0f} km", limits.distance_km_min)},
         {"elapsed", fmt::format("{:.1f} h", trip.elapsed_h), fmt::format("{:.0f} h", hours(limits.window))},
         {"speed", fmt::format("{:.0f} km/h", trip.speed_kmh), fmt::format("{:.0f} km/h", limit)},
         {"usualShareBefore", fmt::format("{:.0f} %", usual_share(&from, past) * 100)},
         {"usualShareHere", fmt::format("{:.0f} %", usual_share(known, past) * 100),
          fmt::format("{:.0f} %", limits.usual_share * 100)},
         {"clientAndNetwork", is_new ? "both new" : "not both new"},
         {"returned", returns ? "yes" : "no"},
         {"relatedEventTimeInUtc", to_rfc3339(from.last_seen)},
         {"relatedLocation", before}}};
}

}  // namespace

/// Atypical travel: two sign-ins too far apart, too close together, one of them where the user seldom is. Computed when the
/// sign-in completes, before it is learned. Needs a located sign-in and an earlier located one within 24 hours, and a user
/// no longer being learned (the earlier of 14 days or 10 sign-ins).
/// Source: id-protection.md §2.5 DET-03; risk-science.md §4.3 "Ours".
Verdict unlikely_travel(const SignInSignals& sign_in, const Past& past, const Tuning& tuning) {
    const auto& limits  = tuning.travel;
    const auto& network = sign_in.network;

    if (is_learning_travel(past.profile, sign_in.when, tuning.learning)) return NotEvaluated{"still learning this user"};
    if (!network.place || !network.place->has_coordinates())
        return NotEvaluated{fmt::format("the place is unknown: {}", sign_in.why_missing(signals::Signal::place))};
    if (auto because = whereabouts_hidden(sign_in); !because.empty()) return NotDetected{std::move(because), {}};

    Trip fastest;
    bool has_earlier = false;
    std::string_view excuse;
    for (const auto& landmark : past.profile.landmarks) {
        if (landmark.count <= 0 || sign_in.when - landmark.last_seen > limits.window) continue;
        has_earlier     = true;
        const auto trip = trip_from(landmark, *network.place, sign_in.when, limits);
        if (trip.distance_km < limits.distance_km_min || trip.speed_kmh < speed_limit(sign_in, limits)) continue;
        if (const auto excused = excused_by(landmark, sign_in, past); !excused.empty()) {
            excuse = excused;
            continue;
        }
        if (!fastest.from || trip.speed_kmh > fastest.speed_kmh) fastest = trip;
    }

    if (!has_earlier) return NotEvaluated{"no located sign-in in the 24 hours before"};
    if (!fastest.from && !excuse.empty()) return NotDetected{std::string(excuse), {}};
    if (!fastest.from) return NotDetected{"near enough, or slow enough", {}};
    if (is_common(past, limits)) return NotDetected{"a network that other users of the tenant share", {}};
    if (usual_share(fastest.from, past) >= limits.usual_share &&
        usual_share(landmark_at(past.profile, *network.place), past) >= limits.usual_share)
        return NotDetected{"the user is often at both places", {}};
    return detected(fastest, sign_in, past, limits);
}

}  // namespace portcullis::detection
