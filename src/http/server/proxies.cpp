#include "http/server/proxies.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <ranges>

#include "base/ascii.h"

namespace portcullis::http {
namespace {

bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, ascii::is_digit);
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`.
std::optional<IpAddress> parse_hop(std::string_view text) {
    text = ascii::trimmed(text);
    if (const auto plain = parse_ip(text)) return plain;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        const auto rest = text.substr(end + 1);
        if (!rest.empty() && !(rest.front() == ':' && is_port(rest.substr(1)))) return std::nullopt;
        return parse_ip(text.substr(1, end - 1));
    }
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || !is_port(text.substr(colon + 1))) return std::nullopt;
    return parse_ip(text.substr(0, colon));
}

/// Takes the right-most element off a comma-separated list.
std::string_view last_hop(std::string_view& list) {
    const auto comma = list.rfind(',');
    const auto hop   = comma == std::string_view::npos ? list : list.substr(comma + 1);
    list             = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
    return hop;
}

}  // namespace

Result<TrustedProxies> TrustedProxies::of(std::span<const std::string> configured) {
    TrustedProxies trusted;
    for (const auto& entry : configured) {
        const auto network = parse_cidr(entry);
        if (!network) {
            return Error{ErrorCode::invalidRequest,
                         fmt::format("`trusted_proxies`: `{}` is neither an address nor a CIDR range", entry)};
        }
        trusted.networks_.push_back(*network);
    }
    return trusted;
}

bool TrustedProxies::contains(const IpAddress& address) const {
    return std::ranges::any_of(networks_, [&](const Cidr& network) { return network.contains(address); });
}

IpAddress client_address(const IpAddress& peer, std::span<const std::string_view> forwarded_for,
                         const TrustedProxies& trusted) {
    IpAddress nearest = peer;
    for (auto list : std::views::reverse(forwarded_for)) {
        while (!list.empty()) {
            if (!trusted.contains(nearest)) return nearest;
            const auto hop = parse_hop(last_hop(list));
            if (!hop) return nearest;
            nearest = *hop;
        }
    }
    return nearest;
}

}  // namespace portcullis::http
