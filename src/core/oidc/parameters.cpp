#include "core/oidc/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/encoding.h"

namespace portcullis::oidc {
namespace {

/// Parameters this provider reads. Each may be there once; of the others nothing is known, so they may come as they
/// like.
constexpr auto kKnown = std::to_array<std::string_view>({
    "acr_values",
    "access_token",
    "claims",
    "claims_locales",
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_info",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "device_code",
    "device_key",
    "device_name",
    "display",
    "domain_hint",
    "grant_type",
    "id_token_hint",
    "login_hint",
    "max_age",
    "nonce",
    "post_logout_redirect_uri",
    "prompt",
    "redirect_uri",
    "refresh_token",
    "request",
    "request_uri",
    "response_mode",
    "response_type",
    "scope",
    "state",
    "token",
    "token_type_hint",
    "ui_locales",
    "user_code",
});

/// PROTO-100: no CR or LF in these; they come back in redirects, logs and pages.
constexpr auto kSingleLine =
    std::to_array<std::string_view>({"state", "nonce", "scope", "login_hint", "domain_hint", "id_token_hint",
                                     "logout_hint", "redirect_uri", "client_id"});

bool is_listed(std::span<const std::string_view> names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

Error malformed(std::string message) { return {ErrorCode::invalidRequest, std::move(message)}; }

Result<std::string> decode(std::string_view text) {
    auto decoded = percent_decode(text, Plus::is_space);
    if (!decoded) return malformed("a parameter is not percent-encoded");
    if (!is_utf8(*decoded)) return malformed("a parameter is not UTF-8");
    if (decoded->find('\0') != std::string::npos) return malformed("a parameter contains NUL");
    return std::move(*decoded);
}

Result<Parameters::Pair> decode_pair(std::string_view part) {
    const auto equals = part.find('=');
    auto name         = TRY(decode(part.substr(0, equals)));
    auto value        = TRY(decode(equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1)));
    return Parameters::Pair{std::move(name), std::move(value)};
}

}  // namespace

std::optional<std::string_view> Parameters::find(std::string_view name) const {
    const auto pair = std::ranges::find(pairs_, name, &Pair::first);
    if (pair == pairs_.end() || pair->second.empty()) return std::nullopt;
    return pair->second;
}

std::vector<std::string_view> Parameters::all(std::string_view name) const {
    std::vector<std::string_view> values;
    for (const auto& [key, value] : pairs_) {
        if (key == name && !value.empty()) values.emplace_back(value);
    }
    return values;
}

Result<Parameters> parse_parameters(std::string_view form, ParameterLimits limits) {
    if (form.size() > limits.bytes_max) return malformed("the parameters are too long");

    std::vector<Parameters::Pair> pairs;
    while (!form.empty()) {
        const auto end  = form.find('&');
        const auto part = form.substr(0, end);
        form            = end == std::string_view::npos ? std::string_view{} : form.substr(end + 1);
        if (part.empty()) continue;
        if (pairs.size() == limits.count_max) return malformed("there are too many parameters");
        pairs.push_back(TRY(decode_pair(part)));
    }
    return checked_parameters(std::move(pairs));
}

Result<Parameters> checked_parameters(std::vector<Parameters::Pair> pairs) {
    std::set<std::string_view> seen;
    for (const auto& [name, value] : pairs) {
        if (is_listed(kSingleLine, name) && value.find_first_of("\r\n") != std::string::npos) {
            return malformed(fmt::format("`{}` contains a line break", name));
        }
        if (is_listed(kKnown, name) && !seen.insert(name).second)
            return malformed(fmt::format("`{}` is repeated", name));
    }
    return Parameters(std::move(pairs));
}

}  // namespace portcullis::oidc
