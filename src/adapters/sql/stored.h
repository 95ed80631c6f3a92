#pragma once

#include <fmt/format.h>

#include <string_view>

#include "base/json.h"

namespace portcullis::sql {

/// A document column as JSON. One that does not parse is our own damage: unavailable, naming the table.
inline Result<json::object> stored_document(std::string_view text, std::string_view table) {
    auto document = json::parse_object(text, {.bytes_max = std::size_t{16} << 20, .depth_max = 32});
    if (!document) return Error{ErrorCode::unavailable, fmt::format("a document of `{}` is damaged: {}", table, document.error().message)};
    return document;
}

}  // namespace portcullis::sql
