#pragma once

#include <cstdint>
#include <initializer_list>

namespace portcullis {

/// A set of the first eight enumerators of an unsigned enumeration, in one byte.
template <class Enum>
class EnumSet {
public:
    constexpr EnumSet() = default;
    constexpr EnumSet(std::initializer_list<Enum> members) {
        for (const auto member : members) insert(member);
    }

    constexpr void insert(Enum member) { bits_ = static_cast<std::uint8_t>(bits_ | bit(member)); }
    [[nodiscard]] constexpr bool contains(Enum member) const { return (bits_ & bit(member)) != 0; }
    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    constexpr bool operator==(const EnumSet&) const = default;

private:
    static constexpr std::uint8_t bit(Enum member) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(member));
    }
    std::uint8_t bits_ = 0;
};

}  // namespace portcullis
