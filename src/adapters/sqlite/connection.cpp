#include "adapters/sqlite/connection.h"

#include "adapters/sql/errors.h"
#include "adapters/sqlite/log_file.h"
#include "base/overloaded.h"

namespace portcullis::sqlite {
namespace {

/// Statements kept prepared by one connection. We have a few hundred; more would mean that SQL is being put together
/// at run time.
constexpr std::size_t kPreparedMax = 1024;
/// Virtual machine steps between two looks at the clock: some 50 µs.
constexpr int kStepsBetweenLooks = 10'000;

int look_at_clock(void* deadline) {
    const auto& until = *static_cast<const std::optional<Clock::time_point>*>(deadline);
    return until && Clock::now() > *until ? 1 : 0;
}

/// `UNIQUE constraint failed: users.tenant, users.upn` → `users: tenant, upn`
std::string key_of(std::string_view message) {
    const auto colon = message.find(": ");
    std::string key(colon == std::string_view::npos ? message : message.substr(colon + 2));
    const auto dot = key.find('.');
    if (dot == std::string::npos) return key;

    const std::string table = key.substr(0, dot + 1);
    for (auto at = key.find(table); at != std::string::npos; at = key.find(table, at)) key.erase(at, table.size());
    return table.substr(0, dot) + ": " + key;
}

Error constraint_error(int extended, const char* message, std::string_view sql) {
    switch (extended) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID:
            return sql::duplicate_key(key_of(message));
        case SQLITE_CONSTRAINT_FOREIGNKEY:
            return sql::missing_reference(message);
        default:
            return sql::mistake(message, sql);
    }
}

bool is_blank(std::string_view rest) { return rest.find_first_not_of(" \t\r\n;") == std::string_view::npos; }

int bind_value(sqlite3_stmt* statement, int at, const sql::Value& value) {
    // SQLITE_STATIC: the caller keeps the values until the statement has been reset.
    const auto size = [](const std::string& bytes) { return static_cast<sqlite3_uint64>(bytes.size()); };
    return std::visit(overloaded{
                          [&](std::monostate) { return sqlite3_bind_null(statement, at); },
                          [&](std::int64_t number) { return sqlite3_bind_int64(statement, at, number); },
                          [&](double number) { return sqlite3_bind_double(statement, at, number); },
                          [&](const std::string& text) {
                              return sqlite3_bind_text64(statement, at, text.data(), size(text), nullptr, SQLITE_UTF8);
                          },
                          [&](const sql::Blob& blob) {
                              return sqlite3_bind_blob64(statement, at, blob.bytes.data(), size(blob.bytes), nullptr);
                          },
                      },
                      value.variant());
}

sql::Value column_value(sqlite3_stmt* statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
        case SQLITE_INTEGER:
            return sqlite3_column_int64(statement, column);
        case SQLITE_FLOAT:
            return sqlite3_column_double(statement, column);
        case SQLITE_NULL:
            return {};
        default:
            break;
    }
    const bool is_text = sqlite3_column_type(statement, column) == SQLITE_TEXT;
    const void* bytes  = sqlite3_column_blob(statement, column);  // null when empty
    std::string copy(bytes == nullptr ? "" : static_cast<const char*>(bytes),
                     static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
    if (is_text) return copy;
    return sql::Blob{std::move(copy)};
}

/// Ends a run of a prepared statement: no snapshot is held and no parameter is kept.
class Finish {
public:
    explicit Finish(sqlite3_stmt* statement) : statement_(statement) {}
    Finish(const Finish&)            = delete;
    Finish& operator=(const Finish&) = delete;
    ~Finish() {
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }

private:
    sqlite3_stmt* statement_;
};

}  // namespace

Error error_of(sqlite3* db, std::string_view sql) {
    const int extended  = sqlite3_extended_errcode(db);
    const char* message = sqlite3_errmsg(db);
    switch (extended & 0xFF) {
        case SQLITE_CONSTRAINT:
            return constraint_error(extended, message, sql);
        case SQLITE_ERROR:
        case SQLITE_TOOBIG:
        case SQLITE_MISMATCH:
        case SQLITE_RANGE:
        case SQLITE_MISUSE:
            return sql::mistake(message, sql);
        case SQLITE_INTERRUPT:
            return sql::unavailable("a statement took too long");
        default:
            return sql::unavailable(message);
    }
}

Result<Handle> open_handle(const std::string& name, int flags) {
    // Counting every allocation takes one lock that all connections share; nobody reads the count.
    static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(configured);
    sqlite3* raw = nullptr;
    const int rc = sqlite3_open_v2(name.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, gathering_vfs());
    Handle db(raw);
    if (rc != SQLITE_OK) return sql::unavailable("cannot open `" + name + "`: " + sqlite3_errstr(rc));

    // "text" in double quotes is a name, as in PostgreSQL; the schema of a file we did not write runs no code of ours.
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    return db;
}

Connection::Connection(Handle db) : db_(std::move(db)) {
    sqlite3_progress_handler(db_.get(), kStepsBetweenLooks, look_at_clock, &deadline_);
}

Result<sql::Rows> Connection::run(std::string_view sql, std::span<const sql::Value> params, Access access) {
    Prepared& prepared = *TRY(prepare(sql));
    if (access == Access::read && !prepared.is_read_only) return sql::mistake("a read may not write", sql);

    const Finish finish(prepared.statement.get());
    TRY(bind(prepared, params, sql));
    return step_through(prepared, sql);
}

Result<void> Connection::script(std::string_view sql) {
    const std::string text(sql);
    if (sqlite3_exec(db_.get(), text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return error_of(db_.get(), sql);
    return {};
}

Result<Connection::Prepared*> Connection::prepare(std::string_view sql) {
    if (const auto known = prepared_.find(sql); known != prepared_.end()) return &known->second;

    sqlite3_stmt* raw = nullptr;
    const char* rest  = nullptr;
    if (sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &raw,
                           &rest) != SQLITE_OK) {
        return error_of(db_.get(), sql);
    }
    Prepared prepared{.statement = std::unique_ptr<sqlite3_stmt, Close>(raw)};
    if (raw == nullptr) return sql::mistake("no statement", sql);
    if (!is_blank(sql.substr(static_cast<std::size_t>(rest - sql.data())))) return sql::mistake("two statements", sql);

    const int count = sqlite3_bind_parameter_count(raw);
    for (int i = 1; i <= count; ++i) {
        const int position = sqlite3_bind_parameter_index(raw, ("$" + std::to_string(i)).c_str());
        if (position == 0) return sql::mistake("parameters are not $1 to $n", sql);
        prepared.positions.push_back(position);
    }
    prepared.is_read_only = sqlite3_stmt_readonly(raw) != 0;

    if (prepared_.size() >= kPreparedMax) prepared_.clear();
    return &prepared_.emplace(std::string(sql), std::move(prepared)).first->second;
}

Result<void> Connection::bind(Prepared& prepared, std::span<const sql::Value> params, std::string_view sql) {
    if (params.size() != prepared.positions.size()) {
        return sql::mistake(
            "takes " + std::to_string(prepared.positions.size()) + " parameters, not " + std::to_string(params.size()),
            sql);
    }
    for (std::size_t i = 0; i < params.size(); ++i) {
        if (bind_value(prepared.statement.get(), prepared.positions[i], params[i]) != SQLITE_OK) {
            return error_of(db_.get(), sql);
        }
    }
    return {};
}

Result<sql::Rows> Connection::step_through(Prepared& prepared, std::string_view sql) {
    sqlite3_stmt* statement       = prepared.statement.get();
    const sqlite3_int64 before    = sqlite3_total_changes64(db_.get());
    std::size_t rows              = 0;
    std::vector<sql::Value> cells = {};

    int rc            = sqlite3_step(statement);
    const int columns = sqlite3_column_count(statement);  // after the first step: the schema may have changed
    if (rc == SQLITE_ROW) cells.reserve(static_cast<std::size_t>(columns));
    for (; rc == SQLITE_ROW; rc = sqlite3_step(statement)) {
        if (++rows > sql::kRowsMax) return sql::mistake("answers too many rows", sql);
        for (int i = 0; i < columns; ++i) cells.push_back(column_value(statement, i));
    }
    if (rc != SQLITE_DONE) return error_of(db_.get(), sql);

    const bool is_changed      = sqlite3_total_changes64(db_.get()) != before;
    const std::int64_t changed = is_changed ? sqlite3_changes64(db_.get()) : 0;
    return sql::Rows(static_cast<std::size_t>(columns), std::move(cells),
                     prepared.is_read_only ? static_cast<std::int64_t>(rows) : changed);
}

}  // namespace portcullis::sqlite
