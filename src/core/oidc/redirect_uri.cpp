#include "core/oidc/redirect_uri.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace portcullis::oidc {
namespace {

using identity::ApplicationKind;

/// `scheme://host[:port]rest` of an http or https URI, host as written.
struct WebUri {
    std::string_view scheme, host, port, rest;
    std::size_t origin_length = 0;
};

bool is_port(std::string_view digits) {
    unsigned port           = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return error == std::errc{} && end == digits.data() + digits.size() && digits.front() != '0' && port <= 65535;
}

std::optional<WebUri> split(std::string_view uri) {
    WebUri parts;
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (uri.starts_with(scheme)) parts.scheme = scheme.substr(0, scheme.size() - 3);
    }
    if (parts.scheme.empty()) return std::nullopt;
    auto left            = uri.substr(parts.scheme.size() + 3);
    const auto authority = left.substr(0, left.find_first_of("/?#"));
    parts.rest           = left.substr(authority.size());
    parts.origin_length  = uri.size() - parts.rest.size();

    const auto colon = authority.starts_with('[') ? authority.find(':', authority.find(']')) : authority.find(':');
    parts.host       = authority.substr(0, colon);
    if (colon != std::string_view::npos) {
        parts.port = authority.substr(colon + 1);
        if (parts.port.empty() || !is_port(parts.port)) return std::nullopt;
    }
    if (parts.host.empty()) return std::nullopt;
    return parts;
}

bool is_loopback(std::string_view host) { return host == "localhost" || host == "127.0.0.1" || host == "[::1]"; }

/// RFC 8252 §7.3: any port is allowed for a loopback redirect; everything else is compared byte for byte.
bool differs_in_loopback_port_only(std::string_view registered, std::string_view uri) {
    const auto known = split(registered), asked = split(uri);
    if (!known || !asked) return false;
    return known->scheme == "http" && asked->scheme == "http" && is_loopback(known->host) &&
           known->host == asked->host && known->rest == asked->rest;
}

/// A private-use scheme in reverse domain name notation (RFC 8252 §7.1), e.g. `com.example.app`.
bool is_private_use_scheme(std::string_view scheme) {
    const auto is_scheme_char = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+';
    };
    return !scheme.empty() && scheme.front() >= 'a' && scheme.front() <= 'z' && scheme.back() != '.' &&
           scheme.find('.') != std::string_view::npos && std::ranges::all_of(scheme, is_scheme_char);
}

bool is_uri_text(std::string_view uri) {
    return std::ranges::all_of(uri, [](char c) {
        return c > 0x20 && c < 0x7F && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
    });
}

bool is_host(std::string_view host) {
    if (host.front() == '[')
        return host == "[::1]" ||
               (host.back() == ']' && host.find_first_not_of("[]:.0123456789abcdef") == std::string_view::npos);
    return std::ranges::all_of(
        host, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-'; });
}

}  // namespace

std::optional<std::string_view> redirect_uri_problem(std::string_view uri, ApplicationKind kind) {
    if (kind == ApplicationKind::service) return "a service has no redirect URIs";
    if (uri.empty() || uri.size() > 2048) return "a redirect URI has 1 to 2048 characters";
    if (!is_uri_text(uri)) return "a redirect URI is ASCII without spaces and brackets";
    if (uri.find('#') != std::string_view::npos) return "a redirect URI has no fragment";
    if (uri.find('*') != std::string_view::npos) return "a redirect URI has no wildcard";

    const auto parts = split(uri);
    if (!parts) {
        const auto colon = uri.find(':');
        if (colon == std::string_view::npos) return "a redirect URI is absolute";
        if (uri.starts_with("http:") || uri.starts_with("https:")) return "a redirect URI has a host and a valid port";
        if (kind != ApplicationKind::native) return "only native applications may use a scheme other than https";
        if (!is_private_use_scheme(uri.substr(0, colon))) return "a private-use scheme is lower case and has a dot";
        return std::nullopt;
    }
    if (!is_host(parts->host)) return "the host of a redirect URI is a lower-case name or address";
    if (parts->scheme == "http" && !is_loopback(parts->host)) return "http is for loopback addresses only";
    return std::nullopt;
}

bool is_registered_redirect(const identity::Application& client, std::string_view uri) {
    return std::ranges::any_of(client.redirect_uris, [&](const std::string& registered) {
        if (registered == uri) return true;
        return client.kind == ApplicationKind::native && differs_in_loopback_port_only(registered, uri);
    });
}

bool is_registered_post_logout(const identity::Application& client, std::string_view uri) {
    return std::ranges::find(client.post_logout_redirect_uris, uri) != client.post_logout_redirect_uris.end();
}

std::optional<std::string_view> origin_of(std::string_view uri) {
    const auto parts = split(uri);
    if (!parts) return std::nullopt;
    return uri.substr(0, parts->origin_length);
}

bool may_call_from(const identity::Application& client, std::string_view origin) {
    if (client.kind != ApplicationKind::spa || !client.is_enabled || origin.empty()) return false;
    return std::ranges::any_of(client.redirect_uris, [&](const std::string& uri) { return origin_of(uri) == origin; });
}

}  // namespace portcullis::oidc
