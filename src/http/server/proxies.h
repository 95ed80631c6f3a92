#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "base/result.h"

namespace portcullis::http {

/// The proxies whose word about a client is taken (PROTO-811).
class TrustedProxies {
public:
    /// Addresses and CIDR ranges. Errors: invalidRequest for anything else.
    static Result<TrustedProxies> of(std::span<const std::string> configured);
    [[nodiscard]] bool contains(const IpAddress& address) const;

private:
    std::vector<Cidr> networks_;
};

/// Whom a connection from `peer` speaks for. `forwarded_for` are the values of all `X-Forwarded-For` fields in order,
/// each a list of hops `address` or `address:port`. An untrusted peer is itself, whatever it claims; otherwise the
/// right-most hop that is not a trusted proxy. A hop that is no address ends the search at the last hop we could read:
/// what lies beyond was written by nobody we know. When every hop is trusted, the left-most one is the client.
IpAddress client_address(const IpAddress& peer, std::span<const std::string_view> forwarded_for,
                         const TrustedProxies& trusted);

}  // namespace portcullis::http
