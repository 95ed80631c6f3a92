#pragma once

#include <optional>
#include <span>

#include "core/identity/application.h"
#include "core/oidc/refusal.h"

namespace portcullis::oidc {

/// PROTO-027: nothing when the application takes everybody or this user; else access_denied, 50105. Ask after
/// authentication only, so that nobody learns who is assigned. `groups`: all the user is in.
std::optional<Refusal> assignment_refusal(const identity::Application& application, UserId user,
                                          std::span<const GroupId> groups);

}  // namespace portcullis::oidc
