#include "app/devices.h"

#include <algorithm>

#include "app/mfa_prompts.h"

namespace portcullis::app {
namespace {

using identity::Device;
using identity::DeviceKind;

constexpr std::size_t kKeyCharactersMin = 43, kKeyCharactersMax = 128;  // 256 bits as base64url
constexpr std::size_t kNameBytesMax     = 64;

bool is_base64url(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

/// The person's device of this digest; none has an empty one.
Result<std::optional<Device>> device_with(const Ports& ports, TenantId tenant, UserId user, const std::string& digest) {
    return digest.empty() ? Result<std::optional<Device>>(std::nullopt) : ports.sessions.recognised(tenant, user, digest);
}

/// When what is on the device began there: a workstation gets its grant by itself, whenever the person last signed in where they allowed it.
Instant began_on(const Device& device, const identity::Grant& grant) { return device.kind == DeviceKind::workstation ? grant.created_at : grant.auth_time; }

}  // namespace

std::string browser_digest(const Ports& ports, std::string_view device_id) {
    return device_id.empty() ? std::string() : reference_digest(ports, "browser|" + std::string(device_id));
}

std::string workstation_digest(const Ports& ports, std::string_view key) { return reference_digest(ports, "workstation|" + std::string(key)); }

bool is_workstation_key(std::string_view key) {
    return key.size() >= kKeyCharactersMin && key.size() <= kKeyCharactersMax && std::ranges::all_of(key, is_base64url);
}

std::string workstation_name(std::string_view given) {
    std::string name;
    for (const char c : given.substr(0, kNameBytesMax)) {
        if (c >= ' ' && c <= '~') name += c;
    }
    return name;
}

Result<std::optional<Device>> disabled_device(const Ports& ports, TenantId tenant, UserId user, const std::string& digest) {
    auto device = TRY(device_with(ports, tenant, user, digest));
    if (!device || !device->is_disabled()) return std::optional<Device>{};
    return device;
}

Result<std::optional<Device>> device_of_browser(const Ports& ports, TenantId tenant, UserId user, const RequestFacts& facts) {
    return device_with(ports, tenant, user, browser_digest(ports, facts.device_id));
}

Result<bool> is_on_disabled_device(const Ports& ports, TenantId tenant, UserId user, const RequestFacts& facts) {
    const auto device = TRY(device_of_browser(ports, tenant, user, facts));
    return device && device->is_disabled();
}

Result<DeviceId> use_device(std::vector<Change>& changes, const Ports& ports, TenantId tenant, const DeviceUse& use) {
    if (use.digest.empty()) return DeviceId{};
    const auto known = TRY(ports.sessions.recognised(tenant, use.user, use.digest));
    if (known && known->is_disabled()) return Error{ErrorCode::forbidden, "the device is disabled"};
    return use_device(changes, ports, known, use);
}

DeviceId use_device(std::vector<Change>& changes, const Ports& ports, const std::optional<Device>& known, const DeviceUse& use) {
    const auto now    = use.from->now;
    const bool is_new = !known;
    Device device     = known.value_or(Device{.id = {}, .user = use.user, .kind = use.kind, .recognition_digest = use.digest});
    if (is_new) {
        device.id         = ports.random.new_id<DeviceId>(now);
        device.created_at = now;
    }
    if (!use.name.empty()) device.display_name = use.name;
    device.last_seen_at = now;
    device.ip_address   = to_string(use.from->address);
    device.country      = use.country;
    const auto id       = device.id;
    if (is_new) changes.emplace_back(DeviceRegistered{std::move(device)});
    else changes.emplace_back(DeviceSeen{std::move(device)});
    return id;
}

Result<void> stay_on_device(std::vector<Change>& changes, const Ports& ports, TenantId tenant, DeviceId id, Instant now) {
    if (id.is_nil()) return {};
    auto device = TRY(ports.sessions.device(tenant, id));
    if (!device || device->is_disabled()) return Error{ErrorCode::forbidden, "the device is disabled"};
    device->last_seen_at = now;
    changes.emplace_back(DeviceSeen{std::move(*device)});
    return {};
}

std::string browser_name(const Ports& ports, const RequestFacts& facts) {
    const auto client = ports.user_agents.parse({.user_agent         = facts.user_agent,
                                                 .sec_ch_ua          = facts.sec_ch_ua,
                                                 .sec_ch_ua_mobile   = facts.sec_ch_ua_mobile,
                                                 .sec_ch_ua_platform = facts.sec_ch_ua_platform});
    return device_name(MfaPrompt{.browser = client.browser, .os = client.os});
}

OnDevices standing_on_devices(const identity::Grant& grant, const Standing& standing) {
    const auto& devices = standing.devices;
    if (std::ranges::any_of(devices, &Device::is_disabled)) return OnDevices::disabled;
    const bool is_removed = !grant.device.is_nil() && std::ranges::find(devices, grant.device, &Device::id) == devices.end();
    const bool is_void    = std::ranges::any_of(devices, [&](const Device& d) { return !holds_on(d, began_on(d, grant)); });
    return is_removed || is_void ? OnDevices::over : OnDevices::holds;
}

}  // namespace portcullis::app
