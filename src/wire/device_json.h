#pragma once

#include <optional>
#include <string_view>

#include "base/json.h"
#include "core/identity/device.h"

namespace portcullis::wire {

std::string_view to_string(identity::DeviceKind kind);
std::optional<identity::DeviceKind> parse_device_kind(std::string_view name);

/// The device as administrators see it, in the words of Graph's `device` where it has them (graph-api.md §2.20). What it is recognised by
/// is not among them.
json::object to_graph(const identity::Device& device);

}  // namespace portcullis::wire
