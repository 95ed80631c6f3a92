#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"
#include "core/signals/siphash.h"
#include "core/signals/signals.h"

/// What is usual for everybody in a tenant, and what a sign-in shows in a form that can be counted.
/// Source: risk-science.md §2.1, §2.4.
namespace portcullis::signals {

/// The levels of the two chains, fine to coarse, and the device. Their order is that of stored profiles.
enum class Level : std::uint8_t { address, prefix, asn, country, userAgent, browser, os, deviceType, deviceId };
inline constexpr std::size_t kLevelCount      = 9;
inline constexpr std::size_t kChainLevelCount = 8;  // without deviceId
std::string_view to_string(Level level);

constexpr std::size_t at(Level level) { return static_cast<std::size_t>(level); }

/// Days since 1970, UTC.
std::uint16_t day_of(Instant when);

/// What remains of a count after so many days: 2^(-days/90) (risk-science.md §2.3).
float decayed(float count, std::uint16_t from_day, std::uint16_t to_day);

/// A sign-in as keyed hashes, computed once and used by scoring, training, travel and the population.
struct Features {
    std::array<std::optional<std::uint32_t>, kLevelCount> value;  // nothing: unknown
    std::array<float, kChainLevelCount> prior{};                  // its share among everybody before anything was counted
    std::uint32_t user  = 0;
    std::uint16_t day   = 0;
};

/// A user agent that is not sent is a value like any other: the client chose not to send it. Networks of unknown AS or
/// country are unknown: that is our data's fault.
Features features_of(const SignInSignals& sign_in, const HashKey& key);

/// One counted value.
struct Tally {
    std::uint32_t hash = 0;
    float count        = 0;
    std::uint16_t day  = 0;

    bool operator==(const Tally&) const = default;
};

/// Exponentially decayed counts of the commonest values, at most `capacity`; sorted by hash.
struct Tallies {
    std::vector<Tally> entries;
    float dropped = 0;  // the largest count that was dropped for want of space: a bound for every absent value

    bool operator==(const Tallies&) const = default;
};

/// The users last seen in one network: enough to say "three others".
struct Visitors {
    struct Visitor {
        std::uint32_t user = 0;
        std::uint16_t day  = 0;
        bool operator==(const Visitor&) const = default;
    };
    static constexpr std::size_t kMost = 4;

    std::uint32_t network = 0;
    std::array<Visitor, kMost> visitors{};  // day 0: empty

    bool operator==(const Visitors&) const = default;
};

/// What is usual in a tenant: an immutable snapshot to detectors; a job copies it, observes what is new and publishes the
/// copy. Bounded: about 300 KB for a large tenant, nothing for a new one.
struct PopulationShares {
    /// Under this many sign-ins the shipped prior fills in for what is not yet counted (risk-science.md §2.4).
    static constexpr double kPriorSignIns = 1000;

    float sign_ins      = 0;  // decayed
    float users_inverse = 0;  // decayed sum of 1/n over sign-ins: the number of users
    std::uint16_t day   = 0;
    std::array<Tallies, kChainLevelCount> tallies;  // `address` stays empty: an address is as common as its prefix at most
    std::vector<Visitors> prefix_visitors, asn_visitors;  // sorted by network

    /// Counts one successful sign-in of a user whose profile, this sign-in included, holds `user_sign_ins`.
    void observe(const Features& features, float user_sign_ins);

    /// (C + 0.5) / (N + 1), the prior standing for the sign-ins under kPriorSignIns. Never 0.
    [[nodiscard]] double share(const Features& features, Level level) const;
    /// N / U of the prior term.
    [[nodiscard]] double sign_ins_per_user(std::uint16_t today) const;
    /// How many *other* users were in this network (`prefix` or `asn`) in the last 30 days; at most 4.
    [[nodiscard]] int others_in(const Features& features, Level network) const;

    bool operator==(const PopulationShares&) const = default;
};

}  // namespace portcullis::signals
