#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/ports/all.h"
#include "app/request_facts.h"
#include "base/secret.h"

/// What a person signs in on, as the product recognises it (CRED-070).
namespace portcullis::app {

/// How a browser is recognised: the keyed digest of what its recognition cookie names. Empty for a browser without a genuine one.
std::string browser_digest(const Ports& ports, std::string_view device_id);
/// How a workstation is recognised: the keyed digest of the key it keeps. The two kinds never meet.
std::string workstation_digest(const Ports& ports, std::string_view key);
/// What a workstation calls itself, of printable ASCII and at most 64 characters; the rest is left out.
std::string workstation_name(std::string_view given);
/// A key that a workstation made: 43 to 128 characters of base64url, so that nobody guesses it.
bool is_workstation_key(std::string_view key);

/// The person's own device of this digest, if it is disabled; nothing when it is not, or they have no such device. Errors: unavailable.
Result<std::optional<identity::Device>> disabled_device(const Ports& ports, TenantId tenant, UserId user, const std::string& digest);
/// The person's device that is the browser of a request, disabled or not. Errors: unavailable.
Result<std::optional<identity::Device>> device_of_browser(const Ports& ports, TenantId tenant, UserId user, const RequestFacts& facts);
/// Whether it is disabled.
Result<bool> is_on_disabled_device(const Ports& ports, TenantId tenant, UserId user, const RequestFacts& facts);

/// A sign-in that completes on a device.
struct DeviceUse {
    UserId user;
    identity::DeviceKind kind = identity::DeviceKind::browser;
    std::string digest;
    std::string name;
    std::string country;
    /// Whose request it is: where and when.
    const RequestFacts* from = nullptr;
};

/// The person's device as this sign-in leaves it, registered when it is new; its change is added to the act that completes the sign-in,
/// which is a conflict when the device was disabled meanwhile. Nil without a digest. Errors: forbidden when it is disabled; unavailable.
Result<DeviceId> use_device(std::vector<Change>& changes, const Ports& ports, TenantId tenant, const DeviceUse& use);
/// The same for a device that was just read: `known` is the person's of this digest, not disabled; nothing when they have none.
DeviceId use_device(std::vector<Change>& changes, const Ports& ports, const std::optional<identity::Device>& known, const DeviceUse& use);
/// What the browser of a request is called: `Firefox, Linux`.
std::string browser_name(const Ports& ports, const RequestFacts& facts);

/// Another session takes the place of one on this device: in an act with it, which is a conflict when the device was disabled meanwhile.
/// Nothing for a session that is on none. Errors: forbidden when it is disabled or removed; unavailable.
Result<void> stay_on_device(std::vector<Change>& changes, const Ports& ports, TenantId tenant, DeviceId device, Instant now);

/// Whether what was granted still holds on its devices: `disabled` while one of them is, `over` when it began before one of them was
/// disabled or when its own device was removed.
enum class OnDevices { holds, disabled, over };
OnDevices standing_on_devices(const identity::Grant& grant, const Standing& standing);

}  // namespace portcullis::app
