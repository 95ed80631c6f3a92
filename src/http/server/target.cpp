#include "http/server/target.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "base/ip.h"

namespace portcullis::http {
namespace {

/// The longest DNS name (RFC 1035 §2.3.4).
constexpr std::size_t kHostBytesMax = 253;

bool is_host_char(char c) { return ascii::is_digit(c) || ascii::is_letter(c) || c == '-' || c == '.' || c == '_'; }

bool is_host(std::string_view host) {
    if (host.empty() || host.size() > kHostBytesMax) return false;
    if (host.front() != '[') return std::ranges::all_of(host, is_host_char);
    if (host.back() != ']') return false;
    const auto inside = host.substr(1, host.size() - 2);
    return inside.find(':') != std::string_view::npos && parse_ip(inside).has_value();
}

struct HostAndPort {
    std::string_view host, port;
};

HostAndPort split(std::string_view text) {
    const auto bracket = text.rfind(']');
    const auto colon   = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon == std::string_view::npos) return {text, {}};
    return {text.substr(0, colon), text.substr(colon)};
}

/// `:` and a number of 1–65535 without a leading zero.
bool is_port(std::string_view text) {
    if (text.size() < 2 || text[1] < '1' || text[1] > '9') return false;
    unsigned port          = 0;
    const auto* last       = text.data() + text.size();
    const auto [end, errc] = std::from_chars(text.data() + 1, last, port);
    return errc == std::errc{} && end == last && port <= 65535;
}

Error malformed(std::string why) { return {ErrorCode::invalidRequest, std::move(why)}; }

Target path_and_query(std::string_view text) {
    const auto question = text.find('?');
    if (question == std::string_view::npos) return {.authority = {}, .path = text, .query = {}};
    return {.authority = {}, .path = text.substr(0, question), .query = text.substr(question + 1)};
}

Result<Target> absolute_form(std::string_view after_scheme) {
    const auto end  = std::min(after_scheme.find_first_of("/?"), after_scheme.size());
    const auto rest = after_scheme.substr(end);
    auto target     = path_and_query(rest);
    if (target.path.empty()) target.path = "/";
    target.authority = after_scheme.substr(0, end);
    if (!canonical_authority(target.authority)) return malformed("the request target has no proper authority");
    return target;
}

}  // namespace

Result<Target> parse_target(std::string_view target, Method method) {
    if (target.starts_with('/')) return path_and_query(target);
    if (target == "*" && method == Method::OPTIONS) return Target{.authority = {}, .path = "*", .query = {}};
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (ascii::equal_ignoring_case(target.substr(0, scheme.size()), scheme))
            return absolute_form(target.substr(scheme.size()));
    }
    return malformed("the request target is neither a path nor an http URL");
}

std::optional<std::string> canonical_authority(std::string_view text) {
    auto [host, port] = split(text);
    if (!is_host(host) || !(port.empty() || is_port(port))) return std::nullopt;
    if (port == ":80" || port == ":443") port = {};
    return ascii::lower(host).append(port);
}

Result<Authorities> Authorities::of(std::span<const std::string> configured) {
    Authorities authorities;
    for (const std::string_view entry : configured) {
        const bool has_any_port = entry.ends_with(":*");
        const auto canonical    = canonical_authority(has_any_port ? entry.substr(0, entry.size() - 2) : entry);
        if (!canonical || (has_any_port && !split(*canonical).port.empty())) {
            return malformed(fmt::format("`authorities`: `{}` is not `host`, `host:port` or `host:*`", entry));
        }
        (has_any_port ? authorities.any_port_ : authorities.exact_).insert(*canonical);
    }
    return authorities;
}

bool Authorities::contains(std::string_view authority) const {
    if (exact_.contains(authority)) return true;
    return !any_port_.empty() && any_port_.contains(split(authority).host);
}

}  // namespace portcullis::http
