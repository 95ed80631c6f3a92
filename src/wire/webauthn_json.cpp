#include "wire/webauthn_json.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "wire/reader.h"

namespace portcullis::wire {
namespace {

constexpr int kDepthMax               = 8;
constexpr std::size_t kTransportsMax  = 16;
constexpr std::size_t kTransportMax   = 32;
constexpr std::string_view kByteOrder = "\xef\xbb\xbf";

Error refused(std::string_view member, std::string_view why) { return {ErrorCode::invalidRequest, fmt::format("`{}` {}", member, why)}; }

Result<std::string> text_of(const json::object& o, std::string_view member) {
    auto text = json::string_at(o, member);
    if (!text) return refused(member, "is missing or no text");
    return std::move(*text);
}

Result<std::string> bytes_of(const json::object& o, std::string_view member) {
    const auto text = TRY(text_of(o, member));
    auto bytes      = parse_base64url(text);
    if (!bytes || bytes->empty()) return refused(member, "is not base64url");
    return std::move(*bytes);
}

/// An answer's `response` and the id all of it is about.
struct Envelope {
    json::object response;
    std::string credential_id;
};

Result<Envelope> open_envelope(std::string_view text) {
    const auto document = TRY(json::parse_object(text, {.bytes_max = kPasskeyAnswerMax, .depth_max = kDepthMax}));
    if (TRY(text_of(document, "type")) != "public-key") return refused("type", "is not public-key");
    const auto id = TRY(text_of(document, "id"));
    auto raw      = TRY(bytes_of(document, "rawId"));
    // §5.1: "id ... the base64url encoding of the data contained in the object's rawId".
    if (id != base64url(raw)) return refused("id", "is not that of `rawId`");
    const auto* response = json::object_at(document, "response");
    if (!response) return refused("response", "is missing or no object");
    return Envelope{*response, std::move(raw)};
}

Result<std::vector<std::string>> transports_of(const json::object& response) {
    std::vector<std::string> reported;
    if (!response.contains("transports")) return reported;
    const auto* array = json::array_at(response, "transports");
    if (!array || array->size() > kTransportsMax) return refused("transports", "is no short list");
    for (const auto& element : *array) {
        if (!element.is_string() || element.get_string().size() > kTransportMax) return refused("transports", "holds something else than short texts");
        reported.emplace_back(element.get_string());
    }
    return credentials::known_transports(reported);
}

json::array descriptors(const std::vector<credentials::CredentialDescriptor>& credentials) {
    json::array array;
    for (const auto& credential : credentials) {
        array.push_back(json::object{{"type", "public-key"}, {"id", base64url(credential.id)}, {"transports", to_array(credential.transports)}});
    }
    return array;
}

json::array parameters() {
    json::array array;
    for (const auto algorithm : credentials::kOfferedAlgorithms) {
        array.push_back(json::object{{"type", "public-key"}, {"alg", static_cast<int>(algorithm)}});
    }
    return array;
}

std::int64_t timeout_ms() { return credentials::kPasskeyChallengeLife.count(); }

}  // namespace

Result<RegistrationAnswer> parse_registration_answer(std::string_view text) {
    auto envelope           = TRY(open_envelope(text));
    const auto& response    = envelope.response;
    auto client_data        = TRY(bytes_of(response, "clientDataJSON"));
    auto attestation_object = TRY(bytes_of(response, "attestationObject"));
    auto transports         = TRY(transports_of(response));
    return RegistrationAnswer{std::move(envelope.credential_id), std::move(client_data), std::move(attestation_object), std::move(transports)};
}

Result<AuthenticationAnswer> parse_authentication_answer(std::string_view text) {
    auto envelope           = TRY(open_envelope(text));
    const auto& response    = envelope.response;
    auto client_data        = TRY(bytes_of(response, "clientDataJSON"));
    auto authenticator_data = TRY(bytes_of(response, "authenticatorData"));
    auto signature          = TRY(bytes_of(response, "signature"));
    std::optional<std::string> user_handle;
    const auto* handle = response.if_contains("userHandle");
    if (handle && !handle->is_null()) user_handle = TRY(bytes_of(response, "userHandle"));
    return AuthenticationAnswer{std::move(envelope.credential_id), std::move(client_data), std::move(authenticator_data), std::move(signature),
                                std::move(user_handle)};
}

Result<credentials::ClientData> parse_client_data(std::string_view bytes) {
    // "Let JSONtext be the result of running UTF-8 decode on the value of response.clientDataJSON" (§7.1 step 5): it drops a
    // byte order mark. What is no UTF-8 is refused instead of repaired.
    if (bytes.starts_with(kByteOrder)) bytes.remove_prefix(kByteOrder.size());
    const auto document = TRY(json::parse_object(bytes, {.bytes_max = kPasskeyAnswerMax, .depth_max = kDepthMax}));
    credentials::ClientData client;
    client.type      = TRY(text_of(document, "type"));
    client.challenge = TRY(bytes_of(document, "challenge"));
    client.origin    = TRY(text_of(document, "origin"));
    if (document.contains("crossOrigin")) {
        const auto cross_origin = json::bool_at(document, "crossOrigin");
        if (!cross_origin) return refused("crossOrigin", "is neither true nor false");
        client.cross_origin = *cross_origin;
    }
    if (document.contains("topOrigin")) client.top_origin = TRY(text_of(document, "topOrigin"));
    return client;
}

json::object to_json(const credentials::CreationOptions& options) {
    return {{"rp", json::object{{"id", options.relying_party.id}, {"name", options.relying_party.name}}},
            {"user", json::object{{"id", base64url(options.user_handle)}, {"name", options.user_name}, {"displayName", options.display_name}}},
            {"challenge", base64url(options.challenge)},
            {"pubKeyCredParams", parameters()},
            {"timeout", timeout_ms()},
            {"excludeCredentials", descriptors(options.excluded)},
            {"authenticatorSelection", json::object{{"residentKey", "required"},
                                                    {"requireResidentKey", true},
                                                    {"userVerification", credentials::to_string(options.user_verification)}}},
            {"attestation", credentials::to_string(options.attestation)},
            {"extensions", json::object{{"credProps", true}}}};
}

json::object to_json(const credentials::RequestOptions& options) {
    return {{"challenge", base64url(options.challenge)},
            {"timeout", timeout_ms()},
            {"rpId", options.rp_id},
            {"allowCredentials", descriptors(options.allowed)},
            {"userVerification", credentials::to_string(options.user_verification)}};
}

}  // namespace portcullis::wire
