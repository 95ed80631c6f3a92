#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "app/admin/admin.h"

namespace portcullis::app {

/// What a device is called where its person reads of it: its name, or where it was last seen.
std::string name_of(const identity::Device& device);

/// Disables a person's device (credentials.md §14, CRED-070): its sessions end, what was issued on it is void for ever, and whoever signs in
/// on it is refused (135011) until it is enabled. It is one person's: somebody else at the same browser goes on. Closes no risk. The person
/// is told by mail.
class DisableDevice {
public:
    explicit DisableDevice(Ports& ports) : ports_(ports) {}

    /// `reason`: 1 to 256 bytes, for whoever looks later. Nothing happens to one that is disabled. Errors: invalidRequest without a reason;
    /// forbidden, also for somebody above; notFound, also for another person's device; conflict for a deleted user; unavailable.
    Result<void> operator()(const Admin& admin, UserId user, DeviceId device, std::string_view reason);

private:
    Ports& ports_;
};

/// Lets the person sign in on it again; what was issued before stays void. Not for oneself: whoever holds somebody's session would give
/// themselves a device back. The same errors.
class EnableDevice {
public:
    explicit EnableDevice(Ports& ports) : ports_(ports) {}

    Result<void> operator()(const Admin& admin, UserId user, DeviceId device, std::string_view reason);

private:
    Ports& ports_;
};

/// Disables all that are enabled, as part of another act, with one notice. How many they are. Errors: unavailable; invalidRequest as
/// add_notice.
Result<int> disable_devices(std::vector<Change>& changes, Ports& ports, const TenantSnapshot& tenant, const Account& account, const Admin& admin,
                            std::string_view reason);

}  // namespace portcullis::app
