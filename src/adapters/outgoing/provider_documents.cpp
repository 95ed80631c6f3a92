#include "adapters/outgoing/provider_documents.h"

#include <fmt/format.h>

#include "wire/external_answer.h"

namespace portcullis::outgoing {
namespace {

constexpr auto kWaitForOther = std::chrono::seconds{2};

/// The key under every algorithm that it may be used with: one that names none, and is an RSA key, with either of two.
void add_key(app::JwtVerifier& verifier, const json::object& jwk, std::vector<app::PublicKey>& keys) {
    auto parsed = verifier.parse_jwk(jwk);
    if (!parsed || parsed->kid.empty()) return;  // of a kind that is not used here; what it signs is signed by nobody known
    auto key             = std::move(parsed).value();
    const bool is_either = !jwk.contains("alg") && key.alg == "RS256";
    keys.push_back(key);
    if (!is_either) return;
    key.alg = "PS256";
    keys.push_back(std::move(key));
}

}  // namespace

Result<app::ExternalProvider> ProviderDocuments::fetched(const std::string& discovery_url) const {
    const auto document = TRY(fetch_(discovery_url));
    auto metadata       = TRY(wire::provider_metadata_from(document, discovery_url));
    const auto key_set  = TRY(fetch_(metadata.jwks_uri));
    app::ExternalProvider provider{.issuer = std::move(metadata.issuer), .authorization_endpoint = std::move(metadata.authorization_endpoint), .keys = {}};
    for (const auto& jwk : TRY(wire::provider_keys_from(key_set))) add_key(verifier_, jwk, provider.keys);
    if (provider.keys.empty()) return Error{ErrorCode::invalidRequest, "the provider publishes no key that can be used here"};
    return provider;
}

/// A provider is read again whatever happened the last time.
Result<app::ExternalProvider> ProviderDocuments::reading(const std::string& discovery_url) const {
    try {
        return fetched(discovery_url);
    } catch (const std::exception& broken) {
        return Error{ErrorCode::unavailable, broken.what()};
    }
}

app::ExternalProviders::Found ProviderDocuments::kept(const Entry& entry, Instant now) {
    if (entry.provider && now - entry.read_at <= kGoodFor) return entry.provider;
    return Error{ErrorCode::unavailable, fmt::format("an external provider: {}", entry.why.message)};
}

app::ExternalProviders::Found ProviderDocuments::read(const std::string& discovery_url, Instant now, Duration age_max) {
    std::unique_lock lock(mutex_);
    if (entries_.size() >= kProvidersMax && !entries_.contains(discovery_url)) entries_.clear();  // nobody reads: see below
    auto& entry = entries_[discovery_url];
    if (entry.provider && now >= entry.read_at && now - entry.read_at <= age_max) return entry.provider;
    const bool rests = entry.failed_at != Instant{} && now >= entry.failed_at && now - entry.failed_at <= kAfterFailure;
    if (rests) return kept(entry, now);
    if (entry.is_reading) {
        if (!entry.provider) changed_.wait_for(lock, kWaitForOther);
        const auto found = entries_.find(discovery_url);
        return found == entries_.end() ? Found(Error{ErrorCode::unavailable, "an external provider is being read"}) : kept(found->second, now);
    }
    entry.is_reading = true;
    lock.unlock();
    auto fresh = reading(discovery_url);
    lock.lock();
    auto& now_there      = entries_[discovery_url];  // the list may have been emptied meanwhile
    now_there.is_reading = false;
    if (fresh) {
        now_there.provider  = std::make_shared<const app::ExternalProvider>(std::move(*fresh));
        now_there.read_at   = now;
        now_there.failed_at = {};
    } else {
        now_there.failed_at = now;
        now_there.why       = std::move(fresh).error();
    }
    changed_.notify_all();
    return kept(now_there, now);
}

}  // namespace portcullis::outgoing
