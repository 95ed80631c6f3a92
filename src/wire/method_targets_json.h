#pragma once

#include "base/json.h"
#include "core/identity/tenant.h"

namespace portcullis::wire {

/// The group that means everybody, as Graph's method configurations name it.
inline constexpr std::string_view kAllUsers = "all_users";

/// Whom a method is for: `{targetType: user|group, id}` each (Graph `authenticationMethodTarget`).
json::array targets_json(const identity::MethodTargets& targets);

}  // namespace portcullis::wire
