#pragma once

#include <array>
#include <optional>
#include <string_view>

/// How an enumeration is spelled: a table with one name for each enumerator, in their order.
namespace portcullis {

template <class Enum, std::size_t N>
constexpr std::string_view term_name(const std::array<std::string_view, N>& names, Enum value) {
    return names[static_cast<std::size_t>(value)];
}

template <class Enum, std::size_t N>
constexpr std::optional<Enum> term_named(const std::array<std::string_view, N>& names, std::string_view text) {
    for (std::size_t i = 0; i < N; ++i) {
        if (names[i] == text) return static_cast<Enum>(i);
    }
    return std::nullopt;
}

}  // namespace portcullis
