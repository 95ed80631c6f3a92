#include "http/request.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"

namespace portcullis::http {
namespace {

// clang-format off
constexpr auto kMethods = std::to_array<std::pair<std::string_view, Method>>({
    {"GET",     Method::GET},
    {"HEAD",    Method::HEAD},
    {"POST",    Method::POST},
    {"PUT",     Method::PUT},
    {"PATCH",   Method::PATCH},
    {"DELETE",  Method::DELETE},
    {"OPTIONS", Method::OPTIONS},
    {"TRACE",   Method::TRACE},
    {"CONNECT", Method::CONNECT},
});
// clang-format on

/// tchar, as a table: every byte of every name is looked up.
constexpr auto kTokenChars = [] {
    std::array<bool, 256> table{};
    for (int c = 0; c < 128; ++c) {
        const char letter                  = static_cast<char>(c);
        table[static_cast<std::size_t>(c)] = ascii::is_digit(letter) || ascii::is_letter(letter);
    }
    for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
    return table;
}();

}  // namespace

bool is_token(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return kTokenChars[static_cast<unsigned char>(c)]; });
}

std::string_view to_string(Method method) {
    for (const auto& [name, known] : kMethods) {
        if (known == method) return name;
    }
    return "other";
}

Method parse_method(std::string_view token) {
    for (const auto& [name, known] : kMethods) {
        if (name == token) return known;
    }
    return Method::other;
}

std::optional<std::string_view> Request::header(std::string_view name) const {
    const Header* found = nullptr;
    for (const auto& field : headers) {
        if (field.name != name) continue;
        if (found != nullptr) return std::nullopt;
        found = &field;
    }
    if (found == nullptr) return std::nullopt;
    return found->value;
}

std::size_t Request::header_count(std::string_view name) const {
    return static_cast<std::size_t>(std::ranges::count(headers, name, &Header::name));
}

std::vector<std::string_view> Request::header_values(std::string_view name) const {
    std::vector<std::string_view> values;
    for (const auto& field : headers) {
        if (field.name == name) values.push_back(field.value);
    }
    return values;
}

}  // namespace portcullis::http
