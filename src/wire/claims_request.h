#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/time.h"
#include "core/oidc/claims_request.h"

namespace portcullis::wire {

/// PROTO-114: 8 KiB, depth 8.
inline constexpr json::Limits kClaimsLimits{.bytes_max = 8 * 1024, .depth_max = 8};

/// The `claims` parameter (OpenID Connect Core §5.5). Nothing when it is not JSON, too large or deep, or a member has
/// the wrong type; unknown claims and unknown members of a claim are let pass.
std::optional<oidc::ClaimsRequest> parse_claims_request(std::string_view text);

/// Claims requests to hand out with a refusal, so that the client can lead the user through the missing step
/// (PROTO-205).
std::string claims_for_acr(Acr acr);
std::string claims_for_context(std::string_view context);
std::string claims_for_newer_than(Instant when);

}  // namespace portcullis::wire
