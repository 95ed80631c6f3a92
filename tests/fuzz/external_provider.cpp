#include <cstdlib>
#include <string_view>

#include "wire/external_answer.h"
#include "wire/external_method_json.h"

namespace {

using namespace portcullis;

constexpr std::string_view kUrl = "https://idp.example/.well-known/openid-configuration";
constexpr Instant kNow{Duration{1'800'000'000'000}};

/// What passes is https, and of the host that was asked.
void read_metadata(std::string_view text) {
    const auto metadata = wire::provider_metadata_from(text, kUrl);
    if (!metadata) return;
    if (!metadata->issuer.starts_with("https://idp.example")) std::abort();
    for (const auto& url : {metadata->authorization_endpoint, metadata->jwks_uri}) {
        if (!url.starts_with("https://") || url.find_first_of("\"<>#\\ \n\r") != std::string::npos) std::abort();
    }
}

/// What is accepted says whose, for whom, in answer to what, and how.
void judge_claims(std::string_view text) {
    const auto object = json::parse_object(text, {.bytes_max = 16 * 1024, .depth_max = 16});
    if (!object) return;
    const auto claims = wire::external_claims_from(*object);
    if (!claims) return;
    const credentials::ExternalExpectation expected{.issuer = "https://idp.example", .client_id = "us", .subject = "s", .nonce = "n", .asked_at = kNow - std::chrono::minutes{1}, .now = kNow};
    if (credentials::fault_of(*claims, expected)) return;
    if (claims->nonce != "n" || claims->subject != "s" || !claims->expires_at || !claims->issued_at || credentials::known_amr(claims->amr).empty()) std::abort();
}

/// What is stored is read back the same.
void read_method(std::string_view text) {
    const auto parsed = wire::parse_external_method(text);
    if (!parsed.method) return;
    const auto written = wire::to_json(*parsed.method);
    const auto again   = wire::parse_external_method(written);
    if (!again.method || json::to_text(wire::to_json(*again.method)) != json::to_text(written)) std::abort();
}

}  // namespace

/// Documents and tokens of providers of MFA outside, and the documents that name them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    read_metadata(text);
    (void)wire::provider_keys_from(text);
    judge_claims(text);
    read_method(text);
    return 0;
}
