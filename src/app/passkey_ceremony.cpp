#include "app/passkey_ceremony.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/id_at.h"
#include "wire/reader.h"

namespace portcullis::app {
namespace {

using credentials::PasskeyRefusal;

// A challenge of a sign-in: a UUID of version 7, which tells when it was drawn, and the code.
constexpr std::size_t kDrawnBytes = 16;
constexpr std::size_t kCodeBytes  = credentials::kPasskeyChallengeBytes - kDrawnBytes;

std::string bytes_of(FlowId id) {
    std::string bytes;
    for (const auto word : {id.high, id.low}) {
        for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(word >> shift & 0xFF);
    }
    return bytes;
}

std::string code_of(const Ports& ports, TenantId tenant, std::string_view state, std::string_view drawn) {
    const auto bound = fmt::format("passkey challenge|{}|{}|{}", to_string(tenant), state, base64url(drawn));
    return ports.digests.hmac_sha256(ports.keys.pepper.reveal(), bound).substr(0, kCodeBytes);
}

Result<PasskeyCeremony> ceremony_from(std::string_view text) {
    const auto document = TRY(json::parse_object(text));
    PasskeyCeremony ceremony;
    std::string challenge, user_handle;
    wire::Reader reader(document, "");
    reader.read("challenge", challenge);
    reader.read("userHandle", user_handle);
    reader.read("user", ceremony.user);
    bool is_named = true;
    reader.read("isNamed", is_named);  // of ceremonies that an earlier release began
    TRY(reader.finish());
    ceremony.challenge   = parse_base64url(challenge).value_or("");
    ceremony.user_handle = parse_base64url(user_handle).value_or("");
    return ceremony;
}

}  // namespace

Result<void> begin_ceremony(Ports& ports, TenantId tenant, FlowKind kind, std::string_view key, const PasskeyCeremony& ceremony, Instant now) {
    const auto text = json::to_text(json::object{{"challenge", base64url(ceremony.challenge)},
                                                 {"userHandle", base64url(ceremony.user_handle)},
                                                 {"user", to_string(ceremony.user)}});
    return ports.flows.put(tenant, kind, key, text, now + credentials::kPasskeyChallengeLife);
}

Result<std::optional<PasskeyCeremony>> take_ceremony(Ports& ports, TenantId tenant, FlowKind kind, std::string_view key, Instant now) {
    const auto entry = TRY(ports.flows.take(tenant, kind, key, now));
    if (!entry) return std::optional<PasskeyCeremony>{};
    return std::optional(TRY(ceremony_from(entry->value)));
}

std::string challenge_of(Ports& ports, TenantId tenant, std::string_view state, Instant now) {
    const auto drawn = bytes_of(ports.random.new_id<FlowId>(now));
    return drawn + code_of(ports, tenant, state, drawn);
}

std::optional<PasskeyRefusal> check_challenge(const Ports& ports, TenantId tenant, std::string_view state, std::string_view challenge, Instant now) {
    if (challenge.size() != credentials::kPasskeyChallengeBytes) return PasskeyRefusal::challengeWrong;
    const auto drawn = challenge.substr(0, kDrawnBytes);
    if (!equal_constant_time(challenge.substr(kDrawnBytes), code_of(ports, tenant, state, drawn))) return PasskeyRefusal::challengeWrong;
    const auto oldest = bytes_of(first_id_at<FlowId>(now - credentials::kPasskeyChallengeLife + Duration{1}));
    return drawn < std::string_view(oldest) ? std::optional(PasskeyRefusal::ceremonyOver) : std::nullopt;
}

credentials::Expected expected_of(const Ports& ports, credentials::Ceremony kind, std::string_view challenge) {
    return {.ceremony          = kind,
            .challenge         = std::string(challenge),
            .origins           = ports.relying_party.origins,
            .embedding         = {},
            .rp_id_hash        = ports.digests.sha256(ports.relying_party.id),
            .user_verification = credentials::UserVerification::required};
}

}  // namespace portcullis::app
