#pragma once

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "adapters/postgres/postgres.h"
#include "adapters/sql/db.h"
#include "adapters/sqlite/sqlite.h"
#include "base/assert.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temporary_folder.h"

/// Every database the product can run on, as a type for TEMPLATE_TEST_CASE: each object is one empty database.
namespace portcullis::tests {

/// The value, or the test program stops and says why there is none.
template <class T>
T must(Result<T> result) {
    if (!result) std::fprintf(stderr, "%s\n", result.error().message.c_str());
    return std::move(result).value();
}

/// As in the product (PROTO-213).
inline constexpr std::chrono::milliseconds kReadTimeout{2000};

class SqliteInMemory {
public:
    static constexpr bool has_other_nodes = false;

    explicit SqliteInMemory(std::chrono::milliseconds read_timeout = kReadTimeout)
        : db_(must(sqlite::open({.path = ":memory:", .read_timeout = read_timeout}))) {}
    sql::Db& db() { return *db_; }

private:
    std::unique_ptr<sql::Db> db_;
};

class SqliteFile {
public:
    static constexpr bool has_other_nodes = true;

    explicit SqliteFile(std::chrono::milliseconds read_timeout = kReadTimeout)
        : read_timeout_(read_timeout), db_(other_node()) {}
    sql::Db& db() { return *db_; }
    /// The same database, opened once more.
    std::unique_ptr<sql::Db> other_node() {
        return must(sqlite::open({.path = folder_ / "store.db", .read_timeout = read_timeout_}));
    }

private:
    TemporaryFolder folder_;
    std::chrono::milliseconds read_timeout_;
    std::unique_ptr<sql::Db> db_;
};

class Postgres {
public:
    static constexpr bool has_other_nodes = true;

    explicit Postgres(std::chrono::milliseconds read_timeout = kReadTimeout)
        : read_timeout_(read_timeout), db_(other_node()) {}
    sql::Db& db() { return *db_; }
    std::unique_ptr<sql::Db> other_node() {
        return must(postgres::open({.connection = connection_, .readers_max = 4, .read_timeout = read_timeout_}));
    }

private:
    std::string connection_ = PostgresServer::shared().fresh_schema();
    std::chrono::milliseconds read_timeout_;
    std::unique_ptr<sql::Db> db_;
};

}  // namespace portcullis::tests
