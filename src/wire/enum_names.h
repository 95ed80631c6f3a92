#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace portcullis::wire {

/// The spelling of an enumeration on the wire: one row a value.
template <class E>
struct EnumName {
    E value;
    std::string_view name;
};

template <class E, std::size_t N>
std::string_view name_in(const std::array<EnumName<E>, N>& names, E value) {
    for (const auto& row : names) {
        if (row.value == value) return row.name;
    }
    return {};
}

template <class E, std::size_t N>
std::optional<E> value_in(const std::array<EnumName<E>, N>& names, std::string_view name) {
    for (const auto& row : names) {
        if (row.name == name) return row.value;
    }
    return std::nullopt;
}

}  // namespace portcullis::wire
