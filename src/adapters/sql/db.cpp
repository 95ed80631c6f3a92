#include "adapters/sql/db.h"

#include "adapters/sql/errors.h"
#include "base/assert.h"

namespace portcullis::sql {
namespace {

template <class T>
const T& typed(const Value& value) {
    const auto* found = std::get_if<T>(&value.variant());
    PORTCULLIS_ASSERT(found != nullptr);
    return *found;
}

}  // namespace

const Value& Row::operator[](std::size_t column) const {
    PORTCULLIS_ASSERT(column < cells_.size());
    return cells_[column];
}

const std::string& Row::text(std::size_t column) const { return typed<std::string>((*this)[column]); }
std::int64_t Row::integer(std::size_t column) const { return typed<std::int64_t>((*this)[column]); }
const std::string& Row::blob(std::size_t column) const { return typed<Blob>((*this)[column]).bytes; }

double Row::real(std::size_t column) const {
    const Value& cell = (*this)[column];
    if (const auto* whole = std::get_if<std::int64_t>(&cell.variant())) return static_cast<double>(*whole);
    return typed<double>(cell);
}

std::optional<std::string> Row::maybe_text(std::size_t column) const {
    if (is_null(column)) return std::nullopt;
    return text(column);
}
std::optional<std::int64_t> Row::maybe_integer(std::size_t column) const {
    if (is_null(column)) return std::nullopt;
    return integer(column);
}
std::optional<double> Row::maybe_real(std::size_t column) const {
    if (is_null(column)) return std::nullopt;
    return real(column);
}
std::optional<std::string> Row::maybe_blob(std::size_t column) const {
    if (is_null(column)) return std::nullopt;
    return blob(column);
}
std::optional<Instant> Row::maybe_instant(std::size_t column) const {
    if (is_null(column)) return std::nullopt;
    return instant(column);
}

Row Rows::operator[](std::size_t row) const {
    PORTCULLIS_ASSERT(row < size());
    return Row(std::span(cells_).subspan(row * columns_, columns_));
}

Result<Rows> Db::query(std::string_view sql, std::span<const Value> params) const {
    const Query query{sql, params};
    auto answers = TRY(read(std::span(&query, 1)));
    return std::move(answers.front());
}

Result<Rows> Db::write_one(Statement statement) {
    std::vector<Statement> batch;
    batch.push_back(std::move(statement));
    auto answers = TRY(write(std::move(batch)));
    return std::move(answers.front());
}

Result<void> Db::ping() {
    TRY(query("SELECT 1"));
    TRY(write_one({.sql = "SELECT 1", .expect = Expect::one}));
    return {};
}

bool is_duplicate(const Error& error) {
    return error.code == ErrorCode::conflict && error.message.starts_with(kDuplicateKey);
}

}  // namespace portcullis::sql
