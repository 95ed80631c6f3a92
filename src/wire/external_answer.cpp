#include "wire/external_answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "wire/numeric_date.h"

namespace portcullis::wire {
namespace {

constexpr std::size_t kListMax  = 16;
constexpr std::size_t kUrlMax   = 2048;
constexpr std::string_view kHttps = "https://";

Error wrong(std::string what) { return {ErrorCode::invalidRequest, std::move(what)}; }
Error wrong_type(std::string_view name) { return wrong(fmt::format("`{}` has the wrong type", name)); }

Result<std::string> text_at(const json::object& object, std::string_view name) {
    if (!object.contains(name)) return std::string();
    auto text = json::string_at(object, name);
    if (!text) return wrong_type(name);
    return std::move(*text);
}

Result<std::optional<Instant>> time_at(const json::object& object, std::string_view name) {
    if (!object.contains(name)) return std::optional<Instant>();
    const auto time = numeric_date_at(object, name);
    if (!time) return wrong_type(name);
    return time;
}

Result<std::vector<std::string>> texts_at(const json::object& object, std::string_view name) {
    std::vector<std::string> texts;
    if (!object.contains(name)) return texts;
    const auto* array = json::array_at(object, name);
    if (!array || array->size() > kListMax) return wrong_type(name);
    for (const auto& element : *array) {
        if (!element.is_string()) return wrong_type(name);
        texts.emplace_back(element.as_string());
    }
    return texts;
}

/// One string, or a list of them.
Result<std::vector<std::string>> audience_of(const json::object& claims) {
    if (auto one = json::string_at(claims, "aud")) return std::vector{std::move(*one)};
    return texts_at(claims, "aud");
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_character(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '.'; }
bool is_printable(char c) { return c > 0x20 && c < 0x7F && c != '"' && c != '<' && c != '>' && c != '\\' && c != '#'; }

/// `host` or `host:port`.
std::string_view authority_of(std::string_view url) {
    if (!url.starts_with(kHttps)) return {};
    url.remove_prefix(kHttps.size());
    return url.substr(0, url.find_first_of("/?"));
}

bool is_authority(std::string_view text) {
    const auto colon = text.find(':');
    const auto host  = text.substr(0, colon);
    if (host.empty() || !std::ranges::all_of(host, is_name_character)) return false;
    if (colon == std::string_view::npos) return true;
    const auto port = text.substr(colon + 1);
    return !port.empty() && port.size() <= 5 && std::ranges::all_of(port, is_digit);
}

/// Where the provider says what it supports, this is among it.
bool is_supported(const json::object& metadata, std::string_view list, std::string_view wanted) {
    if (!metadata.contains(list)) return true;
    const auto* array = json::array_at(metadata, list);
    return array && std::ranges::any_of(*array, [&](const json::value& v) { return v.is_string() && std::string_view(v.as_string()) == wanted; });
}

}  // namespace

Result<credentials::ExternalClaims> external_claims_from(const json::object& claims) {
    credentials::ExternalClaims read;
    read.issuer     = TRY(text_at(claims, "iss"));
    read.subject    = TRY(text_at(claims, "sub"));
    read.nonce      = TRY(text_at(claims, "nonce"));
    read.acr        = TRY(text_at(claims, "acr"));
    read.audience   = TRY(audience_of(claims));
    read.amr        = TRY(texts_at(claims, "amr"));
    read.expires_at = TRY(time_at(claims, "exp"));
    read.not_before = TRY(time_at(claims, "nbf"));
    read.issued_at  = TRY(time_at(claims, "iat"));
    if (claims.contains("azp")) read.authorized_party = TRY(text_at(claims, "azp"));
    return read;
}

bool is_provider_url(std::string_view text) {
    return text.size() <= kUrlMax && is_authority(authority_of(text)) && std::ranges::all_of(text, is_printable);
}

Result<ProviderMetadata> provider_metadata_from(std::string_view text, std::string_view discovery_url) {
    const auto document = TRY(json::parse_object(text, {.bytes_max = kProviderDocumentMax, .depth_max = 16}));
    ProviderMetadata metadata;
    metadata.issuer                 = TRY(text_at(document, "issuer"));
    metadata.authorization_endpoint = TRY(text_at(document, "authorization_endpoint"));
    metadata.jwks_uri               = TRY(text_at(document, "jwks_uri"));
    if (!is_provider_url(metadata.issuer) || authority_of(metadata.issuer) != authority_of(discovery_url)) {
        return wrong("`issuer` is not an https URL of the host that the metadata is from");
    }
    if (!is_provider_url(metadata.authorization_endpoint)) return wrong("`authorization_endpoint` is not an https URL");
    if (!is_provider_url(metadata.jwks_uri)) return wrong("`jwks_uri` is not an https URL");
    if (!is_supported(document, "response_types_supported", "id_token")) return wrong("`response_types_supported` lacks `id_token`");
    if (!is_supported(document, "response_modes_supported", "form_post")) return wrong("`response_modes_supported` lacks `form_post`");
    return metadata;
}

Result<std::vector<json::object>> provider_keys_from(std::string_view text) {
    const auto document = TRY(json::parse_object(text, {.bytes_max = kProviderDocumentMax, .depth_max = 16}));
    const auto* array   = json::array_at(document, "keys");
    if (!array) return wrong("`keys` of the key set is not a list");
    if (array->size() > kProviderKeysMax) return wrong(fmt::format("the key set has more than {} keys", kProviderKeysMax));
    std::vector<json::object> keys;
    for (const auto& element : *array) {
        if (const auto* key = element.if_object()) keys.push_back(*key);
    }
    return keys;
}

}  // namespace portcullis::wire
