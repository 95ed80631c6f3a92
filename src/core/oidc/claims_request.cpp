#include "core/oidc/claims_request.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace portcullis::oidc {
namespace {

constexpr std::size_t kCapabilitiesMax    = 16;
constexpr std::size_t kCapabilityBytesMax = 32;
constexpr std::int64_t kLastSecond        = 253'402'300'799;  // the end of 9999, as far as RFC 3339 goes

void add_once(std::vector<std::string>& list, std::string_view value) {
    if (std::ranges::find(list, value) == list.end()) list.emplace_back(value);
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const auto end = text.find(' ');
        if (end != 0) words.push_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return words;
}

void add_wish(AuthenticationDemand& demand, std::string_view value) {
    if (const auto acr = parse_acr(value)) demand.wishes.push_back(*acr);
    if (is_authentication_context(value)) add_once(demand.context_wishes, value);
}

void add_acr(AuthenticationDemand& demand, const RequestedClaim& acr) {
    if (!acr.is_essential || acr.values.empty()) {
        for (const auto& value : acr.values) add_wish(demand, value);
        return;
    }
    for (const auto& value : acr.values) {
        if (const auto level = parse_acr(value)) demand.demands.push_back(*level);
        if (is_authentication_context(value)) add_once(demand.contexts, value);
    }
    // Authentication contexts are not evaluated: a demand for one alone cannot be met, and is never taken as met.
    demand.is_unmeetable = demand.is_unmeetable || demand.demands.empty();
}

void add_contexts(AuthenticationDemand& demand, const RequestedClaim& acrs) {
    for (const auto& value : acrs.values) {
        if (!is_authentication_context(value)) continue;
        add_once(acrs.is_essential ? demand.contexts : demand.context_wishes, value);
        demand.is_unmeetable = demand.is_unmeetable || acrs.is_essential;
    }
}

std::optional<Instant> parse_seconds(std::string_view text) {
    std::int64_t seconds    = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || end != text.data() + text.size() || seconds < 0 || seconds > kLastSecond)
        return std::nullopt;
    return from_unix_seconds(seconds);
}

/// Claims that a scope releases (OpenID Connect Core §5.4).
struct ScopeClaims {
    std::string_view scope;
    std::array<std::string_view, 14> claims;
};
constexpr auto kScopeClaims = std::to_array<ScopeClaims>({
    {"profile",
     {"name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
      "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at"}},
    {"email", {"email", "email_verified"}},
    {"phone", {"phone_number", "phone_number_verified"}},
    {"address", {"address"}},
});

}  // namespace

const RequestedClaim* find_claim(std::span<const RequestedClaim> claims, std::string_view name) {
    const auto claim = std::ranges::find(claims, name, &RequestedClaim::name);
    return claim == claims.end() ? nullptr : &*claim;
}

Acr AuthenticationDemand::demanded() const {
    return demands.empty() ? Acr::session : *std::ranges::min_element(demands);
}

bool is_authentication_context(std::string_view text) {
    const bool has_form = (text.size() == 2 || text.size() == 3) && text[0] == 'c' && text[1] >= '1' && text[1] <= '9';
    return has_form && (text.size() == 2 || (text[2] >= '0' && text[2] <= '9'));
}

std::optional<AuthenticationDemand> authentication_demand(std::string_view acr_values, const ClaimsRequest& claims) {
    AuthenticationDemand demand;
    for (const auto value : words_of(acr_values)) add_wish(demand, value);
    if (const auto* acr = find_claim(claims.id_token, "acr")) add_acr(demand, *acr);
    if (const auto* acrs = find_claim(claims.access_token, "acrs")) add_contexts(demand, *acrs);
    if (const auto* sub = find_claim(claims.id_token, "sub"); sub != nullptr && sub->values.size() == 1) {
        demand.subject = sub->values.front();
    }
    if (const auto* nbf = find_claim(claims.access_token, "nbf"); nbf != nullptr && nbf->is_essential) {
        if (nbf->values.size() != 1) return std::nullopt;
        demand.newer_than = parse_seconds(nbf->values.front());
        if (!demand.newer_than) return std::nullopt;
    }
    return demand;
}

std::vector<std::string> capabilities(const ClaimsRequest& claims) {
    std::vector<std::string> known;
    const auto* xms_cc = find_claim(claims.access_token, "xms_cc");
    if (xms_cc == nullptr) return known;
    for (const auto& value : xms_cc->values) {
        const bool is_word =
            !value.empty() && value.size() <= kCapabilityBytesMax &&
            std::ranges::all_of(value, [](char c) { return c > 0x20 && c < 0x7F && c != '"' && c != '\\'; });
        if (is_word && known.size() < kCapabilitiesMax) add_once(known, value);
    }
    return known;
}

std::vector<std::string> released_claims(std::span<const std::string> open_id_scopes,
                                         std::span<const RequestedClaim> requested) {
    std::vector<std::string> names;
    for (const auto& [scope, claims] : kScopeClaims) {
        if (std::ranges::find(open_id_scopes, scope) == open_id_scopes.end()) continue;
        for (const auto claim : claims) {
            if (!claim.empty()) add_once(names, claim);
        }
    }
    for (const auto& claim : requested) add_once(names, claim.name);
    return names;
}

}  // namespace portcullis::oidc
