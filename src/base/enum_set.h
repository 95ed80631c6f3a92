#pragma once

#include <cstdint>
#include <initializer_list>

namespace portcullis {

/// A set of enumerators of an unsigned enumeration: of the first eight in one byte, or of as many as `Bits` has.
template <class Enum, class Bits = std::uint8_t>
class EnumSet {
public:
    constexpr EnumSet() = default;
    constexpr EnumSet(std::initializer_list<Enum> members) {
        for (const auto member : members) insert(member);
    }

    constexpr void insert(Enum member) { bits_ = static_cast<Bits>(bits_ | bit(member)); }
    [[nodiscard]] constexpr bool contains(Enum member) const { return (bits_ & bit(member)) != 0; }
    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    /// Whether every member of it is one of `other` too.
    [[nodiscard]] constexpr bool is_within(EnumSet other) const { return (bits_ & other.bits_) == bits_; }
    constexpr bool operator==(const EnumSet&) const = default;

private:
    static constexpr Bits bit(Enum member) {
        return static_cast<Bits>(1U << static_cast<unsigned>(member));
    }
    Bits bits_ = 0;
};

}  // namespace portcullis
