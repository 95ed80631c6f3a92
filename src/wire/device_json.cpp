#include "wire/device_json.h"

#include "wire/enum_names.h"

namespace portcullis::wire {
namespace {

using identity::DeviceKind;

constexpr std::array<EnumName<DeviceKind>, 2> kKinds{{{DeviceKind::browser, "browser"}, {DeviceKind::workstation, "workstation"}}};

json::value or_null(const std::optional<Instant>& at) { return at ? json::value(to_rfc3339(*at)) : json::value(nullptr); }

}  // namespace

std::string_view to_string(DeviceKind kind) { return name_in(kKinds, kind); }
std::optional<DeviceKind> parse_device_kind(std::string_view name) { return value_in(kKinds, name); }

json::object to_graph(const identity::Device& device) {
    return {{"id", to_string(device.id)},
            {"displayName", device.display_name},
            {"kind", to_string(device.kind)},
            {"accountEnabled", !device.is_disabled()},
            {"registrationDateTime", to_rfc3339(device.created_at)},
            {"approximateLastSignInDateTime", to_rfc3339(device.last_seen_at)},
            {"lastIpAddress", device.ip_address},
            {"lastCountry", device.country},
            {"disabledDateTime", or_null(device.disabled_at)},
            {"disabledBy", device.disabled_by},
            {"disabledBecause", device.disabled_because}};
}

}  // namespace portcullis::wire
