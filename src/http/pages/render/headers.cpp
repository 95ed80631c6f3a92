#include "http/pages/render/headers.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace portcullis::pages {
namespace {

constexpr std::string_view kTransportSecurity = "max-age=63072000; includeSubDomains";

constexpr std::string_view kPermissions =
    "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), "
    "display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), "
    "identity-credentials-get=(), idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), "
    "otp-credentials=(), payment=(), picture-in-picture=(), screen-wake-lock=(), serial=(), storage-access=(), usb=(), "
    "window-management=(), xr-spatial-tracking=(), "
    "publickey-credentials-get=(self), publickey-credentials-create=(self)";

constexpr auto kSchemesNever = std::to_array<std::string_view>({"javascript", "data", "vbscript"});

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return out;
}

/// RFC 3986 §3.1.
bool is_scheme(std::string_view text) {
    return !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), [](char c) {
        return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
    });
}

/// `host` or `host:port` as the CSP grammar has it (CSP3 §2.3.1).
bool is_host_source(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == ':';
    });
}

bool is_nonce(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return is_letter(c) || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '+' || c == '/' || c == '-' || c == '_' ||
               c == '=';
    });
}

std::string content_security_policy(const PageHeaders& page) {
    std::string forms = "'self'";
    for (const auto& target : page.form_targets)
        if (const auto source = csp_source(target)) forms += " " + *source;
    const bool has_nonce = !page.script_nonce.empty() && is_nonce(page.script_nonce);
    const auto scripts   = has_nonce ? fmt::format("'self' 'nonce-{}'", page.script_nonce) : std::string("'self'");

    return fmt::format(
        "default-src 'none'; script-src {}; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "form-action {}; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; require-trusted-types-for 'script'; "
        "report-to csp",
        scripts, forms);
}

}  // namespace

std::optional<std::string> csp_source(std::string_view redirect_uri) {
    const auto colon = redirect_uri.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto scheme = lower(redirect_uri.substr(0, colon));
    if (!is_scheme(scheme)) return std::nullopt;
    if (std::find(kSchemesNever.begin(), kSchemesNever.end(), scheme) != kSchemesNever.end()) return std::nullopt;
    if (scheme != "http" && scheme != "https") return scheme + ":";

    auto rest = redirect_uri.substr(colon + 1);
    if (!rest.starts_with("//")) return std::nullopt;
    rest                 = rest.substr(2);
    const auto authority = lower(rest.substr(0, rest.find_first_of("/?#\\")));
    if (authority.starts_with('[')) return scheme + ":";
    if (!is_host_source(authority)) return std::nullopt;
    return scheme + "://" + authority;
}

http::Response with_headers(http::Response answer, const HeaderFields& fields) {
    for (const auto& field : fields) answer.set(field.name, field.value);
    return answer;
}

HeaderFields page_headers(const PageHeaders& page) {
    HeaderFields fields{
        {"Content-Type", "text/html; charset=utf-8"},
        {"Cache-Control", "no-store"},
        {"Content-Security-Policy", content_security_policy(page)},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        // With `no-referrer` Chromium sends `Origin: null` on the form's own POST, which the Origin check refuses.
        {"Referrer-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", page.opener == Opener::popups ? "same-origin-allow-popups" : "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Permissions-Policy", std::string(kPermissions)},
    };
    if (page.scheme == Scheme::https) fields.push_back({"Strict-Transport-Security", std::string(kTransportSecurity)});
    return fields;
}

HeaderFields json_headers(Scheme scheme, JsonAudience audience) {
    const bool open = audience == JsonAudience::open;
    HeaderFields fields{
        {"Content-Type", "application/json"},
        {"Cache-Control", open ? "public, max-age=3600" : "no-store"},
        {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
    };
    if (open) fields.push_back({"Cross-Origin-Resource-Policy", "cross-origin"});
    if (scheme == Scheme::https) fields.push_back({"Strict-Transport-Security", std::string(kTransportSecurity)});
    return fields;
}

}  // namespace portcullis::pages
