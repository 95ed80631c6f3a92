#include "wire/profile_codec.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>
#include <type_traits>

namespace portcullis::wire {
namespace {

using namespace signals;

constexpr std::uint8_t kProfileVersion = 1, kSharesVersion = 1;
/// More values than any table of a population may hold.
constexpr std::uint32_t kTableMost = 1 << 14;

class Writer {
public:
    template <class Number>
    void put(Number number) {
        if constexpr (std::is_same_v<Number, float>) {
            put(std::bit_cast<std::uint32_t>(number));
        } else {
            const auto bits = static_cast<std::make_unsigned_t<Number>>(number);
            for (std::size_t i = 0; i < sizeof bits; ++i) bytes_ += static_cast<char>(bits >> (8 * i) & 0xff);
        }
    }
    void put(Instant when) { put(unix_ms(when)); }
    void put(const Tally& tally) { put(tally.hash), put(tally.count), put(tally.day); }
    std::string take() { return std::move(bytes_); }

private:
    std::string bytes_;
};

/// Reads back; after the first thing that does not fit everything is zero and `ok` is false.
class Cursor {
public:
    explicit Cursor(std::string_view bytes) : bytes_(bytes) {}

    template <class Number>
    Number take() {
        if constexpr (std::is_same_v<Number, float>) {
            return std::bit_cast<float>(take<std::uint32_t>());
        } else {
            std::make_unsigned_t<Number> bits = 0;
            if (bytes_.size() < sizeof bits) return static_cast<Number>(fail());
            for (std::size_t i = sizeof bits; i-- > 0;)
                bits = static_cast<decltype(bits)>((std::uint64_t{bits} << 8) | static_cast<std::uint8_t>(bytes_[i]));
            bytes_.remove_prefix(sizeof bits);
            return static_cast<Number>(bits);
        }
    }
    /// A count: finite and not negative.
    float count() {
        const float value = take<float>();
        if (!(value >= 0) || !std::isfinite(value)) fail();
        return value;
    }
    float within(float least, float most) {
        const float value = take<float>();
        if (!(value >= least && value <= most)) fail();
        return value;
    }
    Instant instant() { return from_unix_ms(take<std::int64_t>()); }
    Tally tally() {
        Tally tally;
        tally.hash  = take<std::uint32_t>();
        tally.count = count();
        tally.day   = take<std::uint16_t>();
        return tally;
    }
    /// How many follow, at most `most`.
    std::uint32_t size(std::uint32_t most) {
        const auto n = take<std::uint32_t>();
        return n <= most ? n : static_cast<std::uint32_t>(fail());
    }
    int fail() {
        ok_    = false;
        bytes_ = {};
        return 0;
    }
    [[nodiscard]] bool is_whole() const { return ok_ && bytes_.empty(); }
    [[nodiscard]] bool ok() const { return ok_; }

private:
    std::string_view bytes_;
    bool ok_ = true;
};

bool is_used(const Tally& slot) { return slot.count > 0; }

void put(Writer& w, const Landmark& landmark) {
    w.put(landmark.last_seen);
    w.put(landmark.latitude), w.put(landmark.longitude), w.put(landmark.radius_km), w.put(landmark.count);
    w.put(landmark.network), w.put(landmark.device);
    w.put(static_cast<std::uint8_t>(landmark.country[0])), w.put(static_cast<std::uint8_t>(landmark.country[1]));
    w.put(static_cast<std::uint8_t>(landmark.is_country_only ? 1 : 0));
}

Landmark take_landmark(Cursor& c) {
    Landmark landmark;
    landmark.last_seen       = c.instant();
    landmark.latitude        = c.within(-90, 90);
    landmark.longitude       = c.within(-180, 180);
    landmark.radius_km       = c.within(0, 25'000);
    landmark.count           = c.count();
    landmark.network         = c.take<std::uint32_t>();
    landmark.device          = c.take<std::uint32_t>();
    landmark.country         = {static_cast<char>(c.take<std::uint8_t>()), static_cast<char>(c.take<std::uint8_t>())};
    const auto flag          = c.take<std::uint8_t>();
    landmark.is_country_only = flag == 1;
    if (flag > 1) c.fail();
    return landmark;
}

void take_slots(Cursor& c, FamiliarityProfile& profile) {
    for (std::size_t level = 0; level < kLevelCount; ++level) {
        const auto slots = profile.slots_of(static_cast<Level>(level));
        const auto used  = c.take<std::uint8_t>();
        if (used > slots.size()) c.fail();
        for (std::size_t i = 0; c.ok() && i < used; ++i) slots[i] = c.tally();
    }
}

void put(Writer& w, const std::vector<Visitors>& networks) {
    w.put(static_cast<std::uint32_t>(networks.size()));
    for (const auto& network : networks) {
        w.put(network.network);
        for (const auto& visitor : network.visitors) w.put(visitor.user), w.put(visitor.day);
    }
}

std::vector<Visitors> take_networks(Cursor& c) {
    std::vector<Visitors> networks;
    const auto size = c.size(kTableMost);
    for (std::uint32_t i = 0; c.ok() && i < size; ++i) {
        Visitors network;
        network.network = c.take<std::uint32_t>();
        for (auto& visitor : network.visitors) {
            visitor.user = c.take<std::uint32_t>();
            visitor.day  = c.take<std::uint16_t>();
        }
        if (!networks.empty() && networks.back().network >= network.network) c.fail();
        networks.push_back(network);
    }
    return networks;
}

void put(Writer& w, const Tallies& tallies) {
    w.put(tallies.dropped);
    w.put(static_cast<std::uint32_t>(tallies.entries.size()));
    for (const auto& entry : tallies.entries) w.put(entry);
}

Tallies take_tallies(Cursor& c) {
    Tallies tallies;
    tallies.dropped = c.count();
    const auto size = c.size(kTableMost);
    for (std::uint32_t i = 0; c.ok() && i < size; ++i) {
        const auto entry = c.tally();
        // Look-ups rely on the order.
        if (!tallies.entries.empty() && tallies.entries.back().hash >= entry.hash) c.fail();
        tallies.entries.push_back(entry);
    }
    return tallies;
}

}  // namespace

std::string encode_profile(const FamiliarityProfile& profile) {
    Writer w;
    w.put(kProfileVersion);
    w.put(profile.first_seen), w.put(profile.last_seen), w.put(profile.learning_since);
    w.put(profile.sign_ins), w.put(profile.learned), w.put(profile.total), w.put(profile.day);
    for (const float distinct : profile.distinct) w.put(distinct);

    for (std::size_t level = 0; level < kLevelCount; ++level) {
        const auto slots = profile.slots_of(static_cast<Level>(level));
        w.put(static_cast<std::uint8_t>(std::ranges::count_if(slots, is_used)));
        for (const auto& slot : slots) {
            if (is_used(slot)) w.put(slot);
        }
    }
    const auto is_landmark = [](const Landmark& landmark) { return landmark.count > 0; };
    w.put(static_cast<std::uint8_t>(std::ranges::count_if(profile.landmarks, is_landmark)));
    for (const auto& landmark : profile.landmarks) {
        if (is_landmark(landmark)) put(w, landmark);
    }
    return w.take();
}

Result<FamiliarityProfile> decode_profile(std::string_view bytes) {
    Cursor c(bytes);
    FamiliarityProfile profile;
    if (c.take<std::uint8_t>() != kProfileVersion) c.fail();
    profile.first_seen     = c.instant();
    profile.last_seen      = c.instant();
    profile.learning_since = c.instant();
    profile.sign_ins       = c.take<std::uint32_t>();
    profile.learned        = c.take<std::uint32_t>();
    profile.total          = c.count();
    profile.day            = c.take<std::uint16_t>();
    for (auto& distinct : profile.distinct) distinct = c.count();
    take_slots(c, profile);
    const auto places = c.take<std::uint8_t>();
    if (places > kLandmarkCount) c.fail();
    for (std::size_t i = 0; c.ok() && i < places; ++i) profile.landmarks[i] = take_landmark(c);

    if (!c.is_whole()) return Error{ErrorCode::unavailable, "a stored familiarity profile is broken"};
    return profile;
}

std::string encode_shares(const PopulationShares& shares) {
    Writer w;
    w.put(kSharesVersion);
    w.put(shares.sign_ins), w.put(shares.users_inverse), w.put(shares.day);
    for (const auto& tallies : shares.tallies) put(w, tallies);
    put(w, shares.prefix_visitors), put(w, shares.asn_visitors);
    return w.take();
}

Result<PopulationShares> decode_shares(std::string_view bytes) {
    Cursor c(bytes);
    PopulationShares shares;
    if (c.take<std::uint8_t>() != kSharesVersion) c.fail();
    shares.sign_ins      = c.count();
    shares.users_inverse = c.count();
    shares.day           = c.take<std::uint16_t>();
    for (auto& tallies : shares.tallies) tallies = take_tallies(c);
    shares.prefix_visitors = take_networks(c);
    shares.asn_visitors    = take_networks(c);

    if (!c.is_whole()) return Error{ErrorCode::unavailable, "stored population shares are broken"};
    return shares;
}

}  // namespace portcullis::wire
