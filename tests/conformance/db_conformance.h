#pragma once

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>
#include <set>
#include <thread>

#include <catch2/catch.hpp>

#include "adapters/sql/db.h"
#include "adapters/sql/migrations.h"
#include "tests/conformance/db_engines.h"

/// What every database engine must do. To be included by one test file.
namespace portcullis::tests {

using sql::Expect;
using sql::Statement;

constexpr std::size_t kCallers = 16;

inline void make_tables(sql::Db& db) {
    const auto made = db.exclusively([](sql::Exclusive& transaction) {
        return transaction.script(R"(
            CREATE TABLE things (
                tenant  TEXT   NOT NULL,
                name    TEXT   NOT NULL,
                version BIGINT NOT NULL CHECK (version >= 0),
                ratio   DOUBLE PRECISION,
                body    BYTEA,
                note    TEXT,
                PRIMARY KEY (tenant, name)
            );
            CREATE TABLE parts (
                id     TEXT PRIMARY KEY,
                tenant TEXT NOT NULL,
                thing  TEXT NOT NULL,
                FOREIGN KEY (tenant, thing) REFERENCES things (tenant, name)
            );)");
    });
    REQUIRE(made);
}

inline Statement insert_thing(sql::Value name, std::int64_t version = 0) {
    return {.sql    = "INSERT INTO things (tenant, name, version) VALUES ($1, $2, $3)",
            .params = {"t", std::move(name), version}};
}

inline std::int64_t count_things(const sql::Db& db) {
    return must(db.query("SELECT count(*) FROM things")).front().integer(0);
}

/// `body(caller)` in kCallers threads at once. Catch2 counts in one thread: bodies answer, they do not check.
template <class Body>
void together(Body body) {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kCallers; ++i) threads.emplace_back([&body, i] { body(i); });
    for (auto& thread : threads) thread.join();
}

TEMPLATE_TEST_CASE("values come back as they were stored", "[db]", SqliteInMemory, SqliteFile, Postgres) {
    TestType engine;
    make_tables(engine.db());
    const auto [version, ratio, body, note] = GENERATE(table<sql::Value, sql::Value, sql::Value, sql::Value>({
        {0, {}, {}, {}},
        {1, 0.1, sql::Blob{"bytes"}, "text"},
        {std::numeric_limits<std::int64_t>::max(), -1.5e300, sql::Blob{std::string("\0\xff\0", 3)},
         "“żółw” 🦀 d'état \\x"},
        {true, 5e-324, sql::Blob{""}, ""},
        {Instant{Duration{1795178467250}}, 3.0, sql::Blob{std::string(100'000, '\x80')}, std::string(100'000, 'x')},
    }));

    REQUIRE(engine.db().write_one({.sql    = "INSERT INTO things (tenant, name, version, ratio, body, note) "
                                             "VALUES ('t', 'n', $1, $2, $3, $4)",
                                   .params = {version, ratio, body, note}}));
    const auto rows = must(engine.db().query("SELECT version, ratio, body, note FROM things"));
    REQUIRE(rows.size() == 1);
    CHECK(rows.front()[0] == version);
    CHECK(rows.front()[1] == ratio);
    CHECK(rows.front()[2] == body);
    CHECK(rows.front()[3] == note);
}

TEMPLATE_TEST_CASE("parameters are found by their number, not by where they stand", "[db]", SqliteInMemory, SqliteFile,
                   Postgres) {
    TestType engine;
    make_tables(engine.db());
    REQUIRE(engine.db().write_one({.sql    = "INSERT INTO things (note, version, name, tenant) VALUES ($3, $4, $2, $1)",
                                   .params = {"tenant", "name", "note", 7}}));
    const auto rows = must(engine.db().query(
        "SELECT tenant, name, note, version FROM things WHERE version = $2 AND (note = $1 OR name = $1)", {"note", 7}));
    REQUIRE(rows.size() == 1);
    CHECK(rows.front().text(0) == "tenant");
    CHECK(rows.front().text(1) == "name");
    CHECK(rows.front().text(2) == "note");
    CHECK(rows.front().integer(3) == 7);
}

TEMPLATE_TEST_CASE("the engines agree on the corners of the subset", "[db]", SqliteInMemory, SqliteFile, Postgres) {
    TestType engine;
    make_tables(engine.db());
    for (const auto* name : {"a", "B"}) REQUIRE(engine.db().write_one(insert_thing(name, 4)));
    const auto answer = [&](std::string_view sql) { return must(engine.db().query(sql)).front()[0]; };

    CHECK(answer("SELECT count(*) FROM things WHERE name LIKE 'A%'") == sql::Value(0));
    CHECK(answer("SELECT sum(version) FROM things") == sql::Value(8));
    CHECK(answer("SELECT sum(version) FROM things WHERE name = 'none'") == sql::Value());
    CHECK(answer("SELECT version = 4 FROM things WHERE name = 'a'") == sql::Value(1));
    CHECK(answer("SELECT CAST(version AS DOUBLE PRECISION) / 8 FROM things WHERE name = 'a'") == sql::Value(0.5));
    CHECK(answer("SELECT version / 3 FROM things WHERE name = 'a'") == sql::Value(1));
    CHECK(answer("SELECT \"name\" FROM things ORDER BY ratio NULLS FIRST, name = 'a' LIMIT 1") == sql::Value("B"));
    CHECK(must(engine.db().query("SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT)", {7, "x"})).front().integer(0) == 7);
}

TEMPLATE_TEST_CASE("a write is seen by every read after it", "[db]", SqliteInMemory, SqliteFile, Postgres) {
    TestType engine;
    make_tables(engine.db());
    std::atomic<int> unseen = 0;
    together([&](std::size_t caller) {
        for (int i = 0; i < 20; ++i) {
            const std::string name = std::to_string(caller) + "/" + std::to_string(i);
            const auto written     = engine.db().write_one(insert_thing(name));
            const auto rows =
                engine.db().query("SELECT version FROM things WHERE tenant = $1 AND name = $2", {"t", name});
            if (!written || !rows || rows->size() != 1) ++unseen;
        }
    });
    CHECK(unseen == 0);
}

TEMPLATE_TEST_CASE("a batch is stored whole or not at all", "[db]", SqliteInMemory, SqliteFile, Postgres) {
    TestType engine;
    make_tables(engine.db());
    REQUIRE(engine.db().write({insert_thing("a"), insert_thing("b")}));
    CHECK(count_things(engine.db()) == 2);

    REQUIRE_FALSE(engine.db().write({insert_thing("c"), insert_thing("a"), insert_thing("d")}));
    REQUIRE_FALSE(engine.db().write({insert_thing("c"), {.sql = "INSERT INTO nothing (a) VALUES (1)"}}));
    CHECK(count_things(engine.db()) == 2);

    REQUIRE(engine.db().write({}));
    REQUIRE(engine.db().write({insert_thing("c")}));
    CHECK(count_things(engine.db()) == 3);
}

TEMPLATE_TEST_CASE("a write answers for each statement", "[db]", SqliteInMemory, SqliteFile, Postgres) {
    TestType engine;
    make_tables(engine.db());
    const auto answers = must(engine.db().write({
        insert_thing("a", 1),
        {.sql =
             "INSERT INTO things (tenant, name, version) VALUES ('t', 'b', 2), ('t', 'c', 2) RETURNING name, version"},
        {.sql =
             "INSERT INTO things (tenant, name, version) VALUES ('t', 'a', 9) ON CONFLICT (tenant, name) DO NOTHING"},
        {.sql = "UPDATE things SET version = version + 10 WHERE version = $1", .params = {2}},
        {.sql = "SELECT name FROM things WHERE version = 12 ORDER BY name"},
        {.sql = "DELETE FROM things WHERE name = 'a' RETURNING version"},
        {.sql = "DELETE FROM things WHERE name = 'a' RETURNING version"},
    }));
    REQUIRE(answers.size() == 7);
    const std::vector<std::int64_t> affected = {1, 2, 0, 2, 2, 1, 0};
    for (std::size_t i = 0; i < affected.size(); ++i) CHECK(answers[i].affected() == affected[i]);
    CHECK(answers[0].empty());
    CHECK(answers[1][1].text(0) == "c");
    CHECK(answers[4].size() == 2);
    CHECK(answers[5].front().integer(0) == 1);
    CHECK(answers[6].empty());
}

TEMPLATE_TEST_CASE("a statement that does not touch the one row it must is a conflict", "[db]", SqliteInMemory,
                   SqliteFile, Postgres) {
    TestType engine;
    make_tables(engine.db());
    REQUIRE(engine.db().write({insert_thing("a", 1), insert_thing("b", 1)}));

    const auto sql =
        GENERATE(as<std::string_view>{}, "UPDATE things SET version = 2 WHERE name = 'none'",
                 "UPDATE things SET version = 2", "DELETE FROM things WHERE name = 'a' AND version = 7 RETURNING name",
                 "SELECT name FROM things WHERE name = 'none'",
                 "INSERT INTO things (tenant, name, version) VALUES ('t', 'a', 2) ON CONFLICT DO NOTHING");
    const auto answer = engine.db().write({insert_thing("c"), {.sql = sql, .expect = Expect::one}, insert_thing("d")});
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::conflict);
    CHECK_FALSE(sql::is_duplicate(answer.error()));
    CHECK(must(engine.db().query("SELECT sum(version), count(*) FROM things")).front().integer(0) == 2);
    CHECK(engine.db().write_one({.sql = "UPDATE things SET version = 2 WHERE name = 'a'", .expect = Expect::one}));
}

TEMPLATE_TEST_CASE("a key that is taken is a conflict that says so", "[db]", SqliteInMemory, SqliteFile, Postgres) {
    TestType engine;
    make_tables(engine.db());
    REQUIRE(engine.db().write_one(insert_thing("a")));
    const auto taken = engine.db().write_one(insert_thing("a"));
    REQUIRE_FALSE(taken);
    CHECK(taken.error().code == ErrorCode::conflict);
    CHECK(sql::is_duplicate(taken.error()));
    CHECK_THAT(taken.error().message, Catch::StartsWith("duplicate key in `things"));
}

TEMPLATE_TEST_CASE("a reference to nothing is a conflict, other constraints are mistakes", "[db]", SqliteInMemory,
                   SqliteFile, Postgres) {
    TestType engine;
    make_tables(engine.db());
    const auto [sql, code] = GENERATE(table<std::string_view, ErrorCode>({
        {"INSERT INTO parts (id, tenant, thing) VALUES ('p', 't', 'none')", ErrorCode::conflict},
        {"INSERT INTO things (tenant, name, version) VALUES ('t', 'x', -1)", ErrorCode::invalidRequest},
        {"INSERT INTO things (tenant, name, version) VALUES ('t', 'x', NULL)", ErrorCode::invalidRequest},
        {"INSERT INTO things (tenant, nickname) VALUES ('t', 'x')", ErrorCode::invalidRequest},
        {"INSERT INTO", ErrorCode::invalidRequest},
        {"INSERT INTO things (tenant, name, version) VALUES ('t', \"x\", 1)", ErrorCode::invalidRequest},
        {"INSERT INTO things (tenant, name, version) VALUES ('t', 'x', $1)", ErrorCode::invalidRequest},
        {"DELETE FROM parts; DELETE FROM things", ErrorCode::invalidRequest},
    }));
    const auto answer      = engine.db().write({insert_thing("a"), {.sql = sql}});
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == code);
    CHECK_FALSE(sql::is_duplicate(answer.error()));
    CHECK(count_things(engine.db()) == 0);
}

TEMPLATE_TEST_CASE("text is UTF-8 without NUL or the statement is refused", "[db]", SqliteInMemory, SqliteFile,
                   Postgres) {
    TestType engine;
    make_tables(engine.db());
    const auto text   = GENERATE(values<std::string>({{"a\0b", 3}, {"\0", 1}, "\xff", "\xc3", "\xed\xa0\x80"}));
    const auto answer = engine.db().write({insert_thing("a"), insert_thing(text)});
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::invalidRequest);
    const auto read = engine.db().query("SELECT 1 FROM things WHERE name = $1", {text});
    REQUIRE_FALSE(read);
    CHECK(read.error().code == ErrorCode::invalidRequest);
    CHECK(count_things(engine.db()) == 0);
}

TEMPLATE_TEST_CASE("reads made together are of one moment", "[db]", SqliteInMemory, SqliteFile, Postgres) {
    TestType engine;
    make_tables(engine.db());
    REQUIRE(engine.db().write({insert_thing("a"), insert_thing("b")}));
    std::atomic<bool> is_done{false};
    std::thread writer([&] {
        const Statement move{.sql = "UPDATE things SET version = version + 1"};
        while (!is_done) static_cast<void>(engine.db().write_one(move));
    });
    bool is_one_moment = true;
    for (int i = 0; i < 200; ++i) {
        const auto answers = engine.db().read({{"SELECT version FROM things WHERE name = 'a'"}, {"SELECT version FROM things WHERE name = 'b'"}});
        is_one_moment      = is_one_moment && answers && answers->size() == 2 && (*answers)[0].front()[0] == (*answers)[1].front()[0];
    }
    is_done = true;
    writer.join();
    CHECK(is_one_moment);
}

TEMPLATE_TEST_CASE("a read that fails among others leaves the next one in the present", "[db]", SqliteInMemory, SqliteFile, Postgres) {
    TestType engine;
    make_tables(engine.db());
    CHECK(engine.db().read({{"SELECT count(*) FROM things"}, {"SELECT nothing FROM things"}}).error().code == ErrorCode::invalidRequest);
    REQUIRE(engine.db().write_one(insert_thing("a")));
    CHECK(count_things(engine.db()) == 1);
}

TEMPLATE_TEST_CASE("a read cannot write", "[db]", SqliteInMemory, SqliteFile, Postgres) {
    TestType engine;
    make_tables(engine.db());
    REQUIRE(engine.db().write_one(insert_thing("a")));
    const auto answer = engine.db().query("DELETE FROM things RETURNING name");
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::invalidRequest);
    CHECK(count_things(engine.db()) == 1);
}

TEMPLATE_TEST_CASE("batches and answers are bounded", "[db]", SqliteInMemory, SqliteFile, Postgres) {
    TestType engine;
    make_tables(engine.db());
    std::vector<Statement> batch;
    for (std::size_t i = 0; i < 5'000; ++i) batch.push_back(insert_thing(std::to_string(i)));
    REQUIRE(engine.db().write(batch));
    CHECK(count_things(engine.db()) == 5'000);

    batch.assign(sql::kStatementsMax + 1, {.sql = "UPDATE things SET version = 0"});
    CHECK(engine.db().write(batch).error().code == ErrorCode::invalidRequest);
    CHECK(engine.db().query("SELECT a.name FROM things a, things b LIMIT 100001").error().code ==
          ErrorCode::invalidRequest);
    CHECK(must(engine.db().query("SELECT name FROM things ORDER BY name")).size() == 5'000);
}

TEMPLATE_TEST_CASE("counters are exact under many callers", "[db]", SqliteInMemory, SqliteFile, Postgres) {
    TestType engine;
    make_tables(engine.db());
    constexpr int kRounds = 50;
    std::mutex mutex;
    std::set<std::int64_t> seen;
    together([&](std::size_t) {
        for (int i = 0; i < kRounds; ++i) {
            const auto rows = engine.db().write_one(
                {.sql = "INSERT INTO things (tenant, name, version) VALUES ('t', 'counter', 1) "
                        "ON CONFLICT (tenant, name) DO UPDATE SET version = things.version + 1 RETURNING version"});
            const std::lock_guard lock(mutex);
            if (rows) seen.insert(rows->front().integer(0));
        }
    });
    CHECK(seen.size() == kCallers * kRounds);
    CHECK(*seen.rbegin() == std::int64_t(kCallers * kRounds));
}

TEMPLATE_TEST_CASE("what is taken is taken once", "[db]", SqliteInMemory, SqliteFile, Postgres) {
    TestType engine;
    make_tables(engine.db());
    constexpr std::size_t kCodes = 60;
    for (std::size_t i = 0; i < kCodes; ++i) REQUIRE(engine.db().write_one(insert_thing(std::to_string(i))));

    std::vector<std::atomic<int>> taken(kCodes);
    together([&](std::size_t) {
        for (std::size_t i = 0; i < kCodes; ++i) {
            const auto rows =
                engine.db().write_one({.sql    = "DELETE FROM things WHERE tenant = $1 AND name = $2 RETURNING version",
                                       .params = {"t", std::to_string(i)}});
            if (rows && rows->size() == 1) ++taken[i];
        }
    });
    CHECK(std::all_of(taken.begin(), taken.end(), [](const auto& times) { return times == 1; }));
    CHECK(count_things(engine.db()) == 0);
}

TEMPLATE_TEST_CASE("of two writers that decided on the same version one is told so", "[db]", SqliteInMemory, SqliteFile,
                   Postgres) {
    TestType engine;
    make_tables(engine.db());
    REQUIRE(engine.db().write_one(insert_thing("a")));
    std::atomic<std::int64_t> stored = 0, conflicts = 0, others = 0;
    together([&](std::size_t caller) {
        for (int i = 0; i < 20; ++i) {
            const auto rows = engine.db().query("SELECT version FROM things WHERE name = 'a'");
            if (!rows) continue;
            const auto version = rows->front().integer(0);
            const auto answer =
                engine.db().write({insert_thing(std::to_string(caller) + "/" + std::to_string(i)),
                                   {.sql    = "UPDATE things SET version = $2 WHERE name = 'a' AND version = $1",
                                    .params = {version, version + 1},
                                    .expect = Expect::one}});
            ++(answer ? stored : answer.error().code == ErrorCode::conflict ? conflicts : others);
        }
    });
    CHECK(others == 0);
    CHECK(stored + conflicts == std::int64_t(kCallers) * 20);
    CHECK(must(engine.db().query("SELECT version FROM things WHERE name = 'a'")).front().integer(0) == stored);
    CHECK(count_things(engine.db()) == stored + 1);
}

TEMPLATE_TEST_CASE("a batch that fails does not disturb those committed with it", "[db]", SqliteInMemory, SqliteFile,
                   Postgres) {
    TestType engine;
    make_tables(engine.db());
    REQUIRE(engine.db().write_one(insert_thing("taken")));
    std::atomic<int> wrong = 0;
    together([&](std::size_t caller) {
        for (std::size_t i = 0; i < 30; ++i) {
            const auto good = insert_thing(std::to_string(caller) + "/" + std::to_string(i));
            std::vector<Statement> batch{good};
            const auto kind = (caller + i) % 4;
            if (kind == 1) batch.push_back(insert_thing("taken"));
            if (kind == 2) batch.push_back({.sql = "DELETE FROM things WHERE name = 'none'", .expect = Expect::one});
            const auto answer = engine.db().write(batch);
            if (answer.has_value() != (kind == 0 || kind == 3)) ++wrong;
            if (!answer && answer.error().code != ErrorCode::conflict) ++wrong;
        }
    });
    CHECK(wrong == 0);
    CHECK(count_things(engine.db()) == 1 + std::int64_t(kCallers) * 15);
}

TEMPLATE_TEST_CASE("a slow read is stopped and meanwhile holds up no write (PROTO-213)", "[db]", SqliteInMemory,
                   SqliteFile, Postgres) {
    TestType engine(std::chrono::milliseconds(500));
    make_tables(engine.db());
    std::atomic<bool> is_reading = true;
    ErrorCode answer{};
    std::thread reader([&] {
        const auto rows = engine.db().query(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT count(*) "
            "FROM n");
        if (!rows) answer = rows.error().code;
        is_reading = false;
    });
    const bool written     = engine.db().write_one(insert_thing("a")).has_value();
    const bool was_reading = is_reading;
    reader.join();
    CHECK(written);
    CHECK(answer == ErrorCode::unavailable);
    if (TestType::has_other_nodes) CHECK(was_reading);
    CHECK(count_things(engine.db()) == 1);
}

TEMPLATE_TEST_CASE("two nodes on one database keep counters exact and take once", "[db]", SqliteFile, Postgres) {
    TestType engine;
    make_tables(engine.db());
    const auto other = engine.other_node();
    REQUIRE(engine.db().write_one(insert_thing("counter")));
    for (int i = 0; i < 20; ++i) REQUIRE(engine.db().write_one(insert_thing(std::to_string(i))));

    std::atomic<std::int64_t> counted = 0, taken = 0;
    together([&](std::size_t caller) {
        sql::Db& node = caller % 2 == 0 ? engine.db() : *other;
        for (int i = 0; i < 20; ++i) {
            if (node.write_one({.sql = "UPDATE things SET version = version + 1 WHERE name = 'counter'"})) ++counted;
            const auto rows =
                node.write_one({.sql    = "DELETE FROM things WHERE tenant = 't' AND name = $1 RETURNING name",
                                .params = {std::to_string(i)}});
            if (rows && !rows->empty()) ++taken;
        }
    });
    CHECK(taken == 20);
    CHECK(counted == std::int64_t(kCallers) * 20);
    CHECK(must(other->query("SELECT version FROM things WHERE name = 'counter'")).front().integer(0) == counted);
}

TEMPLATE_TEST_CASE("exclusive work is one transaction", "[db]", SqliteInMemory, SqliteFile, Postgres) {
    TestType engine;
    make_tables(engine.db());
    const auto insert_and = [&](Result<void> end) {
        return engine.db().exclusively([&](sql::Exclusive& transaction) -> Result<void> {
            TRY(transaction.run("INSERT INTO things (tenant, name, version) VALUES ($1, $2, 1)", {"t", "a"}));
            return end;
        });
    };
    CHECK(insert_and(Error{ErrorCode::forbidden, "no"}).error().code == ErrorCode::forbidden);
    CHECK(count_things(engine.db()) == 0);
    CHECK(insert_and({}));
    CHECK(count_things(engine.db()) == 1);

    const auto orphan = [](sql::Exclusive& transaction) {
        return transaction.script("INSERT INTO parts (id, tenant, thing) VALUES ('p', 't', 'none')");
    };
    CHECK(engine.db().exclusively(orphan).error().code == ErrorCode::conflict);
    CHECK(must(engine.db().query("SELECT id FROM parts")).empty());
    CHECK_FALSE(engine.db().write_one({.sql = "INSERT INTO parts (id, tenant, thing) VALUES ('p', 't', 'none')"}));
    CHECK(engine.db().ping());
}

namespace migration_files {
inline const embedded::Files kTwo = {
    {"0001_one.sql", "CREATE TABLE one (id TEXT PRIMARY KEY); -- end"},
    {"0002_two.sql", "CREATE TABLE two (id TEXT); INSERT INTO one (id) VALUES ('x');"}};
inline const embedded::Files kThree   = {{"0001_one.sql", kTwo.at("0001_one.sql")},
                                         {"0002_two.sql", kTwo.at("0002_two.sql")},
                                         {"0003_three.sql", "CREATE TABLE three (id TEXT);"}};
inline const embedded::Files kChanged = {{"0001_one.sql", "CREATE TABLE one (id TEXT PRIMARY KEY);"},
                                         {"0002_two.sql", kTwo.at("0002_two.sql")}};
inline const embedded::Files kBroken  = {
    {"0001_one.sql", kTwo.at("0001_one.sql")},
    {"0002_two.sql", "CREATE TABLE two (id TEXT); INSERT INTO none (id) VALUES ('x');"}};
}  // namespace migration_files

TEMPLATE_TEST_CASE("migrations run once, in order, and are on record", "[db][migrations]", SqliteInMemory, SqliteFile,
                   Postgres) {
    TestType engine;
    const auto two   = must(sql::migrations_for(engine.db().engine(), migration_files::kTwo));
    const auto three = must(sql::migrations_for(engine.db().engine(), migration_files::kThree));
    const Instant now{Duration{1795178467250}};

    CHECK(must(sql::migration_status(engine.db(), two))[0].applied_at == std::nullopt);
    CHECK_FALSE(sql::require_current(engine.db(), two));
    CHECK(must(sql::migrate(engine.db(), two, now)) == 2);
    CHECK(must(sql::migrate(engine.db(), two, now)) == 0);
    CHECK(sql::require_current(engine.db(), two));
    CHECK(must(engine.db().query("SELECT id FROM one")).size() == 1);

    CHECK_FALSE(sql::require_current(engine.db(), three));
    CHECK(must(sql::migrate(engine.db(), three, now + Duration{1})) == 1);
    const auto status = must(sql::migration_status(engine.db(), three));
    REQUIRE(status.size() == 3);
    CHECK(status[1].name == "two");
    CHECK(status[1].applied_at == now);
    CHECK(status[2].applied_at == now + Duration{1});
}

TEMPLATE_TEST_CASE("a database that is newer or was migrated otherwise is left alone", "[db][migrations]",
                   SqliteInMemory, SqliteFile, Postgres) {
    TestType engine;
    const auto known = [&](const embedded::Files& files) {
        return must(sql::migrations_for(engine.db().engine(), files));
    };
    REQUIRE(sql::migrate(engine.db(), known(migration_files::kThree), {}));

    CHECK(sql::migrate(engine.db(), known(migration_files::kTwo), {}).error().code == ErrorCode::conflict);
    CHECK(sql::migration_status(engine.db(), known(migration_files::kTwo)).error().code == ErrorCode::conflict);
    CHECK(sql::require_current(engine.db(), known(migration_files::kTwo)).error().code == ErrorCode::conflict);
    REQUIRE(engine.db().write_one({.sql = "DELETE FROM schema_migrations WHERE version = 3"}));
    CHECK(sql::migrate(engine.db(), known(migration_files::kChanged), {}).error().code == ErrorCode::conflict);
    REQUIRE(engine.db().write_one({.sql = "DELETE FROM schema_migrations WHERE version = 1"}));
    CHECK(sql::migrate(engine.db(), known(migration_files::kTwo), {}).error().code == ErrorCode::conflict);
}

TEMPLATE_TEST_CASE("a migration that fails leaves nothing behind", "[db][migrations]", SqliteInMemory, SqliteFile,
                   Postgres) {
    TestType engine;
    const auto broken = must(sql::migrations_for(engine.db().engine(), migration_files::kBroken));
    const auto two    = must(sql::migrations_for(engine.db().engine(), migration_files::kTwo));
    const auto failed = sql::migrate(engine.db(), broken, {});
    REQUIRE_FALSE(failed);
    CHECK_THAT(failed.error().message, Catch::Contains("migration `two`"));
    CHECK_FALSE(engine.db().query("SELECT id FROM one"));
    CHECK(must(sql::migrate(engine.db(), two, {})) == 2);
}

TEMPLATE_TEST_CASE("nodes that start together migrate once", "[db][migrations]", SqliteFile, Postgres) {
    TestType engine;
    const auto known = must(sql::migrations_for(engine.db().engine(), migration_files::kThree));
    std::vector<std::unique_ptr<sql::Db>> nodes;
    for (int i = 0; i < 3; ++i) nodes.push_back(engine.other_node());

    std::atomic<std::size_t> applied = 0, failed = 0;
    std::vector<std::thread> threads;
    for (const auto& node : nodes) {
        threads.emplace_back([&] {
            const auto count = sql::migrate(*node, known, {});
            if (count)
                applied += *count;
            else
                ++failed;
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(failed == 0);
    CHECK(applied == 3);
}

TEMPLATE_TEST_CASE("the migrations of the product run on an empty database", "[db][migrations]", SqliteInMemory,
                   SqliteFile, Postgres) {
    TestType engine;
    const auto known = must(sql::migrations_for(engine.db().engine(), embedded::migrations()));
    CHECK(must(sql::migrate(engine.db(), known, {})) == known.size());
    CHECK(sql::require_current(engine.db(), known));
}

}  // namespace portcullis::tests
