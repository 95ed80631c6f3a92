#include "adapters/outgoing/target.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.h"

namespace portcullis::outgoing {
namespace {

constexpr std::size_t kUrlMax = 2048;

/// Beyond what IpAddress::is_private knows. Source: IANA special-purpose registries; RFC 5737, 3849 (documentation), 2544
/// (benchmarks), 6890, 7526, 3056 (6to4), 6052 and 8215 (NAT64), 4380 (Teredo), 4291 §2.5.5.1 (compatible).
constexpr std::array<std::string_view, 13> kInside = {
    "192.0.0.0/24",  "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15", "192.88.99.0/24", "2001:db8::/32",
    "3fff::/20",     "2002::/16",    "64:ff9b::/96",    "64:ff9b:1::/48", "2001::/23",     "100::/64",
};

bool is_host(std::string_view text) {
    const auto is_allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
    if (text.empty() || text.size() > 253 || text.front() == '.' || text.front() == '-' || !std::ranges::all_of(text, is_allowed)) return false;
    // A name whose last label is a number is an address in a form that only some understand (`127.1`, `0x7f.1`).
    const auto last = text.substr(text.rfind('.') + 1);
    return parse_ip(text) || !(last.empty() || (last.front() >= '0' && last.front() <= '9'));
}

std::optional<int> port_of(std::string_view text) {
    int port          = 0;
    const auto* end   = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, port);
    if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end || port < 1 || port > 65535) return std::nullopt;
    return port;
}

bool is_path(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != '#' && c != '\\' && c != '"' && c != '<' && c != '>'; });
}

bool has_scheme(std::string_view text, std::string_view scheme) { return ascii::equal_ignoring_case(text.substr(0, scheme.size()), scheme); }

/// The rest of a URL, after its scheme.
std::optional<Target> parse_rest(std::string_view text, Scheme scheme) {
    const auto slash = std::min(text.find_first_of("/?"), text.size());
    auto authority   = text.substr(0, slash);
    Target target{.host = {}, .port = scheme == Scheme::http ? 80 : 443, .path = std::string(text.substr(slash)), .scheme = scheme};
    if (!target.path.starts_with('/')) target.path.insert(0, "/");

    const bool is_v6 = authority.starts_with('[');
    const auto end   = is_v6 ? authority.find(']') : std::min(authority.find(':'), authority.size());
    if (end == std::string_view::npos) return std::nullopt;
    target.host     = ascii::lower(authority.substr(is_v6 ? 1 : 0, is_v6 ? end - 1 : end));
    const auto rest = authority.substr(is_v6 ? end + 1 : end);
    if (!rest.empty()) {
        const auto port = rest.front() == ':' ? port_of(rest.substr(1)) : std::nullopt;
        if (!port) return std::nullopt;
        target.port = *port;
    }
    const auto address = parse_ip(target.host);
    const bool is_good = is_v6 ? address && !address->is_v4() : is_host(target.host);
    if (!is_good || !is_path(target.path)) return std::nullopt;
    return target;
}

}  // namespace

std::string Target::url() const {
    const bool is_v6 = host.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}{}", scheme == Scheme::http ? "http" : "https", is_v6 ? "[" : "", host, is_v6 ? "]" : "", port, path);
}

std::optional<Target> parse_target(std::string_view text) {
    constexpr std::string_view kHttps = "https://";
    if (!has_scheme(text, kHttps) || text.size() > kUrlMax) return std::nullopt;
    return parse_rest(text.substr(kHttps.size()), Scheme::https);
}

std::optional<Target> parse_open_target(std::string_view text) {
    constexpr std::string_view kHttp = "http://";
    if (!has_scheme(text, kHttp)) return parse_target(text);
    return text.size() > kUrlMax ? std::nullopt : parse_rest(text.substr(kHttp.size()), Scheme::http);
}

bool is_inside(const IpAddress& address) {
    static const auto networks = [] {
        std::vector<Cidr> all;
        for (const auto text : kInside) all.push_back(parse_cidr(text).value());
        return all;
    }();
    if (address.is_private()) return true;
    const bool is_compatible = !address.is_v4() && address.high() == 0 && (address.low() >> 32) == 0;
    return is_compatible || std::ranges::any_of(networks, [&](const Cidr& network) { return network.contains(address); });
}

std::optional<std::string_view> refusal(const IpAddress& address, int port, const std::vector<Cidr>& allowed, Scheme scheme) {
    if (std::ranges::any_of(allowed, [&](const Cidr& network) { return network.contains(address); })) return std::nullopt;
    if (is_inside(address)) return "its address is not on the public Internet";
    if (scheme == Scheme::http) return port == 80 ? std::nullopt : std::optional<std::string_view>("its port is not 80");
    if (port != 443 && port != 8443) return "its port is neither 443 nor 8443";
    return std::nullopt;
}

}  // namespace portcullis::outgoing
