#pragma once

#include <optional>
#include <string_view>

#include "core/identity/application.h"

namespace portcullis::oidc {

/// Why a redirect URI may not be registered for this kind of application (protocols.md §3), or nothing. Absolute,
/// ASCII, no fragment, no wildcard, no user name; `https`; `http` for loopback only; private-use schemes with a dot for
/// native.
std::optional<std::string_view> redirect_uri_problem(std::string_view uri, identity::ApplicationKind kind);

/// Whether a request's `redirect_uri` is one of the client's (PROTO-025): byte for byte; for `native` loopback URIs
/// the port alone may differ (RFC 8252 §7.3).
bool is_registered_redirect(const identity::Application& client, std::string_view uri);

/// Whether `post_logout_redirect_uri` is one of the client's, byte for byte (PROTO-190).
bool is_registered_post_logout(const identity::Application& client, std::string_view uri);

/// `scheme://host[:port]` of an http or https redirect URI: what CORS compares (PROTO-228). Nothing for other schemes.
std::optional<std::string_view> origin_of(std::string_view uri);

/// Whether the token endpoint may answer this `Origin` with CORS headers: one of an enabled `spa`'s redirect origins.
bool may_call_from(const identity::Application& client, std::string_view origin);

}  // namespace portcullis::oidc
