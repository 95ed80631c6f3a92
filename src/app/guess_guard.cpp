#include "app/guess_guard.h"

#include <cstring>

namespace portcullis::app {
namespace {

/// An IPv6 subscriber has a whole /64 to come from.
constexpr PrefixLengths kOneSubscriber{32, 64};
constexpr PrefixLengths kNeighbourhood{24, 48};

signals::HashKey fresh_key(Random& random) {
    const auto bytes = random.bytes(sizeof(signals::HashKey));
    signals::HashKey key;
    std::memcpy(&key.k0, bytes.data(), sizeof key.k0);
    std::memcpy(&key.k1, bytes.data() + sizeof key.k0, sizeof key.k1);
    return key;
}

}  // namespace

GuessGuard::GuessGuard(Random& random) : key_(fresh_key(random)) {}

credentials::GuessAttempt GuessGuard::attempt(TenantId tenant, std::string_view subject, const Secret& password,
                                              const signals::NetworkSignals& network, Instant now) const {
    using credentials::GuessSource;
    const auto hashed = [&](std::string_view what) { return siphash24(key_, to_string(tenant) + '\0' + std::string(what)); };
    credentials::GuessAttempt attempt{.keys = {}, .account = hashed(subject), .now = now};
    const auto set = [&](GuessSource source, std::string_view what) { attempt.keys[static_cast<std::size_t>(source)] = hashed(what); };

    const Secret typed("password " + std::string(password.reveal()));
    set(GuessSource::password, typed.reveal());
    if (network.named_trust == signals::NamedTrust::trusted) return attempt;
    if (network.address) {
        set(GuessSource::address, to_string(prefix_of(*network.address, kOneSubscriber)));
        set(GuessSource::network, to_string(prefix_of(*network.address, kNeighbourhood)));
    }
    if (network.asn) set(GuessSource::asn, "as " + std::to_string(*network.asn));
    return attempt;
}

void GuessGuard::failed(const credentials::GuessAttempt& attempt) {
    const std::lock_guard lock(mutex_);
    watch_.failed(attempt);
}

bool GuessGuard::stops(const credentials::GuessAttempt& attempt) const {
    const std::lock_guard lock(mutex_);
    return watch_.stops(attempt).has_value();
}

signals::PasswordWatch GuessGuard::succeeded(const credentials::GuessAttempt& attempt) const {
    const std::lock_guard lock(mutex_);
    const auto campaign = watch_.campaign(attempt);
    if (!campaign) return {};
    return {campaign->source, campaign->accounts};
}

}  // namespace portcullis::app
