#include "base/ip.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cstring>
#include <fmt/format.h>

#include "base/assert.h"

namespace portcullis {
namespace {

std::uint64_t read_be64(const unsigned char* bytes) {
    std::uint64_t number = 0;
    for (int i = 0; i < 8; ++i) number = number << 8 | bytes[i];
    return number;
}

void append_be(std::string& out, std::uint64_t number, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(number >> (8 * i) & 0xFF));
}

/// The mask of the first `bits` of 64.
constexpr std::uint64_t mask(int bits) {
    if (bits <= 0) return 0;
    return bits >= 64 ? ~std::uint64_t{0} : ~std::uint64_t{0} << (64 - bits);
}

/// Prefix length within the 128-bit number.
int full_bits(bool is_v4, int bits) { return is_v4 ? 96 + bits : bits; }

bool in(const IpAddress& address, std::uint32_t network, int bits) {
    return (address.v4_number() >> (32 - bits)) == (network >> (32 - bits));
}

bool is_private_v4(const IpAddress& a) {
    return in(a, 0x00000000, 8)      // "this network", RFC 791
           || in(a, 0x0A000000, 8)   // RFC 1918
           || in(a, 0x64400000, 10)  // RFC 6598
           || in(a, 0x7F000000, 8)   // loopback
           || in(a, 0xA9FE0000, 16)  // link-local, RFC 3927
           || in(a, 0xAC100000, 12)  // RFC 1918
           || in(a, 0xC0A80000, 16)  // RFC 1918
           || in(a, 0xE0000000, 4)   // multicast
           || in(a, 0xF0000000, 4);  // reserved, and the limited broadcast address
}

bool is_private_v6(const IpAddress& a) {
    const auto top = a.high() >> 48;
    return (a.high() == 0 && a.low() <= 1)   // unspecified, loopback
           || (top & 0xFE00) == 0xFC00       // unique local, RFC 4193
           || (top & 0xFFC0) == 0xFE80       // link-local
           || (top & 0xFFC0) == 0xFEC0       // site-local, deprecated by RFC 3879
           || (top & 0xFF00) == 0xFF00;      // multicast
}

}  // namespace

std::optional<IpAddress> IpAddress::from_bytes(std::string_view bytes) {
    std::array<unsigned char, 16> raw{};
    if (bytes.size() != 4 && bytes.size() != 16) return std::nullopt;
    std::memcpy(raw.data(), bytes.data(), bytes.size());
    if (bytes.size() == 4) return v4(static_cast<std::uint32_t>(read_be64(raw.data()) >> 32));
    return v6(read_be64(raw.data()), read_be64(raw.data() + 8));
}

std::string IpAddress::bytes() const {
    std::string out;
    if (is_v4()) {
        append_be(out, v4_number(), 4);
    } else {
        append_be(out, high_, 8);
        append_be(out, low_, 8);
    }
    return out;
}

bool IpAddress::is_loopback() const { return is_v4() ? in(*this, 0x7F000000, 8) : high_ == 0 && low_ == 1; }
bool IpAddress::is_private() const { return is_v4() ? is_private_v4(*this) : is_private_v6(*this); }

std::optional<IpAddress> parse_ip(std::string_view text) {
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    if (text.empty() || text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
    std::memcpy(terminated.data(), text.data(), text.size());

    std::array<char, 16> raw{};
    if (inet_pton(AF_INET, terminated.data(), raw.data()) == 1) return IpAddress::from_bytes({raw.data(), 4});
    if (inet_pton(AF_INET6, terminated.data(), raw.data()) == 1) return IpAddress::from_bytes({raw.data(), 16});
    return std::nullopt;
}

std::string to_string(const IpAddress& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const auto raw = address.bytes();
    PORTCULLIS_ASSERT(inet_ntop(address.is_v4() ? AF_INET : AF_INET6, raw.data(), text.data(), text.size()) != nullptr);
    return text.data();
}

std::optional<Cidr> Cidr::of(const IpAddress& address, int bits) {
    if (bits < 0 || bits > address.width()) return std::nullopt;
    Cidr network;
    const auto full = full_bits(address.is_v4(), bits);
    network.first_  = IpAddress::v6(address.high() & mask(full), address.low() & mask(full - 64));
    network.bits_   = bits;
    network.is_v4_  = address.is_v4();
    return network;
}

IpAddress Cidr::last() const {
    const auto full = full_bits(is_v4_, bits_);
    return IpAddress::v6(first_.high() | ~mask(full), first_.low() | ~mask(full - 64));
}

bool Cidr::contains(const IpAddress& address) const {
    if (address.is_v4() != is_v4_) return false;
    const auto full = full_bits(is_v4_, bits_);
    return (address.high() & mask(full)) == first_.high() && (address.low() & mask(full - 64)) == first_.low();
}

bool Cidr::contains(const Cidr& other) const {
    return other.is_v4_ == is_v4_ && other.bits_ >= bits_ && contains(other.first_);
}

std::optional<Cidr> parse_cidr(std::string_view text) {
    const auto slash   = text.find('/');
    const auto address = parse_ip(text.substr(0, slash));
    if (!address) return std::nullopt;
    if (slash == std::string_view::npos) return Cidr::of(*address, address->width());

    const auto digits = text.substr(slash + 1);
    int bits          = 0;
    const auto read   = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) return std::nullopt;
    if (digits.front() == '-' || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;

    const bool is_mapped = address->is_v4() && text.find(':') != std::string_view::npos;
    return Cidr::of(*address, is_mapped ? bits - 96 : bits);
}

std::string to_string(const Cidr& network) { return fmt::format("{}/{}", to_string(network.first()), network.bits()); }

Cidr prefix_of(const IpAddress& address, PrefixLengths lengths) {
    const auto network = Cidr::of(address, address.is_v4() ? lengths.v4 : lengths.v6);
    PORTCULLIS_ASSERT(network);
    return *network;
}

}  // namespace portcullis
