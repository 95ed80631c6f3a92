#include "adapters/sqlite/sqlite.h"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <set>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/conformance/db_engines.h"
#include "tests/support/temporary_folder.h"

namespace portcullis::sqlite {
namespace {

using namespace std::chrono_literals;
using tests::must;
using tests::TemporaryFolder;

constexpr const char* kChildFile = "PORTCULLIS_TEST_CHILD_FILE";

std::unique_ptr<Sqlite> open_with_table(const std::string& path) {
    auto db = must(open({.path = path, .busy_timeout = 50ms}));
    REQUIRE(db->exclusively([](sql::Exclusive& transaction) {
        return transaction.script("CREATE TABLE IF NOT EXISTS rows (id TEXT PRIMARY KEY, body TEXT NOT NULL)");
    }));
    return db;
}

sql::Statement insert_row(const std::string& id, std::size_t size = 100) {
    return {.sql = "INSERT INTO rows (id, body) VALUES ($1, $2)", .params = {id, std::string(size, 'x')}};
}

std::int64_t count_rows(const sql::Db& db) { return must(db.query("SELECT count(*) FROM rows")).front().integer(0); }

/// Starts this program again, running only the hidden test `tag`, and answers its output.
FILE* start_self(const char* tag, const std::string& file, pid_t& child) {
    int pipe_ends[2];
    REQUIRE(::pipe(pipe_ends) == 0);
    ::setenv(kChildFile, file.c_str(), 1);
    child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::dup2(pipe_ends[1], STDOUT_FILENO);
        ::close(pipe_ends[0]);
        ::execl("/proc/self/exe", "adapters_tests", tag, nullptr);
        ::_exit(127);
    }
    ::close(pipe_ends[1]);
    return ::fdopen(pipe_ends[0], "r");
}

}  // namespace

TEST_CASE("the child that is killed while it writes", "[.sqlite-child]") {
    const char* file = std::getenv(kChildFile);
    if (file == nullptr) return;
    const auto db = open_with_table(file);
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 8; ++caller) {
        callers.emplace_back([&, caller] {
            for (int i = 0;; ++i) {
                const std::string id = std::to_string(caller) + "/" + std::to_string(i);
                if (!db->write_one(insert_row(id))) ::_exit(1);
                const std::string line = "stored " + id + "\n";  // one write(2): lines of threads do not mix
                if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) ::_exit(1);
            }
        });
    }
    for (auto& caller : callers) caller.join();
}

TEST_CASE("every write that was answered survives kill -9", "[sqlite]") {
    const TemporaryFolder folder;
    std::set<std::string> stored;
    for (std::size_t round = 1; round <= 3; ++round) {
        const std::string file = folder / ("store" + std::to_string(round) + ".db");
        pid_t child            = 0;
        FILE* output           = start_self("[.sqlite-child]", file, child);
        stored.clear();
        char line[256];
        while (std::fgets(line, sizeof line, output) != nullptr) {
            const std::string text(line);
            if (text.starts_with("stored ") && text.ends_with('\n')) stored.insert(text.substr(7, text.size() - 8));
            if (stored.size() == 100 * round) ::kill(child, SIGKILL);
        }
        std::fclose(output);
        int status = 0;
        ::waitpid(child, &status, 0);
        REQUIRE(WIFSIGNALED(status));
        REQUIRE(stored.size() >= 100 * round);

        const auto db = must(open({.path = file}));
        std::set<std::string> found;
        const auto rows = must(db->query("SELECT id FROM rows"));
        for (const auto row : rows) found.insert(row.text(0));
        CHECK(std::includes(found.begin(), found.end(), stored.begin(), stored.end()));
        CHECK(db->backup(folder / ("copy" + std::to_string(round) + ".db")));
    }
}

TEST_CASE("a full database refuses writes and goes on reading", "[sqlite]") {
    const TemporaryFolder folder;
    const auto db = open_with_table(folder / "store.db");
    REQUIRE(db->write_one(insert_row("before")));
    // SQLite counts pages; the file has some four.
    REQUIRE(
        db->exclusively([](sql::Exclusive& transaction) { return transaction.script("PRAGMA max_page_count = 10"); }));

    const auto refused = db->write({insert_row("a"), insert_row("b", 100'000)});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::unavailable);
    CHECK(count_rows(*db) == 1);
    CHECK(db->write_one(insert_row("after")));
    CHECK(count_rows(*db) == 2);
}

TEST_CASE("when COMMIT fails everybody in the group is told and nothing is stored", "[sqlite]") {
    const TemporaryFolder folder;
    const auto db = open_with_table(folder / "store.db");
    REQUIRE(db->write_one(insert_row("before")));

    // No file of this process may grow beyond 96 KiB: the log cannot take the group.
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto previous = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit tight{.rlim_cur = 96 * 1024, .rlim_max = before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &tight) == 0);
    std::atomic<int> stored = 0, unavailable = 0;
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 4; ++caller) {
        callers.emplace_back([&, caller] {
            const auto answer = db->write_one(insert_row("large/" + std::to_string(caller), 200'000));
            if (answer)
                ++stored;
            else if (answer.error().code == ErrorCode::unavailable)
                ++unavailable;
        });
    }
    for (auto& caller : callers) caller.join();
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    std::signal(SIGXFSZ, previous);

    CHECK(stored == 0);
    CHECK(unavailable == 4);
    CHECK(count_rows(*db) == 1);
    CHECK(db->write_one(insert_row("after", 200'000)));
    CHECK(count_rows(*db) == 2);
    CHECK(db->backup(folder / "copy.db"));
}

TEST_CASE("another program that holds the write lock makes writes unavailable, not lost", "[sqlite]") {
    const TemporaryFolder folder;
    const auto db      = open_with_table(folder / "store.db");
    const auto outside = must(open({.path = folder / "store.db"}));
    REQUIRE(outside->exclusively([&](sql::Exclusive&) -> Result<void> {
        const auto answer = db->write_one(insert_row("a"));
        CHECK(answer.error().code == ErrorCode::unavailable);
        CHECK(count_rows(*db) == 0);
        return {};
    }));
    CHECK(db->write_one(insert_row("a")));
}

TEST_CASE("exclusive work may rebuild a table that others refer to", "[sqlite]") {
    const TemporaryFolder folder;
    const auto db = open_with_table(folder / "store.db");
    REQUIRE(db->exclusively([](sql::Exclusive& transaction) {
        return transaction.script(
            "CREATE TABLE notes (id TEXT PRIMARY KEY, row TEXT REFERENCES rows (id) ON DELETE CASCADE);"
            "INSERT INTO rows (id, body) VALUES ('r', ''); INSERT INTO notes (id, row) VALUES ('n', 'r')");
    }));
    REQUIRE(db->exclusively([](sql::Exclusive& transaction) {
        return transaction.script(
            "CREATE TABLE wider (id TEXT PRIMARY KEY, body TEXT NOT NULL, more TEXT);"
            "INSERT INTO wider (id, body) SELECT id, body FROM rows;"
            "DROP TABLE rows; ALTER TABLE wider RENAME TO rows");
    }));
    CHECK(must(db->query("SELECT id FROM notes")).size() == 1);
    CHECK_FALSE(db->write_one({.sql = "INSERT INTO notes (id, row) VALUES ('m', 'none')"}));

    const auto broken =
        db->exclusively([](sql::Exclusive& transaction) { return transaction.script("DELETE FROM rows"); });
    CHECK(broken.error().code == ErrorCode::conflict);
    CHECK(count_rows(*db) == 1);
    const auto ended = db->exclusively([](sql::Exclusive& transaction) { return transaction.script("COMMIT"); });
    CHECK(ended.error().code == ErrorCode::invalidRequest);
}

TEST_CASE("a backup is one moment of a database in use, and can be restored (PROTO-836)", "[sqlite]") {
    const TemporaryFolder folder;
    const auto db          = open_with_table(folder / "store.db");
    std::atomic<bool> stop = false;
    std::thread writer([&] {
        // Always two rows at once: a copy with an odd number has seen half a transaction.
        for (int i = 0; !stop; ++i) {
            static_cast<void>(
                db->write({insert_row("a" + std::to_string(i), 2000), insert_row("b" + std::to_string(i), 2000)}));
        }
    });
    while (count_rows(*db) < 200) std::this_thread::yield();
    const auto copied = db->backup(folder / "copy.db");
    const auto least  = count_rows(*db);
    stop              = true;
    writer.join();
    REQUIRE(copied);
    CHECK(least >= 200);
    CHECK(check(folder / "copy.db"));
    CHECK_FALSE(std::filesystem::exists(folder / "copy.db.partial"));
    CHECK_FALSE(std::filesystem::exists(folder / "copy.db-wal"));

    REQUIRE(restore(folder / "copy.db", folder / "restored.db"));
    const auto restored = must(open({.path = folder / "restored.db"}));
    CHECK(count_rows(*restored) >= 200);
    CHECK(count_rows(*restored) % 2 == 0);
    CHECK(restored->write_one(insert_row("new")));
    CHECK(check(folder / "restored.db"));  // with its log beside it

    CHECK(db->backup(folder / "copy.db").error().code == ErrorCode::conflict);
    CHECK(restore(folder / "copy.db", folder / "restored.db").error().code == ErrorCode::conflict);
}

TEST_CASE("a damaged file is found before it is restored", "[sqlite]") {
    const TemporaryFolder folder;
    {
        const auto db = open_with_table(folder / "store.db");
        for (int i = 0; i < 50; ++i) REQUIRE(db->write_one(insert_row(std::to_string(i), 2000)));
        REQUIRE(db->backup(folder / "copy.db"));
    }
    const auto overwrite = [&](std::streamoff at, const std::string& bytes) {
        std::fstream file(folder / "copy.db", std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(at);
        file << bytes;
    };
    SECTION("a page is overwritten") { overwrite(3 * 4096, std::string(4096, '\x5a')); }
    SECTION("the end is missing") { std::filesystem::resize_file(folder / "copy.db", 5 * 4096); }
    SECTION("it is something else") { overwrite(0, "this is not a database at all"); }
    SECTION("it is not there") { std::filesystem::remove(folder / "copy.db"); }

    CHECK(check(folder / "copy.db").error().code == ErrorCode::unavailable);
    CHECK(restore(folder / "copy.db", folder / "restored.db").error().code == ErrorCode::unavailable);
    CHECK_FALSE(std::filesystem::exists(folder / "restored.db"));
    CHECK_FALSE(std::filesystem::exists(folder / "restored.db.partial"));
}

TEST_CASE("what cannot be opened is refused", "[sqlite]") {
    const TemporaryFolder folder;
    std::ofstream(folder / "text.db") << std::string(8192, 'x');
    CHECK(open({.path = folder / "text.db"}).error().code == ErrorCode::unavailable);
    CHECK(open({.path = folder / "none/store.db"}).error().code == ErrorCode::unavailable);
    CHECK(open({.path = folder.path()}).error().code == ErrorCode::unavailable);
}

TEST_CASE("the database is readable by its owner only (PROTO-834)", "[sqlite]") {
    const TemporaryFolder folder;
    const auto db = open_with_table(folder / "store.db");
    REQUIRE(db->backup(folder / "copy.db"));
    for (const auto* name : {"store.db", "store.db-wal", "store.db-shm", "copy.db"}) {
        struct stat file {};
        REQUIRE(::stat((folder / name).c_str(), &file) == 0);
        CHECK((file.st_mode & 0777) == 0600);
    }
}

TEST_CASE("a database in memory can be backed up to a file", "[sqlite]") {
    const TemporaryFolder folder;
    const auto db = open_with_table(":memory:");
    REQUIRE(db->write_one(insert_row("a")));
    REQUIRE(db->backup(folder / "copy.db"));
    CHECK(count_rows(*must(open({.path = folder / "copy.db"}))) == 1);
}

}  // namespace portcullis::sqlite
