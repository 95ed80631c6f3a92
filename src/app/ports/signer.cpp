#include "app/ports/signer.h"

#include <algorithm>
#include <array>

#include "wire/numeric_date.h"

namespace portcullis::app {
namespace {

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
    const auto future_max = std::max<Duration>(rules.skew, std::chrono::seconds{10});  // "10 s is always accepted" (PROTO-016)

    const auto exp = wire::numeric_date_at(claims, "exp");
    if (!exp) return refused("token has no usable `exp`");
    if (now >= *exp + rules.skew) return refused("token is expired");
    if (claims.contains("nbf")) {
        const auto nbf = wire::numeric_date_at(claims, "nbf");
        if (!nbf || now < *nbf - rules.skew) return refused("token is not valid yet");
    }
    if (claims.contains("iat")) {
        const auto iat = wire::numeric_date_at(claims, "iat");
        if (!iat || *iat > now + future_max) return refused("token was issued in the future");
    }
    return {};
}

}  // namespace portcullis::app
