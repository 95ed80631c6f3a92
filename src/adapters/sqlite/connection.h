#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sqlite3.h>

#include "adapters/sql/db.h"
#include "base/result.h"

namespace portcullis::sqlite {

using Clock = std::chrono::steady_clock;

struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Handle = std::unique_ptr<sqlite3, Close>;

/// What SQLite said about the last call on `db`, as one of our errors.
Error error_of(sqlite3* db, std::string_view sql);

/// Opens a file (or a `file:` URI) with `flags` of sqlite3_open_v2. Errors: unavailable.
Result<Handle> open_handle(const std::string& name, int flags);

/// One connection with its prepared statements. One thread at a time.
class Connection {
public:
    enum class Access { read, write };

    explicit Connection(Handle db);
    Connection(const Connection&)            = delete;
    Connection& operator=(const Connection&) = delete;

    /// Runs one statement to its end. `Access::read` refuses statements that write.
    Result<sql::Rows> run(std::string_view sql, std::span<const sql::Value> params, Access access);
    /// Several statements without parameters.
    Result<void> script(std::string_view sql);

    /// From now on statements stop with unavailable once this moment has passed.
    void set_deadline(std::optional<Clock::time_point> deadline) { deadline_ = deadline; }
    [[nodiscard]] bool is_in_transaction() const { return sqlite3_get_autocommit(db_.get()) == 0; }
    [[nodiscard]] sqlite3* handle() const { return db_.get(); }

private:
    struct Prepared {
        std::unique_ptr<sqlite3_stmt, Close> statement;
        std::vector<int> positions;  ///< of `$1`, `$2`, … in SQLite's own numbering, which goes by first appearance
        bool is_read_only = false;
    };
    /// Of a statement's length and ends: they tell nearly all apart, and the longest have a thousand letters.
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view sql) const {
            constexpr std::size_t kEnd = 32;
            const std::hash<std::string_view> hash;
            return hash(sql.substr(sql.size() - std::min(sql.size(), kEnd))) * 31 + hash(sql.substr(0, kEnd)) * 7 + sql.size();
        }
    };

    Result<Prepared*> prepare(std::string_view sql);
    Result<void> bind(Prepared& prepared, std::span<const sql::Value> params, std::string_view sql);
    Result<sql::Rows> step_through(Prepared& prepared, std::string_view sql);

    Handle db_;
    std::optional<Clock::time_point> deadline_;
    std::unordered_map<std::string, Prepared, Hash, std::equal_to<>> prepared_;
};

}  // namespace portcullis::sqlite
