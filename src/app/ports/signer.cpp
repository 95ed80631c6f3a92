#include "app/ports/signer.h"

#include <algorithm>
#include <array>

namespace portcullis::app {
namespace {

/// A NumericDate in seconds (RFC 7519 §2).
std::optional<double> time_at(const json::object& claims, std::string_view name) {
    const auto seconds = json::number_at(claims, name);
    if (!seconds || !(*seconds >= 0 && *seconds < 253402300800.0)) return std::nullopt;  // up to the year 9999
    return seconds;
}

double seconds(Duration d) { return static_cast<double>(d.count()) / 1000.0; }

Error refused(std::string why) { return {ErrorCode::invalidRequest, std::move(why)}; }

}  // namespace

json::object public_jwks(std::span<const PublicKey> keys) {
    static constexpr std::array<std::string_view, 6> kPublicMembers{"kty", "n", "e", "crv", "x", "y"};
    json::array set;
    for (const auto& key : keys) {
        json::object jwk;
        for (const auto member : kPublicMembers) {
            if (const auto* found = key.jwk.if_contains(member)) jwk[member] = *found;
        }
        jwk["kid"] = key.kid;
        jwk["alg"] = key.alg;
        jwk["use"] = "sig";
        set.push_back(std::move(jwk));
    }
    return {{"keys", std::move(set)}};
}

Result<void> check_times(const json::object& claims, Instant now, TimeRules rules) {
    const auto now_s      = seconds(now.time_since_epoch());
    const auto skew_s     = seconds(rules.skew);
    const auto future_max = std::max(skew_s, 10.0);  // "10 s is always accepted" (PROTO-016)

    const auto exp = time_at(claims, "exp");
    if (!exp) return refused("token has no usable `exp`");
    if (now_s >= *exp + skew_s) return refused("token is expired");
    if (claims.contains("nbf")) {
        const auto nbf = time_at(claims, "nbf");
        if (!nbf || now_s < *nbf - skew_s) return refused("token is not valid yet");
    }
    if (claims.contains("iat")) {
        const auto iat = time_at(claims, "iat");
        if (!iat || *iat > now_s + future_max) return refused("token was issued in the future");
    }
    return {};
}

}  // namespace portcullis::app
