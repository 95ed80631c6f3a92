#include "core/credentials/guess_watch.h"

#include <algorithm>

#include "core/terms/term_table.h"

namespace portcullis::credentials {
namespace {

constexpr std::array<GuessSource, kGuessSources> kAll{GuessSource::address, GuessSource::network, GuessSource::asn, GuessSource::password};
constexpr std::array<std::string_view, kGuessSources> kNames{"address", "network", "asn", "password"};

constexpr std::size_t at(GuessSource source) { return static_cast<std::size_t>(source); }

}  // namespace

std::string_view to_string(GuessSource source) { return term_name(kNames, source); }
std::optional<GuessSource> parse_guess_source(std::string_view text) { return term_named<GuessSource>(kNames, text); }

GuessWatch::Source& GuessWatch::touch(GuessSource source, std::uint64_t key) {
    auto& group = groups_[at(source)];
    if (const auto found = group.by_key.find(key); found != group.by_key.end()) {
        group.newest_first.splice(group.newest_first.begin(), group.newest_first, found->second);
        return *found->second;
    }
    if (group.newest_first.size() >= rules_.remembered[at(source)]) {
        group.by_key.erase(group.newest_first.back().key);
        group.newest_first.pop_back();
    }
    group.newest_first.push_front({key, {}});
    group.by_key.emplace(key, group.newest_first.begin());
    return group.newest_first.front();
}

void GuessWatch::failed(const GuessAttempt& attempt) {
    for (const auto source : kAll) {
        const auto key = attempt.keys[at(source)];
        if (!key) continue;
        auto& accounts = touch(source, *key).accounts;
        std::erase_if(accounts, [&](const Seen& seen) { return seen.account == attempt.account || seen.at + rules_.window <= attempt.now; });
        accounts.push_back({attempt.account, attempt.now});
        if (accounts.size() > rules_.accounts[at(source)]) accounts.erase(accounts.begin());
    }
}

std::optional<GuessCampaign> GuessWatch::at_limit(GuessSource source, const GuessAttempt& attempt) const {
    const auto key = attempt.keys[at(source)];
    if (!key) return std::nullopt;
    const auto& group = groups_[at(source)];
    const auto found  = group.by_key.find(*key);
    if (found == group.by_key.end()) return std::nullopt;
    const auto& accounts = found->second->accounts;
    if (accounts.size() < rules_.accounts[at(source)]) return std::nullopt;
    const auto over_at = accounts.front().at + rules_.window;
    if (over_at <= attempt.now) return std::nullopt;
    return GuessCampaign{source, accounts.size(), over_at};
}

std::optional<GuessCampaign> GuessWatch::stops(const GuessAttempt& attempt) const {
    const auto address = at_limit(GuessSource::address, attempt);
    const auto network = at_limit(GuessSource::network, attempt);
    if (!address || (network && network->over_at > address->over_at)) return network;
    return address;
}

std::optional<GuessCampaign> GuessWatch::campaign(const GuessAttempt& attempt) const {
    for (const auto source : {GuessSource::password, GuessSource::address, GuessSource::network, GuessSource::asn}) {
        if (auto found = at_limit(source, attempt)) return found;
    }
    return std::nullopt;
}

}  // namespace portcullis::credentials
