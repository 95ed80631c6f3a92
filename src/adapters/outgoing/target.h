#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"

/// Where the product may be told to send something (PROTO-820, 821). Pure; the client asks it before it connects.
namespace portcullis::outgoing {

enum class Scheme { https, http };

/// A URL, taken apart.
struct Target {
    std::string host;  // lower case; an IPv6 address without brackets
    int port = 443;
    std::string path;  // with the query; begins with `/`
    Scheme scheme = Scheme::https;

    /// As it stands in a URL: `https://host:port/path`.
    [[nodiscard]] std::string url() const;
};

/// Nothing unless `text` is `https://` with a host name or address, perhaps a port, and a path of printable ASCII: no user, no
/// fragment, at most 2048 bytes. Scheme and host may be in upper case, which means the same (RFC 3986 §6.2.2.1).
std::optional<Target> parse_target(std::string_view text);
/// The same, or `http://`: for what is signed by itself and is published without TLS, such as revocation lists (RFC 5280 §8).
std::optional<Target> parse_open_target(std::string_view text);

/// Whether an address is one that nobody outside may send us to: this machine, private and shared networks, link-local,
/// unique-local, multicast, reserved, documentation and benchmark networks, and IPv6 forms that hold an IPv4 address (6to4,
/// NAT64, Teredo, compatible); mapped ones are judged as IPv4.
bool is_inside(const IpAddress& address);

/// Why `address` and `port` are refused; nothing when they are not. What an administrator allowed is not refused, on any port;
/// otherwise only public addresses, on 443 and 8443, for http on 80.
std::optional<std::string_view> refusal(const IpAddress& address, int port, const std::vector<Cidr>& allowed, Scheme scheme = Scheme::https);

}  // namespace portcullis::outgoing
