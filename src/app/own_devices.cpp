#include "app/own_devices.h"

#include <algorithm>

#include "app/commit_own.h"
#include "app/decide_again.h"
#include "app/notices.h"
#include "app/shown_place.h"

namespace portcullis::app {
namespace {

using identity::Device;
using Refused = std::optional<DeviceRefusal>;

/// The sessions of the person that hold.
Result<std::vector<identity::Session>> open_sessions(Ports& ports, const TenantSnapshot& tenant, const LiveSession& live, Instant now) {
    auto sessions = TRY(ports.sessions.of_user(tenant.tenant.id, live.account.user.id));
    std::erase_if(sessions, [&](const auto& s) { return session_void(s, live.account, tenant.tenant.settings.lifetimes, now) != Void::no; });
    return sessions;
}

OwnDevice line_of(const Ports& ports, const Device& device, std::span<const identity::Session> open, const LiveSession& live) {
    OwnDevice line{.id           = device.id,
                   .kind         = device.kind,
                   .name         = device.display_name,
                   .country      = device.country,
                   .ip_address   = device.ip_address,
                   .known_since  = device.created_at,
                   .last_used_at = device.last_seen_at,
                   .is_disabled  = device.is_disabled(),
                   .is_this_one  = device.id == live.session.device};
    for (const auto& session : open) {
        if (session.device != device.id) continue;
        line.is_signed_in = true;
        line.last_used_at = std::max(line.last_used_at, session.last_seen_at);
    }
    const auto place = shown_place(ports, device.ip_address, device.last_seen_at);
    line.city        = place.city;
    if (line.country.empty()) line.country = place.country;
    return line;
}

/// The device, when it is this person's.
Result<std::optional<Device>> own_device(const Ports& ports, const TenantSnapshot& tenant, const LiveSession& live, DeviceId id) {
    auto device = TRY(ports.sessions.device(tenant.tenant.id, id));
    if (!device || device->user != live.account.user.id) return std::optional<Device>{};
    return device;
}

}  // namespace

Result<std::vector<OwnDevice>> OwnDevices::list(const TenantSnapshot& tenant, const LiveSession& live, Instant now) {
    const auto open = TRY(open_sessions(ports_, tenant, live, now));
    std::vector<OwnDevice> lines;
    for (const auto& device : TRY(ports_.sessions.devices(tenant.tenant.id, live.account.user.id))) lines.push_back(line_of(ports_, device, open, live));
    std::ranges::stable_sort(lines, [](const OwnDevice& a, const OwnDevice& b) {
        return a.is_this_one != b.is_this_one ? a.is_this_one : a.last_used_at > b.last_used_at;
    });
    if (lines.size() > kOwnDevicesShown) lines.resize(kOwnDevicesShown);
    return lines;
}

Result<std::optional<OwnDevice>> OwnDevices::find(const TenantSnapshot& tenant, const LiveSession& live, DeviceId id, Instant now) {
    const auto device = TRY(own_device(ports_, tenant, live, id));
    if (!device) return std::optional<OwnDevice>{};
    const auto open = TRY(open_sessions(ports_, tenant, live, now));
    return std::optional(line_of(ports_, *device, open, live));
}

Result<Refused> OwnDevices::remove(const TenantSnapshot& tenant, const LiveSession& live, DeviceId id, const RequestFacts& facts) {
    const auto user = live.account.user.id;
    return decide_again_on_conflict([&]() -> Result<Refused> {
        const auto device = TRY(own_device(ports_, tenant, live, id));
        if (!device || device->is_disabled()) return Refused(DeviceRefusal::unknown);
        if (!is_freshly_proven(registrant_of(live), facts.now)) return Refused(DeviceRefusal::notFresh);
        TRY(commit_own(ports_, tenant.tenant.id, user, "RemoveOwnDevice", {DeviceRemoved{id, user, "removed by its owner"}}, facts));
        return Refused();
    });
}

Result<Refused> OwnDevices::disable(const TenantSnapshot& tenant, const LiveSession& live, DeviceId id, const RequestFacts& facts) {
    const auto user = live.account.user.id;
    return decide_again_on_conflict([&]() -> Result<Refused> {
        const auto device = TRY(own_device(ports_, tenant, live, id));
        if (!device) return Refused(DeviceRefusal::unknown);
        if (!is_freshly_proven(registrant_of(live), facts.now)) return Refused(DeviceRefusal::notFresh);
        if (device->is_disabled()) return Refused();
        std::vector<Change> changes{DeviceDisabled{id, user, facts.now, to_string(user), "reported lost by its owner"}};
        const auto& name = device->display_name.empty() ? device->ip_address : device->display_name;
        TRY(add_notice(changes, ports_, tenant, live.account.user,
                       {.notice = Notice::deviceDisabled, .at = facts.now, .from = &facts, .words = {{"device", name}}, .other_addresses = {}}));
        TRY(commit_own(ports_, tenant.tenant.id, user, "DisableOwnDevice", std::move(changes), facts));
        return Refused();
    });
}

}  // namespace portcullis::app
