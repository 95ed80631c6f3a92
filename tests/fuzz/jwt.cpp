#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include "adapters/openssl/jwt_verifier.h"
#include "adapters/openssl/signer.h"
#include "base/encoding.h"

namespace {

using namespace portcullis;

constexpr std::string_view kEcKey =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";

/// A key of our own, to sign what the fuzzer invents.
app::SigningKey& own_key() {
    static auto key = [] {
        auto made            = openssl::Signer(nullptr).generate("ES256").value();
        made.retires_at      = from_unix_seconds(1'000'000);
        made.published_until = made.retires_at;
        return made;
    }();
    return key;
}

}  // namespace

/// Tokens and keys of strangers. Nothing forged verifies; what we sign ourselves verifies exactly when its claims are one JSON
/// object within the limits, and gives these claims back; a key that is accepted is accepted again as we print it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static openssl::JwtVerifier verifier;
    static openssl::Signer signer([](TenantId) {
        std::vector<app::SigningKey> keys;
        keys.push_back(own_key().copy());
        return Result<std::vector<app::SigningKey>>(std::move(keys));
    });
    static const auto stranger = verifier.parse_jwk(*json::parse_object(kEcKey)).value();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const app::JwtRules rules{.typ = {"", "JWT", "at+jwt"}};

    if (verifier.verify(text, rules, {&stranger, 1})) std::abort();
    const auto as_header = base64url(text) + "." + base64url("{}") + "." + base64url(std::string(64, 'x'));
    if (verifier.verify(as_header, rules, {&stranger, 1})) std::abort();

    const auto token    = signer.sign({.tenant = {}, .alg = "ES256", .typ = "JWT", .claims = text, .now = {}}).value();
    const auto verified = verifier.verify(token, rules, {&own_key().key, 1});
    const auto claims   = json::parse_object(text, {.bytes_max = 16 * 1024, .depth_max = 16});
    const bool is_small = token.size() <= 16 * 1024;
    if (verified.has_value() != (claims.has_value() && is_small)) std::abort();
    if (verified && json::to_text(verified->claims) != json::to_text(*claims)) std::abort();
    if (verified) (void)app::check_times(verified->claims, from_unix_seconds(1'800'000'000));

    if (!claims) return 0;
    if (const auto key = verifier.parse_jwk(*claims)) {
        const auto again = verifier.parse_jwk(key->jwk);
        if (!again || again->jwk != key->jwk || !verifier.thumbprint(key->jwk)) std::abort();
    }
    return 0;
}
