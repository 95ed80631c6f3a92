#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

/// The part of CBOR (RFC 8949) that security keys speak, read strictly: definite lengths only, no tags, no floating
/// point, no duplicate keys, text that is UTF-8, nesting up to 8. Canonical order is not asked for.
namespace portcullis::cbor {

enum class Kind : std::uint8_t { integer, bytes, text, array, map, boolean, null };

/// One data item. It refers to the bytes it was read from, which must outlive it.
struct Item {
    Kind kind = Kind::null;
    std::int64_t integer = 0;   ///< of an integer; 0 or 1 of a boolean
    std::string_view content;   ///< of bytes and text
    std::string_view encoded;   ///< the whole item as it was written
    std::vector<Item> elements;  ///< of an array; of a map: key, value, key, value...

    /// The value under a key of a map, or null.
    [[nodiscard]] const Item* find(std::int64_t key) const;
    [[nodiscard]] const Item* find(std::string_view key) const;
    /// The same when it is of `wanted` kind, else null.
    [[nodiscard]] const Item* find(std::int64_t key, Kind wanted) const;
    [[nodiscard]] const Item* find(std::string_view key, Kind wanted) const;
};

/// The first item of `bytes`; what follows it is the caller's. Nothing when it breaks a rule above.
std::optional<Item> read_first(std::string_view bytes);
/// The item that `bytes` are, to the last byte.
std::optional<Item> read_all(std::string_view bytes);

}  // namespace portcullis::cbor
