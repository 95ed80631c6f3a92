#include "core/notices/troubles.h"

#include <fmt/format.h>

#include <algorithm>

namespace portcullis::notices {
namespace {

using namespace std::chrono_literals;

constexpr Duration kDaily  = 24h;
constexpr Duration kWeekly = 24h * 7;
constexpr Duration kOnce   = Duration::max();
/// The job that replaces keys may come this much late.
constexpr Duration kRotationSlack = 2h;

/// 30, 7 and 1 days before the end of a certificate, each once; then, when it is over, every day.
std::optional<Trouble> of_certificate(std::optional<Instant> ends, Instant now) {
    if (!ends) return std::nullopt;
    const auto left = *ends - now;
    const auto mark = [&](int days) { return fmt::format("certificate|{}|{}", days, unix_seconds(*ends)); };
    if (left <= 0ms) return Trouble{Notice::keysDue, mark(0), kDaily, "trouble.certificate_over", {}, ends};
    for (const int days : {1, 7, 30}) {
        if (left <= std::chrono::days{days}) return Trouble{Notice::keysDue, mark(days), kOnce, "trouble.certificate", {}, ends};
    }
    return std::nullopt;
}

/// The newest key of an algorithm has done its time and none has taken its place.
std::optional<Trouble> of_signing_key(const std::string& alg, std::span<const KeyLife> keys, Instant now) {
    std::optional<Instant> retires;
    for (const auto& key : keys) {
        if (key.alg == alg) retires = std::max(retires.value_or(key.retires_at), key.retires_at);
    }
    if (retires && now < *retires + kRotationSlack) return std::nullopt;
    return Trouble{Notice::keysDue, "signingKey|" + alg, kDaily, retires ? "trouble.signing_key" : "trouble.signing_key_none", alg, retires};
}

std::optional<Trouble> of_master_key(std::optional<Instant> since, Instant now) {
    if (!since || now < *since + kMasterKeyLives) return std::nullopt;
    return Trouble{Notice::keysDue, "masterKey", kWeekly, "trouble.master_key", {}, since};
}

std::optional<Trouble> of_way(const ClosedWay& way, Instant now) {
    if (way.channel == "email" || now < way.since + kDownAfter) return std::nullopt;
    return Trouble{Notice::messengerDown, "messenger|" + way.channel, kDaily, "trouble.messenger", way.channel, way.since};
}

Trouble of_set(const StaleSet& set) {
    return {Notice::dataSetsStale, "dataSet|" + set.name, kWeekly, set.as_of ? "trouble.data_set" : "trouble.data_set_none", set.name, set.as_of};
}

/// Another reason is told anew: a service out of reach may come back with a certificate that was revoked.
std::optional<Trouble> of_metadata(const std::optional<UntakenMetadata>& metadata, Instant now) {
    if (!metadata || (!metadata->is_refused && now < metadata->since + kMetadataMissedAfter)) return std::nullopt;
    const auto* mark = metadata->is_refused ? "passkeyMetadata|refused" : "passkeyMetadata|missed";
    return Trouble{Notice::metadataUntaken, mark, kWeekly, "trouble.passkey_metadata", metadata->because, metadata->since};
}

}  // namespace

std::vector<Trouble> troubles_of(const Operation& operation, std::span<const KeyLife> keys, Instant now) {
    std::vector<Trouble> troubles;
    const auto add = [&](std::optional<Trouble> trouble) {
        if (trouble) troubles.push_back(std::move(*trouble));
    };
    add(of_certificate(operation.certificate_ends, now));
    for (const auto& alg : operation.signing_algs) add(of_signing_key(alg, keys, now));
    add(of_master_key(operation.master_key_since, now));
    for (const auto& way : operation.closed_ways) add(of_way(way, now));
    for (const auto& set : operation.stale_sets) add(of_set(set));
    add(of_metadata(operation.metadata, now));
    return troubles;
}

}  // namespace portcullis::notices
