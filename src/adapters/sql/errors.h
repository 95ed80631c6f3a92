#pragma once

#include <string>
#include <string_view>

#include "adapters/sql/db.h"
#include "base/result.h"

/// What the two drivers say alike.
namespace portcullis::sql {

/// Begins the message of every conflict that `is_duplicate`.
inline constexpr std::string_view kDuplicateKey = "duplicate key in ";

/// `where` names the table and its columns or key.
inline Error duplicate_key(std::string_view where) {
    return {ErrorCode::conflict, std::string(kDuplicateKey).append("`").append(where).append("`")};
}
/// `what` is what the engine said: it names the constraint.
inline Error missing_reference(std::string_view what) {
    return {ErrorCode::conflict, std::string("a referenced row does not exist: ").append(what)};
}
/// An `Expect::one` that was not met.
inline Error not_one(std::string_view statement, std::int64_t affected) {
    return {ErrorCode::conflict,
            "expected 1 row, found " + std::to_string(affected) + ": `" + std::string(statement.substr(0, 80)) + "`"};
}
inline Error unavailable(std::string_view what) { return {ErrorCode::unavailable, "database: " + std::string(what)}; }
inline Error mistake(std::string_view what, std::string_view statement) {
    return {ErrorCode::invalidRequest, std::string(what).append(": `").append(statement.substr(0, 200)).append("`")};
}

/// Text is UTF-8 without NUL: PostgreSQL takes no other and SQLite would cut it off somewhere.
Result<void> check_values(std::span<const Value> values);
Result<void> check_batch(std::span<const Statement> statements);

}  // namespace portcullis::sql
