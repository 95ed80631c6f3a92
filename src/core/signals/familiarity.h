#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/time.h"
#include "core/signals/population.h"
#include "core/signals/signals.h"

/// How usual a sign-in is for its user: Pitman–Yor back-off over a network chain and a client chain.
/// Source: risk-science.md §2. Nothing here allocates; everything is O(1).
namespace portcullis::signals {

/// A value the user has shown.
using Slot = Tally;

/// Slots a level has (risk-science.md §2.3); the least weight goes first.
inline constexpr std::array<std::uint8_t, kLevelCount> kSlots{12, 8, 6, 4, 8, 4, 4, 3, 6};
inline constexpr std::size_t kSlotCount = 55;

/// A place the user signed in from.
struct Landmark {
    Instant last_seen{};  // count 0: no landmark
    float latitude = 0, longitude = 0;
    float radius_km        = 0;
    float count            = 0;  // decayed to last_seen's day
    std::uint32_t network  = 0;  // hashes of the AS and of the device cookie; 0: unknown
    std::uint32_t device   = 0;
    std::array<char, 2> country{};
    bool is_country_only   = false;

    bool operator==(const Landmark&) const = default;
};
inline constexpr std::size_t kLandmarkCount = 8;

/// All that is remembered of a user's sign-ins: one row, under 1 KB when stored (wire/profile_codec.h).
/// Only allowed sign-ins without active risk train it; a challenged one trains after it passed.
struct FamiliarityProfile {
    Instant first_seen{}, last_seen{};
    Instant learning_since{};       // first sign-in, confirm-user-safe, or the return after a long absence
    std::uint32_t sign_ins = 0;   // ever
    std::uint32_t learned  = 0;   // since learning_since
    float total            = 0;   // decayed sign-ins, to `day`
    std::uint16_t day      = 0;
    std::array<float, kLevelCount> distinct{};  // K_l: decayed number of values ever new, to `day`
    std::array<Slot, kSlotCount> slots{};       // level by level, count 0: free
    std::array<Landmark, kLandmarkCount> landmarks{};

    [[nodiscard]] std::span<const Slot> slots_of(Level level) const;
    [[nodiscard]] std::span<Slot> slots_of(Level level);
    bool operator==(const FamiliarityProfile&) const = default;
};

/// Learning mode (id-protection.md §2.5 DET-02 and risk-science.md §2.5, the stricter of each): until 5 days *and*
/// 10 sign-ins have passed; again after 45 days without a sign-in and after an administrator confirmed the user safe.
struct Learning {
    Duration time_min    = std::chrono::days{5};
    int sign_ins_min     = 10;
    Duration absence_max = std::chrono::days{45};
    /// Atypical travel waits less: the *earlier* of 14 days or 10 sign-ins (DET-03).
    Duration travel_time_min = std::chrono::days{14};
    int travel_sign_ins_min  = 10;
};
bool is_learning(const FamiliarityProfile& profile, Instant when, const Learning& limits);
bool is_learning_travel(const FamiliarityProfile& profile, Instant when, const Learning& limits);

/// The profile after this sign-in.
FamiliarityProfile train(FamiliarityProfile profile, const SignInSignals& sign_in, const Features& features,
                         const Learning& limits = {});

/// The profile that starts learning again (confirm-user-safe, E18). What it knows stays.
FamiliarityProfile relearn(FamiliarityProfile profile, Instant from);

/// What a score is the sum of: the eight chain levels, then what does not depend on values.
enum class Term : std::uint8_t {
    address, prefix, asn, country, userAgent, browser, os, deviceType,
    activity,        // how often this user signs in, against everybody
    nonInteractive,  // a replayed token is likelier without a person (risk-science.md §4.1)
    hintDisagrees,   // header and client hint name different platforms
};
inline constexpr std::size_t kTermCount = 11;
std::string_view to_string(Term term);

/// What one term adds.
struct Contribution {
    bool is_known       = false;  // unknown or not applicable terms add nothing
    double bits         = 0;      // positive: less like the user
    float user_count    = 0;      // decayed sign-ins of the user that showed this value
    float user_share    = 0;      // of their sign-ins
    float everyone      = 0;      // share among everybody
};

/// How unlike the user a sign-in is, in bits. INVARIANT: `bits` is the sum of the terms, in order.
struct Score {
    double bits = 0;
    std::array<Contribution, kTermCount> terms{};
    double user_sign_ins = 0;  // decayed
    bool is_known_device = false;
    bool is_legacy       = false;

    [[nodiscard]] const Contribution& operator[](Term term) const { return terms[static_cast<std::size_t>(term)]; }
};

/// Whether this value of the level is remembered, that is, was shown in the last 180 days (risk-science.md §2.3).
bool is_remembered(const FamiliarityProfile& profile, const Features& features, Level level);
/// Whether a sign-in says where the person is: located, and not through an anonymiser, a satellite, an anycast address or a
/// trusted network. Only such sign-ins leave landmarks (risk-science.md §4.3).
bool shows_whereabouts(const SignInSignals& sign_in);
/// The landmark that `place` is: within 50 km, or the same country where only countries are known. Null: none.
const Landmark* landmark_at(const FamiliarityProfile& profile, const Place& place);
/// The share of the user's sign-ins that came from a landmark, 0 to 1.
double share_of(const FamiliarityProfile& profile, const Landmark& landmark, std::uint16_t today);

/// Scores a sign-in of a user who has signed in before. Meaningless while is_learning, which callers ask first.
Score score(const FamiliarityProfile& profile, const PopulationShares& everybody, const SignInSignals& sign_in,
            const Features& features);

}  // namespace portcullis::signals
