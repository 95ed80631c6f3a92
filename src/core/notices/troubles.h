#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "core/notices/notices.h"

/// What those who run the product are told of before it hurts. Source: credentials.md §17 ("key rollover due").
namespace portcullis::notices {

/// A master key is due to be replaced after this long.
inline constexpr Duration kMasterKeyLives = std::chrono::days{365};
/// A way out is down when nothing has gone through for this long.
inline constexpr Duration kDownAfter = std::chrono::minutes{10};
/// FIDO metadata is missed when none was taken for this long. It is looked for once a day, and a new one comes once a month.
inline constexpr Duration kMetadataMissedAfter = std::chrono::days{2};

/// A way out for messages that has refused everything since.
struct ClosedWay {
    std::string channel;
    Instant since;
};
/// Data that detections work with and that is older than it may be, or not there at all (nothing).
struct StaleSet {
    std::string name;
    std::optional<Instant> as_of;
};
/// FIDO metadata that was fetched and not taken, or that could not be fetched or checked. What was held is used on.
struct UntakenMetadata {
    std::string because;
    Instant since;
    bool is_refused = false;  // it came, and something is wrong with it: told at once
};
/// What runs, as far as it can be due, old or broken. What is not known is left out and told of by nobody.
struct Operation {
    std::optional<Instant> certificate_ends;   // of the server
    std::optional<Instant> master_key_since;
    std::vector<ClosedWay> closed_ways;
    std::vector<StaleSet> stale_sets;
    std::optional<UntakenMetadata> metadata = {};
    std::vector<std::string> signing_algs;     // that every tenant has keys of
};
/// A tenant's signing key.
struct KeyLife {
    std::string alg;
    Instant retires_at;
};

/// One thing to tell of.
struct Trouble {
    Notice notice = Notice::keysDue;
    std::string mark;     // tells it from every other, and from itself at another stage
    Duration again;       // told again after this long, while it lasts
    std::string text;     // key of its sentence in web/mail
    std::string what;     // `{what}`: an algorithm, a channel, a list
    std::optional<Instant> date;  // `{date}`
};

/// Everything that is to be told of at `now`, whatever was told before. A way out that is down is not told by mail when it is mail.
std::vector<Trouble> troubles_of(const Operation& operation, std::span<const KeyLife> keys, Instant now);

}  // namespace portcullis::notices
