#pragma once

#include <optional>
#include <string>

#include "base/id.h"
#include "base/time.h"

namespace portcullis::identity {

/// What a person signs in on: a browser, known by its recognition cookie, or a workstation, known by the key it keeps.
enum class DeviceKind { browser, workstation };

/// One device of one person (credentials.md §14 "Disable device", CRED-070). Two people at one browser have a device each, and what is done
/// to the one leaves the other alone. It is no factor: whoever deletes the cookie or the key comes as a new device, and signs in anew.
struct Device {
    DeviceId id;
    UserId user;
    DeviceKind kind = DeviceKind::browser;
    std::string recognition_digest;  // keyed; of the cookie's id or the workstation's key, never the thing itself
    std::string display_name;        // `Firefox, Linux`, or what the workstation calls itself; empty: not known
    Instant created_at;
    Instant last_seen_at;
    std::string ip_address, country;  // where it was last signed in on; country: ISO 3166-1 alpha-2; empty: not known
    std::optional<Instant> disabled_at;
    std::string disabled_by, disabled_because;
    std::optional<Instant> valid_from;  // what began on it up to then is void, for ever

    [[nodiscard]] bool is_disabled() const { return disabled_at.has_value(); }
};

/// What may be on a device was begun there at `began`: whether it still holds.
inline bool holds_on(const Device& device, Instant began) { return !device.is_disabled() && (!device.valid_from || began > *device.valid_from); }

}  // namespace portcullis::identity
