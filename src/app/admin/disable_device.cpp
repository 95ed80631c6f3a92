#include "app/admin/disable_device.h"

#include <fmt/format.h>

#include "app/notices.h"

namespace portcullis::app {
namespace {

using identity::Device;

constexpr std::size_t kReasonBytesMax = 256;
constexpr std::size_t kNamesTold      = 10;  // in one mail; of more their number

Result<void> require_reason(std::string_view reason) {
    if (!reason.empty() && reason.size() <= kReasonBytesMax) return {};
    return Error{ErrorCode::invalidRequest, "say why, in 1 to 256 characters"};
}

/// Errors: notFound, also for another person's.
Result<Device> device_of(const Ports& ports, const Admin& admin, UserId user, DeviceId id) {
    auto device = TRY(ports.sessions.device(admin.tenant, id));
    if (!device || device->user != user) return Error{ErrorCode::notFound, "the user has no such device"};
    return std::move(*device);
}

Result<void> tell(std::vector<Change>& changes, Ports& ports, const TenantSnapshot& tenant, const identity::User& user, std::string names, Instant now) {
    return add_notice(changes, ports, tenant, user,
                      {.notice = Notice::deviceDisabled, .at = now, .from = nullptr, .words = {{"device", std::move(names)}}, .other_addresses = {}});
}

}  // namespace

std::string name_of(const Device& device) { return device.display_name.empty() ? device.ip_address : device.display_name; }

Result<void> DisableDevice::operator()(const Admin& admin, UserId user, DeviceId id, std::string_view reason) {
    TRY(require(admin, Capability::manageDevices));
    TRY(require_reason(reason));
    return decide_again_on_conflict([&]() -> Result<void> {
        const auto account = TRY(present_account(ports_, admin, user));
        TRY(require_above(admin, account));
        const auto device = TRY(device_of(ports_, admin, user, id));
        if (device.is_disabled()) return {};
        const auto tenant = TRY(ports_.tenants.snapshot(admin.tenant));
        std::vector<Change> changes{DeviceDisabled{id, user, admin.now, initiated_by(admin), std::string(reason)}};
        TRY(tell(changes, ports_, *tenant, account.user, name_of(device), admin.now));
        return commit_act(ports_, admin, "DisableDevice", std::move(changes));
    });
}

Result<void> EnableDevice::operator()(const Admin& admin, UserId user, DeviceId id, std::string_view reason) {
    TRY(require(admin, Capability::manageDevices));
    TRY(require_other(admin, user));
    TRY(require_reason(reason));
    return decide_again_on_conflict([&]() -> Result<void> {
        const auto account = TRY(present_account(ports_, admin, user));
        TRY(require_above(admin, account));
        const auto device = TRY(device_of(ports_, admin, user, id));
        if (!device.is_disabled()) return {};
        return commit_act(ports_, admin, "EnableDevice", {DeviceEnabled{id, user, std::string(reason)}});
    });
}

Result<int> disable_devices(std::vector<Change>& changes, Ports& ports, const TenantSnapshot& tenant, const Account& account, const Admin& admin,
                            std::string_view reason) {
    const auto user = account.user.id;
    std::string names;
    std::size_t disabled = 0;
    for (const auto& device : TRY(ports.sessions.devices(admin.tenant, user))) {
        if (device.is_disabled()) continue;
        changes.emplace_back(DeviceDisabled{device.id, user, admin.now, initiated_by(admin), std::string(reason)});
        if (disabled < kNamesTold) names += (disabled == 0 ? "" : "; ") + name_of(device);
        ++disabled;
    }
    if (disabled == 0) return 0;
    if (disabled > kNamesTold) names += fmt::format("; + {}", disabled - kNamesTold);
    TRY(tell(changes, ports, tenant, account.user, std::move(names), admin.now));
    return static_cast<int>(disabled);
}

}  // namespace portcullis::app
