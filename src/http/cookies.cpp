#include "http/cookies.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"

namespace portcullis::http {
namespace {

/// cookie-octet of RFC 6265 §4.1.1: visible ASCII without `"`, `,`, `;` and `\`.
bool is_cookie_octet(char c) { return c > ' ' && c < '\x7f' && c != '"' && c != ',' && c != ';' && c != '\\'; }

bool is_cookie_value(std::string_view text) { return std::ranges::all_of(text, is_cookie_octet); }

std::string_view unquoted(std::string_view value) {
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') return value.substr(1, value.size() - 2);
    return value;
}

/// Takes the text up to the next `;` off the front.
std::string_view next_pair(std::string_view& rest) {
    const auto end  = std::min(rest.find(';'), rest.size());
    const auto pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return ascii::trimmed(pair);
}

std::string_view name(SameSite same_site) {
    switch (same_site) {
        case SameSite::Strict:
            return "Strict";
        case SameSite::Lax:
            return "Lax";
        case SameSite::None:
            return "None";
    }
    return "Strict";
}

Result<void> check(const SetCookie& cookie) {
    const auto refused = [&](std::string_view why) {
        return Error{ErrorCode::invalidRequest, fmt::format("cookie `{}` {}", cookie.name, why)};
    };
    if (!is_token(cookie.name)) return Error{ErrorCode::invalidRequest, "a cookie name must be a token"};
    if (!is_cookie_value(cookie.value)) return refused("has a value with characters a cookie cannot carry");
    if (cookie.name.size() + cookie.value.size() > kCookieBytesMax) return refused("exceeds 4096 bytes");
    if (!cookie.path.starts_with('/') || !is_cookie_value(cookie.path)) return refused("needs a path like `/here`");

    const bool is_host = cookie.name.starts_with("__Host-");
    if ((is_host || cookie.name.starts_with("__Secure-")) && !cookie.is_secure) return refused("must be Secure");
    if (is_host && cookie.path != "/") return refused("must have the path `/`");
    if (cookie.same_site == SameSite::None && !cookie.is_secure) return refused("is SameSite=None and not Secure");
    return {};
}

}  // namespace

Cookies Cookies::of(const Request& request) { return parse(request.header_values("cookie")); }

Cookies Cookies::parse(std::span<const std::string_view> fields) {
    std::vector<std::string_view> seen;
    std::vector<std::string_view> repeated;
    Cookies cookies;
    for (auto rest : fields) {
        while (!rest.empty() && seen.size() < kCookiePairsMax) {
            const auto pair   = next_pair(rest);
            const auto equals = pair.find('=');
            if (equals == std::string_view::npos) continue;

            const auto pair_name = ascii::trimmed(pair.substr(0, equals));
            if (!is_token(pair_name)) continue;
            // A malformed second cookie still makes the name ambiguous.
            if (std::ranges::find(seen, pair_name) != seen.end()) repeated.push_back(pair_name);
            seen.push_back(pair_name);

            const auto value = unquoted(ascii::trimmed(pair.substr(equals + 1)));
            if (pair_name.size() + value.size() > kCookieBytesMax || !is_cookie_value(value)) continue;
            cookies.pairs_.push_back({pair_name, value});
        }
    }
    std::erase_if(cookies.pairs_,
                  [&](const Pair& pair) { return std::ranges::find(repeated, pair.name) != repeated.end(); });
    return cookies;
}

std::optional<std::string_view> Cookies::get(std::string_view name) const {
    const auto found = std::ranges::find(pairs_, name, &Pair::name);
    if (found == pairs_.end()) return std::nullopt;
    return found->value;
}

Result<std::string> render(const SetCookie& cookie) {
    TRY(check(cookie));
    std::string text = fmt::format("{}={}; Path={}", cookie.name, cookie.value, cookie.path);
    if (cookie.max_age) text += fmt::format("; Max-Age={}", std::max<std::int64_t>(cookie.max_age->count(), 0));
    if (cookie.is_secure) text += "; Secure";
    if (cookie.is_http_only) text += "; HttpOnly";
    text += "; SameSite=";
    text += name(cookie.same_site);
    return text;
}

SetCookie forgotten(SetCookie cookie) {
    cookie.value.clear();
    cookie.max_age = std::chrono::seconds{0};
    return cookie;
}

}  // namespace portcullis::http
