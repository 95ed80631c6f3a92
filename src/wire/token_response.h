#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/json.h"
#include "base/time.h"

namespace portcullis::wire {

/// A successful answer of the token endpoint (PROTO-130); absent members are left out.
struct TokenResponse {
    std::string access_token{};
    Duration expires_in{};
    std::string scope{};
    std::string refresh_token{};
    std::optional<Duration> refresh_token_expires_in{};
    std::string id_token{};
    std::string client_info{};
};
/// `token_type` is `Bearer`; with `ext_expires_in` = 2 × `expires_in`, and `refresh_in` = half of it beyond 2 h
/// (PROTO-227).
json::object to_json(const TokenResponse& response);

/// `client_info` (PROTO-222): base64url of `{"uid":"<oid>","utid":"<tid>"}`.
std::string client_info(UserId user, TenantId tenant);

/// Answer of the device authorization endpoint (PROTO-127). `user_code` is shown with its hyphen.
struct DeviceResponse {
    std::string device_code{};
    std::string user_code{};
    std::string verification_uri{};
    Duration expires_in{};
    Duration interval{};
};
json::object to_json(const DeviceResponse& response);

}  // namespace portcullis::wire
