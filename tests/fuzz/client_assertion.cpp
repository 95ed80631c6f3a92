#include <cstdlib>
#include <string_view>

#include "adapters/openssl/jwt_verifier.h"
#include "base/encoding.h"
#include "wire/client_assertion.h"

namespace {

using namespace portcullis;

constexpr Instant kNow{Duration{1'800'000'000'000}};
constexpr std::string_view kIssuer = "https://idp.example/t/v2.0";

/// Reads and judges one token as the token endpoint does, but for its signature.
void judge(openssl::JwtVerifier& verifier, const std::string& token) {
    const auto read = verifier.read_unverified(token, {.typ = {"", "JWT"}});
    if (!read) return;
    const auto said = wire::client_assertion_from(read->header, read->claims);
    if (!said) return;
    const identity::Application client{.id = {1, 1}};
    const auto named = oidc::asserted_client(said->claims, "");
    if (std::holds_alternative<ApplicationId>(named) && (said->claims.issuer.empty() || said->claims.subject.empty())) std::abort();
    // No key is registered, so none is found, whatever the header says.
    if (!std::holds_alternative<oidc::Refusal>(oidc::assertion_key(&client, said->header, kNow))) std::abort();
    const auto refusal = oidc::assertion_refusal(said->claims, {.client = client, .issuer = kIssuer, .token_endpoints = {"a", "b"}, .now = kNow});
    if (refusal) return;
    const auto life = *said->claims.expires_at - kNow;
    if (life > oidc::kAssertionLifeMax + oidc::kAssertionSkew || life <= -oidc::kAssertionSkew) std::abort();
    if (said->claims.id.empty() || oidc::assertion_memory(said->claims) <= kNow) std::abort();
}

}  // namespace

/// Client assertions of strangers: the input as a token, and as the header or, after a line break, the claims of one. What passes
/// the checks has an identifier, lives ten minutes at most, and is remembered for longer than it lives.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static openssl::JwtVerifier verifier;
    const std::string text(reinterpret_cast<const char*>(data), size);
    judge(verifier, text);
    const auto line   = text.find('\n');
    const auto header = text.substr(0, line);
    const auto claims = line == std::string::npos ? std::string("{}") : text.substr(line + 1);
    judge(verifier, base64url(header) + "." + base64url(claims) + ".c2ln");
    return 0;
}
