#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/registrant.h"

namespace portcullis::app {

/// A device of a person, as they see it.
struct OwnDevice {
    DeviceId id;
    identity::DeviceKind kind = identity::DeviceKind::browser;
    std::string name;           // empty: not known
    std::string city, country;  // where it was last signed in on; country: ISO 3166-1 alpha-2; empty: not known
    std::string ip_address;
    Instant known_since, last_used_at;
    bool is_disabled   = false;
    bool is_this_one   = false;  // the session at hand is on it
    bool is_signed_in  = false;  // a session that holds is on it
};

inline constexpr std::size_t kOwnDevicesShown = 100;

/// Why a device was not signed out or disabled.
enum class DeviceRefusal { unknown, notFresh };

/// A person's own devices, and what they do about one that they gave away or lost (CRED-070, CRED-091).
class OwnDevices {
public:
    explicit OwnDevices(Ports& ports) : ports_(ports) {}

    /// The one at hand first, then by last use; at most kOwnDevicesShown. Errors of all: unavailable.
    Result<std::vector<OwnDevice>> list(const TenantSnapshot& tenant, const LiveSession& live, Instant now);
    /// One of them, or nothing; another person's is nothing.
    Result<std::optional<OwnDevice>> find(const TenantSnapshot& tenant, const LiveSession& live, DeviceId id, Instant now);
    /// Signs out there and forgets it: whoever signs in on it comes as on a new one. Asks for a proof of the last five minutes. One that is
    /// disabled is remembered, and so unknown here.
    Result<std::optional<DeviceRefusal>> remove(const TenantSnapshot& tenant, const LiveSession& live, DeviceId id, const RequestFacts& facts);
    /// Lost: signs out there and refuses whoever signs in on it with this account, until an administrator enables it. The same proof; a
    /// notice goes to every address. Nothing happens to one that is disabled.
    Result<std::optional<DeviceRefusal>> disable(const TenantSnapshot& tenant, const LiveSession& live, DeviceId id, const RequestFacts& facts);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
