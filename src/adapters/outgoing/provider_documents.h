#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "app/ports/external_providers.h"

namespace portcullis::outgoing {

/// Reads one document outside, within bounds of its own. Errors: as Client::get, and unavailable for an answer other than 200.
using FetchDocument = std::function<Result<std::string>(const std::string& url)>;

/// Metadata and keys of the providers of external methods, each read once an hour. What was read last stays good for a day while the
/// provider cannot be reached, and a provider that could not be reached is left alone for half a minute. Of one provider one thread reads
/// at a time; the others take what there is, or wait for it two seconds at most.
class ProviderDocuments : public app::ExternalProviders {
public:
    static constexpr Duration kRefreshAfter  = std::chrono::hours{1};
    static constexpr Duration kGoodFor       = std::chrono::hours{24};
    static constexpr Duration kAfterFailure  = std::chrono::seconds{30};
    static constexpr Duration kAnewAfter     = std::chrono::seconds{60};  // for a key that is not known
    static constexpr std::size_t kProvidersMax = 1000;

    ProviderDocuments(FetchDocument fetch, app::JwtVerifier& verifier) : fetch_(std::move(fetch)), verifier_(verifier) {}

    Found find(const std::string& discovery_url, Instant now) override { return read(discovery_url, now, kRefreshAfter); }
    Found find_anew(const std::string& discovery_url, Instant now) override { return read(discovery_url, now, kAnewAfter); }

private:
    struct Entry {
        std::shared_ptr<const app::ExternalProvider> provider;  // as it was last read
        Instant read_at{};
        Instant failed_at{};  // of the last try, if it failed
        bool is_reading = false;
        Error why{ErrorCode::unavailable, "the provider was not read yet"};
    };
    Found read(const std::string& discovery_url, Instant now, Duration age_max);
    Result<app::ExternalProvider> fetched(const std::string& discovery_url) const;
    Result<app::ExternalProvider> reading(const std::string& discovery_url) const;
    static Found kept(const Entry& entry, Instant now);

    const FetchDocument fetch_;
    app::JwtVerifier& verifier_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, Entry> entries_;
};

}  // namespace portcullis::outgoing
