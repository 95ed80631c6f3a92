#include "app/passkey_ceremony.h"

#include "base/encoding.h"
#include "wire/reader.h"

namespace portcullis::app {
namespace {

Result<PasskeyCeremony> ceremony_from(std::string_view text) {
    const auto document = TRY(json::parse_object(text));
    PasskeyCeremony ceremony;
    std::string challenge, user_handle;
    wire::Reader reader(document, "");
    reader.read("challenge", challenge);
    reader.read("userHandle", user_handle);
    reader.read("isNamed", ceremony.is_named);
    reader.read("user", ceremony.user);
    TRY(reader.finish());
    ceremony.challenge   = parse_base64url(challenge).value_or("");
    ceremony.user_handle = parse_base64url(user_handle).value_or("");
    return ceremony;
}

}  // namespace

Result<void> begin_ceremony(Ports& ports, TenantId tenant, FlowKind kind, std::string_view key, const PasskeyCeremony& ceremony, Instant now) {
    const auto text = json::to_text(json::object{{"challenge", base64url(ceremony.challenge)},
                                                 {"userHandle", base64url(ceremony.user_handle)},
                                                 {"isNamed", ceremony.is_named},
                                                 {"user", to_string(ceremony.user)}});
    return ports.flows.put(tenant, kind, key, text, now + credentials::kPasskeyChallengeLife);
}

Result<std::optional<PasskeyCeremony>> take_ceremony(Ports& ports, TenantId tenant, FlowKind kind, std::string_view key, Instant now) {
    const auto entry = TRY(ports.flows.take(tenant, kind, key, now));
    if (!entry) return std::optional<PasskeyCeremony>{};
    return std::optional(TRY(ceremony_from(entry->value)));
}

credentials::Expected expected_of(const Ports& ports, credentials::Ceremony kind, const PasskeyCeremony& ceremony) {
    return {.ceremony          = kind,
            .challenge         = ceremony.challenge,
            .origins           = ports.relying_party.origins,
            .embedding         = {},
            .rp_id_hash        = ports.digests.sha256(ports.relying_party.id),
            .user_verification = credentials::UserVerification::required};
}

}  // namespace portcullis::app
