#include "adapters/sqlite/sqlite.h"

#include <mutex>
#include <thread>

#include "adapters/sql/errors.h"
#include "adapters/sql/pool.h"
#include "adapters/sql/write_queue.h"
#include "adapters/sqlite/backup.h"
#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/files.h"

namespace portcullis::sqlite {
namespace {

using Access = Connection::Access;

constexpr std::string_view kMemory = ":memory:";

/// WAL with synchronous=FULL: a COMMIT has reached the disk when it returns (SQLite, "PRAGMA synchronous").
/// A checkpoint every 16 000 pages, as many as the log may keep, copies a page that many commits wrote once; case_sensitive_like as in
/// PostgreSQL.
constexpr std::string_view kWriterSettings = R"(
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA case_sensitive_like = ON;
    PRAGMA wal_autocheckpoint = 16000;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA cache_size = -65536;
    PRAGMA temp_store = MEMORY;)";
constexpr std::string_view kReaderSettings = R"(
    PRAGMA query_only = ON;
    PRAGMA case_sensitive_like = ON;
    PRAGMA cache_size = -16384;
    PRAGMA temp_store = MEMORY;)";

Result<std::unique_ptr<Connection>> connect(const Options& options, int flags, std::string_view settings) {
    auto connection = std::make_unique<Connection>(TRY(open_handle(options.path, flags)));
    sqlite3_busy_timeout(connection->handle(), static_cast<int>(options.busy_timeout.count()));
    TRY(connection->script(settings));
    return connection;
}

/// A setting SQLite could not make is not reported by it; we look.
Result<void> require_setting(Connection& connection, std::string_view pragma, const sql::Value& wanted) {
    const auto rows = TRY(connection.run(pragma, {}, Access::write));  // SQLite holds journal_mode for a write
    if (rows.size() == 1 && rows.front()[0] == wanted) return {};
    return sql::unavailable("`" + std::string(pragma) + "` is not as it must be");
}

/// The statements of one batch, until one fails or misses its Expect.
Result<std::vector<sql::Rows>> run_all(Connection& connection, std::span<const sql::Statement> statements) {
    std::vector<sql::Rows> answers;
    answers.reserve(statements.size());
    for (const auto& statement : statements) {
        answers.push_back(TRY(connection.run(statement.sql, statement.params, Access::write)));
        const auto affected = answers.back().affected();
        if (statement.expect == sql::Expect::one && affected != 1) return sql::not_one(statement.sql, affected);
    }
    return answers;
}

Result<std::vector<sql::Rows>> read_all(Connection& connection, std::span<const sql::Query> queries) {
    std::vector<sql::Rows> answers;
    answers.reserve(queries.size());
    for (const auto& query : queries) answers.push_back(TRY(connection.run(query.sql, query.params, Access::read)));
    return answers;
}

/// A transaction holds one snapshot from its first read to its end; a single statement is its own.
Result<std::vector<sql::Rows>> read_at_one_moment(Connection& connection, std::span<const sql::Query> queries) {
    if (queries.size() == 1) return read_all(connection, queries);
    TRY(connection.run("BEGIN", {}, Access::write));  // SQLite holds BEGIN and COMMIT for writes
    auto answers = read_all(connection, queries);
    // A COMMIT that was interrupted would leave the reader in the past.
    if (!connection.run("COMMIT", {}, Access::write)) TRY(connection.script("ROLLBACK"));
    return answers;
}

class ExclusiveRun final : public sql::Exclusive {
public:
    explicit ExclusiveRun(Connection& connection) : connection_(connection) {}
    Result<sql::Rows> run(std::string_view sql, std::span<const sql::Value> params) override {
        TRY(sql::check_values(params));
        return connection_.run(sql, params, Access::write);
    }
    Result<void> script(std::string_view sql) override { return connection_.script(sql); }

private:
    Connection& connection_;
};

class Driver final : public Sqlite {
public:
    Driver(const Options& options, std::unique_ptr<Connection> writer)
        : options_(options),
          queue_(options.queue_max),
          writer_(std::move(writer)),
          readers_(options.readers_max, [this] { return connect(options_, SQLITE_OPEN_READWRITE, kReaderSettings); }),
          thread_([this] { serve(); }) {}
    ~Driver() override {
        queue_.stop();
        thread_.join();
    }

    Result<std::vector<sql::Rows>> read(std::span<const sql::Query> queries) const override;
    Result<std::vector<sql::Rows>> write(std::vector<sql::Statement> statements) override;
    Result<void> exclusively(const std::function<Result<void>(sql::Exclusive&)>& work) override;
    [[nodiscard]] sql::Engine engine() const override { return sql::Engine::sqlite; }
    Result<void> backup(const std::string& path) const override;

private:
    [[nodiscard]] bool is_memory() const { return options_.path == kMemory; }
    /// Every use of the writer connection. In memory it is also the reader, which must not see a group half done.
    [[nodiscard]] std::unique_lock<std::mutex> own_writer() const { return std::unique_lock(writer_mutex_); }

    void serve();
    void commit_group(std::span<sql::Write* const> group);
    Result<void> run_group(std::span<sql::Write* const> group);
    enum class Savepoints { none, each };
    Result<bool> run_batches(std::span<sql::Write* const> group, Savepoints savepoints);
    Result<void> run_only(sql::Write& write);
    Result<std::vector<sql::Rows>> run_in_savepoint(std::span<const sql::Statement> statements);
    Result<void> run_alone(const sql::Write::Work& work);
    Result<void> run_checked(const sql::Write::Work& work);
    Result<void> control(std::string_view sql);
    void roll_back();

    const Options options_;
    sql::WriteQueue queue_;
    mutable std::mutex writer_mutex_;
    std::unique_ptr<Connection> writer_;
    mutable sql::Pool<Connection> readers_;
    std::thread thread_;  // last: it uses all of the above
};

Result<std::vector<sql::Rows>> Driver::read(std::span<const sql::Query> queries) const {
    for (const auto& query : queries) TRY(sql::check_values(query.params));
    const auto deadline = Clock::now() + options_.read_timeout;
    const auto run      = [&](Connection& connection) {
        connection.set_deadline(deadline);
        auto answers = read_at_one_moment(connection, queries);
        connection.set_deadline(std::nullopt);
        return answers;
    };
    if (is_memory()) {
        const auto owned = own_writer();
        return run(*writer_);
    }
    const auto reader = TRY(readers_.lend(deadline));
    return run(*reader);
}

Result<std::vector<sql::Rows>> Driver::write(std::vector<sql::Statement> statements) {
    TRY(sql::check_batch(statements));
    sql::Write write(statements);
    return queue_.submit(write);
}

Result<void> Driver::exclusively(const std::function<Result<void>(sql::Exclusive&)>& work) {
    sql::Write write(work);
    TRY(queue_.submit(write));
    return {};
}

Result<void> Driver::backup(const std::string& path) const {
    if (is_memory()) {
        const auto owned = own_writer();
        return copy_to_new(writer_->handle(), path);
    }
    const auto reader = TRY(readers_.lend(Clock::now() + options_.read_timeout));
    return copy_to_new(reader->handle(), path);
}

void Driver::serve() {
    for (;;) {
        const auto group = queue_.take();
        if (group.empty()) return;

        if (const auto* work = group.front()->work) {
            auto done = run_alone(*work);
            group.front()->answer.emplace(done ? sql::Write::Answer(std::vector<sql::Rows>{})
                                               : sql::Write::Answer(std::move(done).error()));
        } else {
            commit_group(group);
        }
        sql::WriteQueue::wake(group);
    }
}

/// Everybody's answer is final only after COMMIT; when that fails nobody's write has happened, and nobody's conflict
/// is certain either, since it may have been with a neighbour.
void Driver::commit_group(std::span<sql::Write* const> group) {
    const auto owned = own_writer();
    const auto done  = group.size() == 1 ? run_only(*group.front()) : run_group(group);
    if (done) return;

    roll_back();
    sql::answer_all(group, done.error());
}

/// A savepoint copies every page that its batch changes. Nearly all batches succeed, so the group is first run without, and when one of
/// it fails from the start with one around each.
Result<void> Driver::run_group(std::span<sql::Write* const> group) {
    if (!TRY(run_batches(group, Savepoints::none))) {
        roll_back();
        TRY(run_batches(group, Savepoints::each));
    }
    return control("COMMIT");
}

/// Whether what has run may be committed: without savepoints nothing may once a batch has failed.
Result<bool> Driver::run_batches(std::span<sql::Write* const> group, Savepoints savepoints) {
    TRY(control("BEGIN IMMEDIATE"));
    for (sql::Write* write : group) {
        write->answer.emplace(savepoints == Savepoints::each ? run_in_savepoint(write->statements) : run_all(*writer_, write->statements));
        const auto& answer = *write->answer;
        // Disk full, I/O error: SQLite may have rolled back the transaction, and says to do so in any case
        // ("Response To Errors Within A Transaction").
        if (!answer && answer.error().code == ErrorCode::unavailable) return answer.error();
        // INVARIANT: every batch runs inside the group's transaction.
        if (!writer_->is_in_transaction()) return sql::unavailable("the transaction was rolled back");
        if (!answer && savepoints == Savepoints::none) return false;
    }
    return true;
}

/// With nobody else in the transaction it is the savepoint.
Result<void> Driver::run_only(sql::Write& write) {
    TRY(control("BEGIN IMMEDIATE"));
    write.answer.emplace(run_all(*writer_, write.statements));
    if (*write.answer) return control("COMMIT");
    roll_back();
    return {};
}

Result<std::vector<sql::Rows>> Driver::run_in_savepoint(std::span<const sql::Statement> statements) {
    TRY(control("SAVEPOINT batch"));
    auto answers = run_all(*writer_, statements);
    if (!answers && answers.error().code == ErrorCode::unavailable) return answers;
    if (!answers) TRY(control("ROLLBACK TO batch"));
    TRY(control("RELEASE batch"));
    return answers;
}

/// A migration may rebuild a table that others refer to: foreign keys are off meanwhile and checked at the end
/// (SQLite, "ALTER TABLE", §7).
Result<void> Driver::run_alone(const sql::Write::Work& work) {
    const auto owned = own_writer();
    TRY(writer_->script("PRAGMA foreign_keys = OFF"));
    auto done = run_checked(work);
    if (!done) roll_back();
    TRY(writer_->script("PRAGMA foreign_keys = ON"));
    return done;
}

Result<void> Driver::run_checked(const sql::Write::Work& work) {
    TRY(control("BEGIN IMMEDIATE"));
    ExclusiveRun run(*writer_);
    TRY(work(run));
    if (!writer_->is_in_transaction()) return sql::mistake("the work ended its own transaction", "COMMIT");

    const auto orphans = TRY(run.sql::Exclusive::run("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1"));
    if (!orphans.empty()) return sql::missing_reference("in `" + orphans.front().text(0) + "`");
    return control("COMMIT");
}

Result<void> Driver::control(std::string_view sql) {
    TRY(writer_->run(sql, {}, Access::write));
    return {};
}

void Driver::roll_back() {
    if (!writer_->is_in_transaction()) return;
    // ROLLBACK fails only when there is nothing left to roll back.
    static_cast<void>(writer_->script("ROLLBACK"));
}

}  // namespace

Result<std::unique_ptr<Sqlite>> open(const Options& options) {
    const bool is_memory = options.path == kMemory;
    if (!is_memory) TRY(make_private_file(options.path));

    auto writer = TRY(connect(options, SQLITE_OPEN_READWRITE, kWriterSettings));
    TRY(require_setting(*writer, "PRAGMA journal_mode", is_memory ? "memory" : "wal"));
    TRY(require_setting(*writer, "PRAGMA synchronous", 2));
    TRY(require_setting(*writer, "PRAGMA foreign_keys", 1));
    return std::unique_ptr<Sqlite>(std::make_unique<Driver>(options, std::move(writer)));
}

}  // namespace portcullis::sqlite
