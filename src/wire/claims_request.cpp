#include "wire/claims_request.h"

#include <fmt/format.h>

namespace portcullis::wire {
namespace {

using oidc::ClaimsRequest;
using oidc::RequestedClaim;

/// A value as text: strings as they are, numbers and booleans as JSON writes them. Others are of the wrong type.
std::optional<std::string> text_of(const json::value& value) {
    if (const auto* text = value.if_string()) return std::string(text->data(), text->size());
    if (value.is_number() || value.is_bool()) return json::to_text(value);
    return std::nullopt;
}

bool read_values(const json::value& values, RequestedClaim& claim) {
    const auto* list = values.if_array();
    if (list == nullptr) return false;
    for (const auto& value : *list) {
        auto text = text_of(value);
        if (!text) return false;
        claim.values.push_back(std::move(*text));
    }
    return true;
}

/// OpenID Connect Core §5.5.1: null, or an object with `essential`, `value`, `values`; other members are let pass.
std::optional<RequestedClaim> read_claim(std::string name, const json::value& asked) {
    RequestedClaim claim{.name = std::move(name)};
    if (asked.is_null()) return claim;
    const auto* members = asked.if_object();
    if (members == nullptr) return std::nullopt;

    if (const auto* essential = members->if_contains("essential")) {
        if (!essential->is_bool()) return std::nullopt;
        claim.is_essential = essential->get_bool();
    }
    if (const auto* value = members->if_contains("value")) {
        auto text = text_of(*value);
        if (!text) return std::nullopt;
        claim.values.push_back(std::move(*text));
    }
    if (const auto* values = members->if_contains("values")) {
        if (!read_values(*values, claim)) return std::nullopt;
    }
    return claim;
}

std::optional<std::vector<RequestedClaim>> read_section(const json::object& document, std::string_view name) {
    std::vector<RequestedClaim> claims;
    const auto* section = document.if_contains(name);
    if (section == nullptr) return claims;
    const auto* members = section->if_object();
    if (members == nullptr) return std::nullopt;
    for (const auto& member : *members) {
        auto claim = read_claim(std::string(member.key()), member.value());
        if (!claim) return std::nullopt;
        claims.push_back(std::move(*claim));
    }
    return claims;
}

}  // namespace

std::optional<ClaimsRequest> parse_claims_request(std::string_view text) {
    const auto document = json::parse_object(text, kClaimsLimits);
    if (!document) return std::nullopt;
    auto id_token = read_section(*document, "id_token"), userinfo = read_section(*document, "userinfo"),
         access_token = read_section(*document, "access_token");
    if (!id_token || !userinfo || !access_token) return std::nullopt;
    return ClaimsRequest{std::move(*id_token), std::move(*userinfo), std::move(*access_token)};
}

std::string claims_for_acr(Acr acr) {
    return json::to_text(
        json::object{{"id_token", {{"acr", {{"essential", true}, {"values", json::array{to_string(acr)}}}}}}});
}

std::string claims_for_context(std::string_view context) {
    return json::to_text(json::object{{"access_token", {{"acrs", {{"essential", true}, {"value", context}}}}}});
}

std::string claims_for_newer_than(Instant when) {
    return json::to_text(json::object{
        {"access_token", {{"nbf", {{"essential", true}, {"value", fmt::format("{}", unix_seconds(when))}}}}}});
}

}  // namespace portcullis::wire
