#include "wire/token_response.h"

#include <fmt/format.h>

#include "base/encoding.h"

namespace portcullis::wire {
namespace {

constexpr Duration kLongToken = std::chrono::hours{2};  // PROTO-227

std::int64_t seconds(Duration life) { return std::chrono::duration_cast<std::chrono::seconds>(life).count(); }

void set_known(json::object& body, std::string_view name, const std::string& value) {
    if (!value.empty()) body[name] = value;
}

}  // namespace

json::object to_json(const TokenResponse& response) {
    const auto expires_in = seconds(response.expires_in);
    json::object body{
        {"token_type", "Bearer"},   {"access_token", response.access_token},
        {"expires_in", expires_in}, {"ext_expires_in", expires_in * 2},
        {"scope", response.scope},
    };
    if (response.expires_in > kLongToken) body["refresh_in"] = expires_in / 2;
    set_known(body, "refresh_token", response.refresh_token);
    if (response.refresh_token_expires_in)
        body["refresh_token_expires_in"] = seconds(*response.refresh_token_expires_in);
    set_known(body, "id_token", response.id_token);
    set_known(body, "client_info", response.client_info);
    return body;
}

std::string client_info(UserId user, TenantId tenant) {
    return base64url(json::to_text(json::object{{"uid", to_string(user)}, {"utid", to_string(tenant)}}));
}

json::object to_json(const DeviceResponse& response) {
    return {
        {"device_code", response.device_code},
        {"user_code", response.user_code},
        {"verification_uri", response.verification_uri},
        {"verification_uri_complete",
         fmt::format("{}?user_code={}", response.verification_uri, percent_encode(response.user_code))},
        {"expires_in", seconds(response.expires_in)},
        {"interval", seconds(response.interval)},
        {"message", fmt::format("To sign in, open {} in a browser and enter the code {}.", response.verification_uri,
                                response.user_code)},
    };
}

}  // namespace portcullis::wire
