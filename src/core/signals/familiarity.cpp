#include "core/signals/familiarity.h"

#include <algorithm>
#include <cmath>

#include "core/signals/places.h"
#include "core/terms/term_table.h"

namespace portcullis::signals {
namespace {

/// A value that was not shown for so long is forgotten (risk-science.md §2.3).
constexpr int kForgottenDays = 180;
/// Two places nearer than this are one (risk-science.md §4.3: city data 50 km).
constexpr double kSamePlaceKm = 50;
/// lam0 and its clamp (risk-science.md §2.2).
constexpr double kActivityBitsMax = 6;
/// risk-science.md §4.1: added on non-interactive sign-ins.
constexpr double kNonInteractiveBits = 1;
/// No figure is published; as much as for a missing person.
constexpr double kHintBits = 1;

/// Discount, strength and novelty floor of a level (risk-science.md §2.2). Address and prefix share the floor 0.2 of the
/// one address level that the limits were measured with (§2.6): a complete miss of the chain still costs 3 × 2.3 bits.
struct LevelParameters {
    double d, a, beta;
};
constexpr std::array<LevelParameters, kChainLevelCount> kParameters{{
    {0.6, 1.0, 0.4472135955},  // address
    {0.5, 0.7, 0.4472135955},  // prefix
    {0.4, 0.5, 0.2},           // asn
    {0.3, 0.2, 0.2},           // country
    {0.7, 0.7, 0.2},           // userAgent
    {0.6, 0.6, 0.2},           // browser
    {0.3, 0.3, 0.2},           // os
    {0.2, 0.2, 0.2},           // deviceType
}};

constexpr std::size_t first_slot(Level level) {
    std::size_t first = 0;
    for (std::size_t i = 0; i < at(level); ++i) first += kSlots[i];
    return first;
}
static_assert(first_slot(Level::deviceId) + kSlots[at(Level::deviceId)] == kSlotCount);

bool is_forgotten(const Slot& slot, std::uint16_t today) { return slot.count <= 0 || today > slot.day + kForgottenDays; }

const Slot* remembered(const FamiliarityProfile& profile, const Features& features, Level level) {
    const auto value = features.value[at(level)];
    if (!value) return nullptr;
    for (const auto& slot : profile.slots_of(level)) {
        if (slot.hash == *value && !is_forgotten(slot, features.day)) return &slot;
    }
    return nullptr;
}

/// A free slot, or the one with the least weight.
Slot& slot_for_new(std::span<Slot> slots, std::uint16_t today) {
    const auto weight = [&](const Slot& slot) { return is_forgotten(slot, today) ? -1 : decayed(slot.count, slot.day, today); };
    return *std::ranges::min_element(slots, {}, weight);
}

void learn_value(FamiliarityProfile& profile, Level level, std::uint32_t hash, std::uint16_t today) {
    const auto slots = profile.slots_of(level);
    const auto known = std::ranges::find_if(
        slots, [&](const Slot& slot) { return slot.hash == hash && !is_forgotten(slot, today); });
    if (known != slots.end()) {
        known->count = decayed(known->count, known->day, today) + 1;
        known->day   = std::max(known->day, today);
        return;
    }
    slot_for_new(slots, today) = {hash, 1, today};
    profile.distinct[at(level)] += 1;
}

bool is_country_only(const Place& place) { return place.city.empty(); }

Landmark new_landmark(const Place& place) {
    Landmark landmark{.latitude        = static_cast<float>(place.latitude),
                      .longitude       = static_cast<float>(place.longitude),
                      .radius_km       = static_cast<float>(place.accuracy_km),
                      .is_country_only = is_country_only(place)};
    if (place.country.size() == 2) landmark.country = {place.country[0], place.country[1]};
    return landmark;
}

void learn_place(FamiliarityProfile& profile, const SignInSignals& sign_in, const Features& features) {
    if (!shows_whereabouts(sign_in)) return;
    const auto& place = *sign_in.network.place;
    const auto* known = landmark_at(profile, place);
    auto* landmark    = known ? &profile.landmarks[static_cast<std::size_t>(known - profile.landmarks.data())]
                              : &*std::ranges::min_element(profile.landmarks, {}, &Landmark::last_seen);
    if (!known) *landmark = new_landmark(place);

    landmark->count     = decayed(landmark->count, day_of(landmark->last_seen), features.day) + 1;
    landmark->last_seen = std::max(landmark->last_seen, sign_in.when);
    landmark->network   = features.value[at(Level::asn)].value_or(0);
    landmark->device    = features.value[at(Level::deviceId)].value_or(0);
}

/// The numbers of one level that the recursion needs.
struct Counts {
    double n;         // the user's decayed sign-ins
    double c;         // those with this value
    double distinct;  // K_l
    double share;     // g_l
};

/// One step of the recursion of risk-science.md §2.2:
/// r_l = max(c_l - d_l, 0) / ((n + a_l) * g_l)  +  max((a_l + d_l*K_l) / (n + a_l), beta) * r_{l+1}
double backed_off(const LevelParameters& p, const Counts& counts, double coarser) {
    const double own     = std::max(counts.c - p.d, 0.0) / ((counts.n + p.a) * counts.share);
    const double novelty = std::max((p.a + p.d * counts.distinct) / (counts.n + p.a), p.beta);
    return own + std::min(novelty, 1.0) * coarser;
}

struct Scorer {
    const FamiliarityProfile& profile;
    const PopulationShares& everybody;
    const Features& features;
    double n;
    Score& score;

    /// Walks a chain from its coarsest level to its finest. `weight`: 2 where this chain stands for both.
    void chain(Level finest, Level coarsest, double weight) {
        double r = 1;
        for (std::size_t l = at(coarsest) + 1; l-- > at(finest);) {
            auto& term = score.terms[l];
            if (!features.value[l]) continue;  // unknown: neither familiar nor new
            const auto level   = static_cast<Level>(l);
            const auto* slot   = remembered(profile, features, level);
            const double c     = slot ? decayed(slot->count, slot->day, features.day) : 0;
            const double k     = decayed(profile.distinct[l], profile.day, features.day);
            const double share = everybody.share(features, level);

            const double finer = backed_off(kParameters[l], {n, c, k, share}, r);
            term               = {true, weight * std::log2(r / finer), static_cast<float>(c),
                                  static_cast<float>(n > 0 ? std::min(c / n, 1.0) : 0), static_cast<float>(share)};
            r                  = finer;
        }
    }

    void add(Term term, double bits) { score.terms[static_cast<std::size_t>(term)] = {.is_known = true, .bits = bits}; }
};

}  // namespace

std::span<const Slot> FamiliarityProfile::slots_of(Level level) const {
    return std::span(slots).subspan(first_slot(level), kSlots[at(level)]);
}
std::span<Slot> FamiliarityProfile::slots_of(Level level) {
    return std::span(slots).subspan(first_slot(level), kSlots[at(level)]);
}

std::string_view to_string(Term term) {
    static constexpr std::array<std::string_view, kTermCount> kNames{
        "address", "prefix",     "asn",      "country",        "userAgent",    "browser",
        "os",      "deviceType", "activity", "nonInteractive", "hintDisagrees"};
    return term_name(kNames, term);
}

bool is_learning(const FamiliarityProfile& profile, Instant when, const Learning& limits) {
    return profile.sign_ins == 0 || when - profile.last_seen > limits.absence_max ||
           when - profile.learning_since < limits.time_min ||
           profile.learned < static_cast<std::uint32_t>(limits.sign_ins_min);
}

bool is_learning_travel(const FamiliarityProfile& profile, Instant when, const Learning& limits) {
    if (profile.sign_ins == 0) return true;
    return when - profile.learning_since < limits.travel_time_min &&
           profile.learned < static_cast<std::uint32_t>(limits.travel_sign_ins_min);
}

FamiliarityProfile train(FamiliarityProfile profile, const SignInSignals& sign_in, const Features& features,
                         const Learning& limits) {
    if (profile.sign_ins == 0) {
        profile.first_seen = profile.learning_since = profile.last_seen = sign_in.when;
    } else if (sign_in.when - profile.last_seen > limits.absence_max) {
        profile = relearn(profile, sign_in.when);
    }
    for (auto& distinct : profile.distinct) distinct = decayed(distinct, profile.day, features.day);
    profile.total     = decayed(profile.total, profile.day, features.day) + 1;
    profile.day       = std::max(profile.day, features.day);
    profile.last_seen = std::max(profile.last_seen, sign_in.when);
    profile.sign_ins += 1;
    profile.learned += 1;

    for (std::size_t level = 0; level < kLevelCount; ++level) {
        if (features.value[level]) learn_value(profile, static_cast<Level>(level), *features.value[level], features.day);
    }
    learn_place(profile, sign_in, features);
    return profile;
}

FamiliarityProfile relearn(FamiliarityProfile profile, Instant from) {
    profile.learning_since = from;
    profile.learned        = 0;
    return profile;
}

bool is_remembered(const FamiliarityProfile& profile, const Features& features, Level level) {
    return remembered(profile, features, level) != nullptr;
}

bool shows_whereabouts(const SignInSignals& sign_in) {
    const auto& network = sign_in.network;
    return network.place && network.place->has_coordinates() && !hides_origin(network.anonymizer) && !network.is_satellite && !network.is_anycast &&
           network.named_trust == NamedTrust::untrusted;
}

const Landmark* landmark_at(const FamiliarityProfile& profile, const Place& place) {
    for (const auto& landmark : profile.landmarks) {
        if (landmark.count <= 0) continue;
        const auto country = std::string_view(landmark.country.data(), landmark.country.size());
        if (landmark.is_country_only != is_country_only(place)) continue;
        if (landmark.is_country_only ? country == place.country
                                     : great_circle_km({landmark.latitude, landmark.longitude},
                                                       {place.latitude, place.longitude}) <= kSamePlaceKm)
            return &landmark;
    }
    return nullptr;
}

double share_of(const FamiliarityProfile& profile, const Landmark& landmark, std::uint16_t today) {
    const double n = decayed(profile.total, profile.day, today);
    if (n <= 0) return 0;
    return std::min(1.0, decayed(landmark.count, day_of(landmark.last_seen), today) / n);
}

Score score(const FamiliarityProfile& profile, const PopulationShares& everybody, const SignInSignals& sign_in,
            const Features& features) {
    Score score;
    score.user_sign_ins   = decayed(profile.total, profile.day, features.day);
    score.is_known_device = is_remembered(profile, features, Level::deviceId);
    score.is_legacy       = sign_in.is_legacy();

    Scorer scorer{profile, everybody, features, score.user_sign_ins, score};
    // risk-science.md §4.1: legacy protocols carry no client features; the network chain counts twice.
    scorer.chain(Level::address, Level::country, score.is_legacy ? 2 : 1);
    if (!score.is_legacy) scorer.chain(Level::userAgent, Level::deviceType, 1);

    const double usual = everybody.sign_ins_per_user(features.day);
    scorer.add(Term::activity, std::clamp(std::log2(usual / std::max(score.user_sign_ins, 1e-3)), -kActivityBitsMax,
                                          kActivityBitsMax));
    if (sign_in.interactivity == Interactivity::nonInteractive) scorer.add(Term::nonInteractive, kNonInteractiveBits);
    if (sign_in.client.hint_disagrees) scorer.add(Term::hintDisagrees, kHintBits);

    for (const auto& term : score.terms) score.bits += term.bits;
    return score;
}

}  // namespace portcullis::signals
