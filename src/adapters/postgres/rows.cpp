#include "adapters/postgres/rows.h"

#include <charconv>
#include <vector>

#include "adapters/sql/errors.h"
#include "base/encoding.h"

namespace portcullis::postgres {
namespace {

/// Type numbers of `pg_type.dat`; they never change.
enum Type : Oid {
    kBool    = 16,
    kBytea   = 17,
    kInt8    = 20,
    kInt2    = 21,
    kInt4    = 23,
    kFloat4  = 700,
    kFloat8  = 701,
    kNumeric = 1700
};

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

sql::Value number_value(std::string_view text) {
    if (const auto whole = parse_number<std::int64_t>(text)) return *whole;
    if (const auto real = parse_number<double>(text)) return *real;
    return text;
}

sql::Value real_value(std::string_view text) {
    if (const auto real = parse_number<double>(text)) return *real;
    return text;
}

/// `\x0a1b` (PostgreSQL, "bytea Hex Format")
sql::Value bytes_value(std::string_view text) {
    auto bytes = parse_hex(text.substr(text.starts_with("\\x") ? 2 : 0));
    if (!bytes) return text;
    return sql::Blob{std::move(*bytes)};
}

sql::Value cell_value(const PGresult* result, int row, int column) {
    if (PQgetisnull(result, row, column) != 0) return {};
    const std::string_view text(PQgetvalue(result, row, column),
                                static_cast<std::size_t>(PQgetlength(result, row, column)));
    switch (PQftype(result, column)) {
        case kBool:
            return text == "t";
        case kInt2:
        case kInt4:
        case kInt8:
        case kNumeric:
            return number_value(text);
        case kFloat4:
        case kFloat8:
            return real_value(text);
        case kBytea:
            return bytes_value(text);
        default:
            return text;
    }
}

}  // namespace

Result<sql::Rows> rows_of(const PGresult* result) {
    const int rows    = PQntuples(result);
    const int columns = PQnfields(result);
    if (static_cast<std::size_t>(rows) > sql::kRowsMax) return sql::mistake("answers too many rows", "SELECT");

    std::vector<sql::Value> cells;
    cells.reserve(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column) cells.push_back(cell_value(result, row, column));
    }
    const std::string_view affected = PQcmdTuples(const_cast<PGresult*>(result));  // libpq forgot the const
    return sql::Rows(static_cast<std::size_t>(columns), std::move(cells),
                     parse_number<std::int64_t>(affected).value_or(0));
}

}  // namespace portcullis::postgres
