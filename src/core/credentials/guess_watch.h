#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.h"

/// Guessing across accounts, which no account's own counter can see: one source or one password that fails at many of them
/// (protocols.md PROTO-806, id-protection.md DET-09).
namespace portcullis::credentials {

/// What failed attempts are grouped by.
enum class GuessSource : std::uint8_t {
    address,   // IPv4, or an IPv6 /64
    network,   // IPv4 /24, or an IPv6 /48
    asn,
    password,  // a keyed hash of what was typed
};
inline constexpr std::size_t kGuessSources = 4;
std::string_view to_string(GuessSource source);
std::optional<GuessSource> parse_guess_source(std::string_view text);

/// One attempt. All values are hashes under a key that outsiders do not have, so nobody can aim at a collision.
struct GuessAttempt {
    std::array<std::optional<std::uint64_t>, kGuessSources> keys{};  // by GuessSource; nothing: not known
    std::uint64_t account = 0;                                       // also of a name that nobody has
    Instant now{};
};

/// At how many different accounts a source may fail within the window before it is taken for a campaign, and how many sources
/// are remembered. An operator and a password are shared by many honest people: they never stop anybody, they make what
/// succeeds suspicious.
struct GuessRules {
    Duration window = std::chrono::minutes{10};
    std::array<std::size_t, kGuessSources> accounts{20, 40, 400, 20};
    std::array<std::size_t, kGuessSources> remembered{16384, 8192, 512, 16384};
};

/// A source at its limit.
struct GuessCampaign {
    GuessSource source   = GuessSource::address;
    std::size_t accounts = 0;  // within the window, at least
    Instant over_at{};         // when the window empties, if nothing more fails
};

/// The failures of one window, in bounded memory: of each source the latest accounts, of all sources the latest ones.
/// Not thread-safe. It is of this process: each node watches what passes through it, and a restart forgets.
class GuessWatch {
public:
    explicit GuessWatch(GuessRules rules = {}) : rules_(rules) {}

    /// Counts an attempt that failed or was not looked at.
    void failed(const GuessAttempt& attempt);
    /// The source of this attempt that may not go on (address or network), the one that lasts longest.
    [[nodiscard]] std::optional<GuessCampaign> stops(const GuessAttempt& attempt) const;
    /// Any source of this attempt that is at its limit; in the order password, address, network, operator.
    [[nodiscard]] std::optional<GuessCampaign> campaign(const GuessAttempt& attempt) const;

    [[nodiscard]] std::size_t remembered(GuessSource source) const { return groups_[static_cast<std::size_t>(source)].newest_first.size(); }

private:
    struct Seen {
        std::uint64_t account;
        Instant at;
    };
    struct Source {
        std::uint64_t key;
        std::vector<Seen> accounts;  // oldest first, each once
    };
    struct Group {
        std::list<Source> newest_first;
        std::unordered_map<std::uint64_t, std::list<Source>::iterator> by_key;
    };

    Source& touch(GuessSource source, std::uint64_t key);
    [[nodiscard]] std::optional<GuessCampaign> at_limit(GuessSource source, const GuessAttempt& attempt) const;

    GuessRules rules_;
    std::array<Group, kGuessSources> groups_;
};

}  // namespace portcullis::credentials
