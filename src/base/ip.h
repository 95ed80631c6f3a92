#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace portcullis {

/// One IPv4 or IPv6 address. An IPv4-mapped IPv6 address *is* the IPv4 address (conditional-access.md §8), so the two
/// spellings of a client never differ. Addresses order by family (IPv4 inside `::ffff:0:0/96`), then by number.
class IpAddress {
public:
    /// `::`, the unspecified address.
    constexpr IpAddress() = default;
    /// From the number, in host order.
    static constexpr IpAddress v4(std::uint32_t number) { return {0, kMapped | number}; }
    /// From the upper and lower half of the number, in host order; an IPv4-mapped number becomes the IPv4 address.
    static constexpr IpAddress v6(std::uint64_t high, std::uint64_t low) { return {high, low}; }
    /// 4 or 16 bytes in network order; nothing for any other length.
    static std::optional<IpAddress> from_bytes(std::string_view bytes);

    [[nodiscard]] constexpr bool is_v4() const { return high_ == 0 && (low_ & ~kV4Mask) == kMapped; }
    /// The IPv4 number, host order; only of an IPv4 address.
    [[nodiscard]] constexpr std::uint32_t v4_number() const { return static_cast<std::uint32_t>(low_ & kV4Mask); }
    /// The halves of the 128-bit number, host order; an IPv4 address in its mapped form.
    [[nodiscard]] constexpr std::uint64_t high() const { return high_; }
    [[nodiscard]] constexpr std::uint64_t low() const { return low_; }

    /// 4 or 16 bytes in network order.
    [[nodiscard]] std::string bytes() const;
    /// 32 or 128.
    [[nodiscard]] constexpr int width() const { return is_v4() ? 32 : 128; }

    /// 127.0.0.0/8, ::1.
    [[nodiscard]] bool is_loopback() const;
    /// Not reachable over the public Internet, so it has no country and no network operator: loopback, unspecified,
    /// RFC 1918, RFC 6598 (shared by carriers), link-local, unique local, multicast, reserved. Documentation ranges are
    /// *not* private: the demo lives there.
    [[nodiscard]] bool is_private() const;

    auto operator<=>(const IpAddress&) const = default;

private:
    static constexpr std::uint64_t kMapped = 0x0000'FFFF'0000'0000, kV4Mask = 0xFFFF'FFFF;
    constexpr IpAddress(std::uint64_t high, std::uint64_t low) : high_(high), low_(low) {}
    std::uint64_t high_ = 0, low_ = 0;
};

/// Dotted decimal without leading zeros, or RFC 4291 §2.2 text without a zone; nothing else, no surrounding space.
std::optional<IpAddress> parse_ip(std::string_view text);
/// Dotted decimal, or RFC 5952.
std::string to_string(const IpAddress& address);

/// A network: every address that shares the first `bits` bits. The bits after the prefix are zero.
class Cidr {
public:
    /// `::/128`.
    constexpr Cidr() = default;
    /// The network of `address` with `bits` bits, in the address's own family; nothing when `bits` is out of 0–32 or 0–128.
    static std::optional<Cidr> of(const IpAddress& address, int bits);

    [[nodiscard]] const IpAddress& first() const { return first_; }
    [[nodiscard]] IpAddress last() const;
    /// 0–32 for IPv4, 0–128 for IPv6.
    [[nodiscard]] int bits() const { return bits_; }
    [[nodiscard]] bool is_v4() const { return is_v4_; }

    /// Never true across families.
    [[nodiscard]] bool contains(const IpAddress& address) const;
    [[nodiscard]] bool contains(const Cidr& other) const;

    auto operator<=>(const Cidr&) const = default;

private:
    IpAddress first_;
    int bits_   = 128;
    bool is_v4_ = false;
};

/// `address/bits`, or an address alone, which is the network of that one address. Bits after the prefix are cleared
/// (`198.51.100.7/24` is `198.51.100.0/24`). A mapped IPv6 network of at least 96 bits is the IPv4 network.
std::optional<Cidr> parse_cidr(std::string_view text);
std::string to_string(const Cidr& network);

/// How much of an address two clients behind one subscriber line share.
struct PrefixLengths {
    int v4, v6;
};
inline constexpr PrefixLengths kSubscriber{32, 64};  ///< risk-science.md §2.1 "address"
inline constexpr PrefixLengths kNeighbours{24, 48};  ///< risk-science.md §2.1 "prefix"

/// The network of `address` of the length that its family has in `lengths`.
Cidr prefix_of(const IpAddress& address, PrefixLengths lengths);

}  // namespace portcullis

template <>
struct std::hash<portcullis::IpAddress> {
    std::size_t operator()(const portcullis::IpAddress& ip) const noexcept {
        return static_cast<std::size_t>((ip.high() * 0x9E3779B97F4A7C15ULL) ^ (ip.low() * 0xC2B2AE3D27D4EB4FULL));
    }
};
