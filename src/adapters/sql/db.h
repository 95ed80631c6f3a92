#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/sql/value.h"
#include "base/result.h"

/// The seam between our SQL and the two engines. SQL is written once, in the subset below; `adapters/sqlite` and
/// `adapters/postgres` carry it out and behave alike (`tests/conformance/db_conformance.h`).
///
/// The subset
/// - Column types: `TEXT`, `BIGINT`, `DOUBLE PRECISION`, `BYTEA`. Ids are UUID text. Moments are BIGINT milliseconds
///   since 1970: SQLite has no timestamp, so `timestamptz` would need two statements for every one, and a number
///   compares, indexes and adds alike on both. Truth is BIGINT 0 or 1, tested as `flag = 1`. JSON is TEXT that no
///   statement looks into: what is searched has a column (`->>` wants a type in PostgreSQL that SQLite does not have).
/// - Parameters are `$1` to `$n`, each used at least once, one column type each; where nothing tells the type, write
///   `CAST($1 AS BIGINT)`. SQL text is static, with a fixed number of parameters: it is the key of the statement cache.
/// - Name every column, never `SELECT *`. Say `NULLS FIRST` or `NULLS LAST` when ordering a column that may be null.
///   Strings are in single quotes. LIKE tells upper from lower case. Do not lean on how text other than ids sorts.
/// - `INSERT … ON CONFLICT (key) DO UPDATE SET … RETURNING …`, `UPDATE … RETURNING`, `DELETE … RETURNING`, window
/// functions and
///   CTEs work alike. A row picked by a subselect must be tested again outside of it
///   (`UPDATE t SET … WHERE id = (SELECT id … AND state = 0 …) AND state = 0 RETURNING id`): another node may have been
///   faster.
/// - No deferred constraints: they would fail at COMMIT, together with everybody else in the group.
namespace portcullis::sql {

enum class Engine { sqlite, postgres };

/// One row of a Rows; lives as long as the Rows. Asking for a type the column does not have, or for the value of
/// a NULL, is a bug in the statement and stops the process.
class Row {
public:
    explicit Row(std::span<const Value> cells) : cells_(cells) {}

    [[nodiscard]] std::size_t size() const { return cells_.size(); }
    [[nodiscard]] const Value& operator[](std::size_t column) const;
    [[nodiscard]] bool is_null(std::size_t column) const { return (*this)[column].is_null(); }

    [[nodiscard]] const std::string& text(std::size_t column) const;
    [[nodiscard]] std::int64_t integer(std::size_t column) const;
    /// Also an integer: engines differ in what an expression yields.
    [[nodiscard]] double real(std::size_t column) const;
    [[nodiscard]] const std::string& blob(std::size_t column) const;
    /// An integer that is not 0.
    [[nodiscard]] bool flag(std::size_t column) const { return integer(column) != 0; }
    /// An integer as milliseconds since 1970.
    [[nodiscard]] Instant instant(std::size_t column) const { return from_unix_ms(integer(column)); }
    /// A UUID in text; nothing when it is none.
    template <class IdType>
    [[nodiscard]] std::optional<IdType> id(std::size_t column) const {
        return parse_id<IdType>(text(column));
    }

    [[nodiscard]] std::optional<std::string> maybe_text(std::size_t column) const;
    [[nodiscard]] std::optional<std::int64_t> maybe_integer(std::size_t column) const;
    [[nodiscard]] std::optional<double> maybe_real(std::size_t column) const;
    [[nodiscard]] std::optional<std::string> maybe_blob(std::size_t column) const;
    [[nodiscard]] std::optional<Instant> maybe_instant(std::size_t column) const;

private:
    std::span<const Value> cells_;
};

/// What a statement answered.
class Rows {
public:
    Rows() = default;
    Rows(std::size_t columns, std::vector<Value> cells, std::int64_t affected)
        : columns_(columns), affected_(affected), cells_(std::move(cells)) {}

    [[nodiscard]] std::size_t size() const { return columns_ == 0 ? 0 : cells_.size() / columns_; }
    [[nodiscard]] bool empty() const { return size() == 0; }
    [[nodiscard]] Row operator[](std::size_t row) const;
    [[nodiscard]] Row front() const { return (*this)[0]; }
    /// Rows inserted, updated or deleted (without cascades); for a SELECT, rows returned.
    [[nodiscard]] std::int64_t affected() const { return affected_; }

    class Iterator {
    public:
        Iterator(const Rows* rows, std::size_t row) : rows_(rows), row_(row) {}
        Row operator*() const { return (*rows_)[row_]; }
        Iterator& operator++() { return ++row_, *this; }
        bool operator!=(const Iterator& other) const { return row_ != other.row_; }

    private:
        const Rows* rows_;
        std::size_t row_;
    };
    [[nodiscard]] Iterator begin() const { return {this, 0}; }
    [[nodiscard]] Iterator end() const { return {this, size()}; }

private:
    std::size_t columns_   = 0;
    std::int64_t affected_ = 0;
    std::vector<Value> cells_;  // row by row
};

/// One read of several. `params` lives as long as the call: reads about one thing share one array.
struct Query {
    std::string_view sql;
    std::span<const Value> params = {};
};

/// How many rows a statement must touch.
enum class Expect {
    any,
    one,  ///< exactly one row affected (or returned), else the whole batch is a conflict
};

/// One statement of a batch. `sql` is static text.
struct Statement {
    std::string_view sql;
    std::vector<Value> params = {};
    Expect expect             = Expect::any;
};

/// Most statements one write() takes; larger imports are cut by the caller, so that one caller cannot hold up all
/// others.
inline constexpr std::size_t kStatementsMax = 10'000;
/// Most rows one statement answers; a listing that can be longer has a LIMIT and a key to go on from.
inline constexpr std::size_t kRowsMax = 100'000;

/// The one transaction of `Db::exclusively`.
class Exclusive {
public:
    virtual ~Exclusive()                                                          = default;
    virtual Result<Rows> run(std::string_view sql, std::span<const Value> params) = 0;
    /// Several statements without parameters, such as a migration.
    virtual Result<void> script(std::string_view sql) = 0;

    Result<Rows> run(std::string_view sql, std::initializer_list<Value> params = {}) {
        return run(sql, std::span<const Value>(params.begin(), params.size()));
    }
};

/// A database. Every member may be called from any thread. Errors of all:
/// - conflict: an `Expect` was not met, a key exists already (`is_duplicate`), or a referenced row does not exist;
/// - unavailable: engine unreachable, full, too slow or shutting down. A write that answers unavailable is usually not
///   stored, but may be when the connection was lost during COMMIT: whoever repeats must be able to;
/// - invalidRequest: a mistake in the statement or text that is no text (NUL, broken UTF-8).
class Db {
public:
    virtual ~Db() = default;

    /// Reads on a pooled reader, all of one moment and in one round trip; one Rows a query. Sees everything a write() that
    /// has returned has stored. At most 2 seconds (PROTO-213).
    [[nodiscard]] virtual Result<std::vector<Rows>> read(std::span<const Query> queries) const = 0;

    /// One transaction: every statement in order, or nothing at all. Answers only after a durable COMMIT, with one Rows
    /// a statement (RETURNING output, and how many were affected). Writes of many callers share a COMMIT,
    /// and one that fails does not disturb the others.
    [[nodiscard]] virtual Result<std::vector<Rows>> write(std::vector<Statement> statements) = 0;

    /// One transaction for migrations: no other exclusive work runs meanwhile, here or on another node (on SQLite no
    /// write either). Rolled back when `work` fails; foreign keys hold at its end. `work` uses nothing but its
    /// Exclusive.
    [[nodiscard]] virtual Result<void> exclusively(const std::function<Result<void>(Exclusive&)>& work) = 0;

    [[nodiscard]] virtual Engine engine() const = 0;

    [[nodiscard]] Result<std::vector<Rows>> read(std::initializer_list<Query> queries) const {
        return read(std::span<const Query>(queries.begin(), queries.size()));
    }
    /// A read of one statement.
    [[nodiscard]] Result<Rows> query(std::string_view sql, std::span<const Value> params) const;
    [[nodiscard]] Result<Rows> query(std::string_view sql, std::initializer_list<Value> params = {}) const {
        return query(sql, std::span<const Value>(params.begin(), params.size()));
    }
    /// A write of one statement.
    [[nodiscard]] Result<Rows> write_one(Statement statement);
    /// A reader and the writer both answer.
    [[nodiscard]] Result<void> ping();
};

/// A conflict because a unique key is taken, not because a version moved.
bool is_duplicate(const Error& error);

}  // namespace portcullis::sql
