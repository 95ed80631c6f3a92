#include "adapters/postgres/postgres.h"

#include <algorithm>
#include <mutex>
#include <thread>

#include "adapters/postgres/connection.h"
#include "adapters/postgres/group_commit.h"
#include "adapters/sql/errors.h"
#include "adapters/sql/pool.h"
#include "adapters/sql/write_queue.h"

namespace portcullis::postgres {
namespace {

using namespace std::chrono_literals;

constexpr auto kPauseMin = 50ms;
constexpr auto kPauseMax = 2000ms;
/// The advisory lock of everything that runs exclusively; any number that is always the same.
constexpr std::string_view kTakeLock = "SELECT pg_advisory_xact_lock(7021849123411006)";

/// Makes connections of one kind. After a failure nobody tries again until a pause is over, which doubles each time.
class Connector {
public:
    explicit Connector(Session session) : session_(std::move(session)) {}

    Result<std::unique_ptr<Connection>> connect() {
        {
            const std::lock_guard lock(mutex_);
            if (Clock::now() < not_before_) return sql::unavailable("not reachable; trying again shortly");
        }
        auto connection = Connection::open(session_);
        const std::lock_guard lock(mutex_);
        if (connection) {
            pause_ = 0ms;
            return connection;
        }
        pause_      = std::clamp<std::chrono::milliseconds>(pause_ * 2, kPauseMin, kPauseMax);
        not_before_ = Clock::now() + pause_;
        return connection;
    }

private:
    const Session session_;
    std::mutex mutex_;
    std::chrono::milliseconds pause_{0};
    Clock::time_point not_before_{};
};

class ExclusiveRun final : public sql::Exclusive {
public:
    explicit ExclusiveRun(Connection& connection) : connection_(connection) {}
    Result<sql::Rows> run(std::string_view sql, std::span<const sql::Value> params) override {
        TRY(sql::check_values(params));
        return connection_.run(sql, params);
    }
    Result<void> script(std::string_view sql) override { return connection_.script(sql); }

private:
    Connection& connection_;
};

class Driver final : public sql::Db {
public:
    explicit Driver(const Options& options)
        : options_(options),
          queue_(options.queue_max),
          reader_connector_({options.connection, Role::reader, options.read_timeout}),
          writer_connector_({options.connection, Role::writer, options.write_timeout}),
          readers_(options.readers_max, [this] { return reader_connector_.connect(); }) {
        for (std::size_t i = 0; i < std::max<std::size_t>(options.writers, 1); ++i)
            writers_.emplace_back([this] { serve(); });
    }
    ~Driver() override {
        queue_.stop();
        for (auto& writer : writers_) writer.join();
    }

    Result<std::vector<sql::Rows>> read(std::span<const sql::Query> queries) const override;
    Result<std::vector<sql::Rows>> write(std::vector<sql::Statement> statements) override;
    Result<void> exclusively(const std::function<Result<void>(sql::Exclusive&)>& work) override;
    [[nodiscard]] sql::Engine engine() const override { return sql::Engine::postgres; }

private:
    void serve();
    void commit(std::unique_ptr<Connection>& connection, std::span<sql::Write* const> group);

    const Options options_;
    sql::WriteQueue queue_;
    mutable Connector reader_connector_;
    Connector writer_connector_;
    mutable sql::Pool<Connection> readers_;
    std::vector<std::thread> writers_;  // last: they use all of the above
};

/// One pipeline: up to its Sync PostgreSQL takes what was sent as one transaction, and a reader's is of one moment.
Result<std::vector<sql::Rows>> read_all(Connection& connection, std::span<const sql::Query> queries) {
    for (const auto& query : queries) connection.send(query.sql, query.params);
    std::vector<sql::Rows> answers;
    answers.reserve(queries.size());
    for (auto& answer : connection.exchange()) answers.push_back(TRY(std::move(answer)));
    return answers;
}

/// A reader whose connection broke is replaced and the read done once more, while there is time.
Result<std::vector<sql::Rows>> Driver::read(std::span<const sql::Query> queries) const {
    for (const auto& query : queries) TRY(sql::check_values(query.params));
    const auto deadline = Clock::now() + options_.read_timeout;
    for (int attempt = 1;; ++attempt) {
        auto reader = TRY(readers_.lend(deadline));
        if (reader->is_worn_out()) {
            reader.drop();
            if (attempt <= static_cast<int>(options_.readers_max) && Clock::now() < deadline) continue;
            return sql::unavailable("connection lost");
        }
        auto answers       = read_all(*reader, queries);
        const bool is_lost = reader->is_lost();
        if (is_lost) reader.drop();
        if (!is_lost || attempt > 1 || Clock::now() >= deadline) return answers;
    }
}

Result<std::vector<sql::Rows>> Driver::write(std::vector<sql::Statement> statements) {
    TRY(sql::check_batch(statements));
    sql::Write write(statements);
    return queue_.submit(write);
}

/// On a connection of its own: the writers go on meanwhile.
Result<void> Driver::exclusively(const std::function<Result<void>(sql::Exclusive&)>& work) {
    const auto connection = TRY(Connection::open({options_.connection, Role::exclusive, 0ms}));
    TRY(connection->run("BEGIN"));
    TRY(connection->run(kTakeLock));
    ExclusiveRun run(*connection);
    TRY(work(run));  // otherwise closing the connection rolls back
    if (!connection->is_in_transaction()) return sql::mistake("the work ended its own transaction", "COMMIT");
    TRY(connection->run("COMMIT"));
    return {};
}

void Driver::serve() {
    std::unique_ptr<Connection> connection;
    for (;;) {
        const auto group = queue_.take();
        if (group.empty()) return;
        commit(connection, group);
        sql::WriteQueue::wake(group);
    }
}

void Driver::commit(std::unique_ptr<Connection>& connection, std::span<sql::Write* const> group) {
    for (int attempt = 1; attempt <= 2; ++attempt) {
        if (!connection || connection->is_worn_out()) {
            connection.reset();
            auto made = writer_connector_.connect();
            if (!made) return sql::answer_all(group, made.error());
            connection = std::move(made).value();
        }
        if (commit_group(*connection, group) == Outcome::answered) return;
        connection.reset();
    }
    sql::answer_all(group, sql::unavailable("connection lost twice"));
}

}  // namespace

Result<std::unique_ptr<sql::Db>> open(const Options& options) {
    std::unique_ptr<sql::Db> db = std::make_unique<Driver>(options);
    TRY(db->ping());
    return db;
}

}  // namespace portcullis::postgres
