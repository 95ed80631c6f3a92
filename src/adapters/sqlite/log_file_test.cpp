#include "adapters/sqlite/log_file.h"

#include <filesystem>

#include <catch2/catch.hpp>

#include "adapters/sqlite/connection.h"
#include "tests/conformance/db_engines.h"
#include "tests/support/temporary_folder.h"

namespace portcullis::sqlite {
namespace {

using tests::must;
using tests::TemporaryFolder;
using Access = Connection::Access;

std::unique_ptr<Connection> open_with_rows(const std::string& path) {
    auto connection = std::make_unique<Connection>(must(open_handle(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)));
    REQUIRE(connection->script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, body TEXT NOT NULL)"));
    return connection;
}

void insert(Connection& connection, std::int64_t id, std::size_t size) {
    const std::vector<sql::Value> row{id, std::string(size, static_cast<char>('a' + id % 26))};
    must(connection.run("INSERT INTO rows (id, body) VALUES ($1, $2)", row, Access::write));
}

/// What another process would find if this one were gone now.
std::vector<std::int64_t> sizes_after_crash(const TemporaryFolder& folder, const std::string& path) {
    const auto copy = folder / "copy.db";
    for (const auto* part : {"", "-wal"}) {
        std::filesystem::copy_file(path + part, copy + part, std::filesystem::copy_options::overwrite_existing);
    }
    Connection found(must(open_handle(copy, SQLITE_OPEN_READWRITE)));
    CHECK(must(found.run("PRAGMA integrity_check", {}, Access::read)).front().text(0) == "ok");
    std::vector<std::int64_t> sizes;
    for (const auto& row : must(found.run("SELECT length(body) FROM rows ORDER BY id", {}, Access::read))) sizes.push_back(row.integer(0));
    return sizes;
}

}  // namespace

TEST_CASE("our databases are opened with the VFS that gathers a log's frames", "[sqlite]") {
    REQUIRE(gathering_vfs() != nullptr);
    const TemporaryFolder folder;
    auto connection = open_with_rows(folder / "a.db");
    sqlite3_vfs* used = nullptr;
    REQUIRE(sqlite3_file_control(connection->handle(), "main", SQLITE_FCNTL_VFS_POINTER, &used) == SQLITE_OK);
    CHECK(std::string(used->zName) == gathering_vfs());
}

TEST_CASE("what was committed is in the log's file, be it a page or more than one write takes", "[sqlite]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    auto connection = open_with_rows(path);
    std::vector<std::int64_t> expected;
    for (const std::size_t size : {10U, 5'000U, 400'000U, 131'071U, 1U}) {
        insert(*connection, static_cast<std::int64_t>(expected.size()), size);
        expected.push_back(static_cast<std::int64_t>(size));
        CHECK(sizes_after_crash(folder, path) == expected);
    }
}

TEST_CASE("a transaction larger than the cache reads its own pages back, and leaves nothing when it is rolled back", "[sqlite]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    auto connection = open_with_rows(path);
    REQUIRE(connection->script("PRAGMA cache_size = 10"));
    insert(*connection, 0, 3);

    REQUIRE(connection->script("BEGIN IMMEDIATE"));
    for (std::int64_t id = 1; id <= 200; ++id) insert(*connection, id, 3'000);
    CHECK(must(connection->run("SELECT count(*), sum(length(body)) FROM rows", {}, Access::read)).front().integer(1) == 600'003);
    CHECK(sizes_after_crash(folder, path) == std::vector<std::int64_t>{3});
    REQUIRE(connection->script("ROLLBACK"));
    CHECK(sizes_after_crash(folder, path) == std::vector<std::int64_t>{3});

    // Over the frames that the rolled-back one left.
    insert(*connection, 1, 50);
    CHECK(sizes_after_crash(folder, path) == std::vector<std::int64_t>{3, 50});
}

TEST_CASE("another connection sees what was committed, and a checkpoint copies it", "[sqlite]") {
    const TemporaryFolder folder;
    const auto path = folder / "a.db";
    auto writer     = open_with_rows(path);
    auto reader     = open_with_rows(path);
    for (std::int64_t id = 0; id < 50; ++id) {
        insert(*writer, id, 2'000);
        CHECK(must(reader->run("SELECT count(*) FROM rows", {}, Access::read)).front().integer(0) == id + 1);
        if (id % 10 == 9) REQUIRE(writer->script("PRAGMA wal_checkpoint(TRUNCATE)"));
    }
    CHECK(sizes_after_crash(folder, path) == std::vector<std::int64_t>(50, 2'000));
}

}  // namespace portcullis::sqlite
