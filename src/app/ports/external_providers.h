#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/ports/signer.h"
#include "base/result.h"
#include "base/time.h"

namespace portcullis::app {

/// What the provider of an external method publishes of itself (OpenID Connect Discovery 1.0).
struct ExternalProvider {
    std::string issuer;
    std::string authorization_endpoint;  // https; its origin can be named in a content security policy
    std::vector<PublicKey> keys;         // each under every algorithm it may be used with
};

/// The metadata and keys of providers outside, kept for a while. Safe to call from many threads; a call never waits longer than one
/// bounded exchange takes.
class ExternalProviders {
public:
    virtual ~ExternalProviders() = default;

    using Found = Result<std::shared_ptr<const ExternalProvider>>;

    /// As it was last read, unless that is too long ago. While the provider cannot be reached, what was read last stays good for a
    /// while. Errors: unavailable, saying why (for the log).
    virtual Found find(const std::string& discovery_url, Instant now) = 0;
    /// Read anew for a key that is not known, though at most once a minute; then as `find`. Same errors.
    virtual Found find_anew(const std::string& discovery_url, Instant now) = 0;
};

}  // namespace portcullis::app
