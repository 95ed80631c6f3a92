#pragma once

#include <span>
#include <string>

#include "base/json.h"
#include "core/oidc/token_facts.h"

/// Claims of tokens and userinfo as JSON (protocols.md §6, §8).
namespace portcullis::wire {

/// Payload of an ID token (§6.1).
json::object id_token_claims(const oidc::IdTokenFacts& facts);

/// Payload of an access token (§6.2, RFC 9068).
json::object access_token_claims(const oidc::AccessTokenFacts& facts);

/// Userinfo (PROTO-173): `sub` and the released claims, with the JSON types of OpenID Connect Core §5.1.
json::object userinfo(std::string_view sub, const oidc::ProfileFacts& profile, std::span<const std::string> released);

/// An active introspection answer (PROTO-170) from an access token's verified payload. For a refresh token pass
/// `refresh_token` as type.
json::object active_introspection(const json::object& token_payload, std::string_view username,
                                  std::string_view token_type = "Bearer");
/// Exactly `{"active":false}`.
json::object inactive_introspection();

}  // namespace portcullis::wire
