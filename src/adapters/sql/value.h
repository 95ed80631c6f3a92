#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/id.h"
#include "base/time.h"

namespace portcullis::sql {

/// Bytes that are not text: sealed secrets, public keys. A `BYTEA` column.
struct Blob {
    std::string bytes;
    bool operator==(const Blob&) const = default;
};

/// What a column or a parameter holds. The strong types of the domain turn into it by themselves, never back:
/// ids are lower-case UUID text, moments are milliseconds since 1970, truth is 0 or 1.
/// Text is well-formed UTF-8 without NUL; a statement with any other text is refused before it reaches an engine.
class Value {
public:
    using Variant = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;

    Value() = default;  // NULL
    Value(std::nullopt_t) {}
    template <std::integral T>
    Value(T number) : value_(static_cast<std::int64_t>(number)) {
        static_assert(sizeof(T) < 8 || std::is_signed_v<T>, "an unsigned 64-bit number does not fit a BIGINT");
    }
    Value(double number) : value_(number) {}
    Value(std::string text) : value_(std::move(text)) {}
    Value(std::string_view text) : value_(std::string(text)) {}
    Value(const char* text) : value_(std::string(text)) {}
    Value(Blob blob) : value_(std::move(blob)) {}
    Value(Instant when) : value_(std::int64_t{unix_ms(when)}) {}
    Value(Duration length) : value_(std::int64_t{length.count()}) {}
    template <class Tag>
    Value(const Id<Tag>& id) : value_(to_string(id)) {}
    template <class T>
    Value(const std::optional<T>& maybe) : Value(maybe ? Value(*maybe) : Value()) {}

    [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
    [[nodiscard]] const Variant& variant() const { return value_; }
    [[nodiscard]] Variant& variant() { return value_; }

    bool operator==(const Value&) const = default;

private:
    Variant value_;
};

}  // namespace portcullis::sql
