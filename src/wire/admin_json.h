#pragma once

#include "base/json.h"
#include "core/identity/application.h"
#include "core/identity/user.h"

/// Accounts and applications as administrators see them. Source: graph-api.md §2.13, §2.19.
namespace portcullis::wire {

/// Graph `user`, the properties that the product keeps.
json::object to_graph(const identity::User& user);

/// Graph `application` and its service principal in one, with the product's own `applicationType` (`web`, `spa`, `native`,
/// `daemon`), `tokenEndpointAuthMethod`, `grantedPermissions` and `idTokenSignedResponseAlg`. Of secrets only what tells them
/// apart.
json::object to_graph(const identity::Application& application);

/// `web`, `spa`, `native`, `daemon`.
std::string_view application_type(identity::ApplicationKind kind);
std::optional<identity::ApplicationKind> parse_application_type(std::string_view name);

}  // namespace portcullis::wire
