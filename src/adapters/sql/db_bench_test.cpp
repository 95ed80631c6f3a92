#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

#include <catch2/catch.hpp>

#include "adapters/sql/db.h"
#include "tests/conformance/db_engines.h"

/// How many durable sign-ins a second an engine stores: find the user by name (one of 10,000), insert the sign-in
/// (16 columns, two more indexes), upsert the user's risk. `adapters_tests "[.bench]"`, in a release build.
namespace portcullis::tests {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kMeasured = std::chrono::seconds(2);
constexpr int kUsers     = 10'000;

constexpr const char* kSchema = R"(
    CREATE TABLE users (id BIGINT PRIMARY KEY, upn TEXT NOT NULL UNIQUE, display TEXT NOT NULL, phc TEXT NOT NULL);
    CREATE TABLE signin (id TEXT PRIMARY KEY, at BIGINT NOT NULL, tenant BIGINT NOT NULL, user_id BIGINT NOT NULL, upn TEXT,
        app TEXT, ip TEXT, country TEXT, city TEXT, asn BIGINT, agent TEXT, level BIGINT, state BIGINT, result BIGINT,
        kind BIGINT, detail TEXT);
    CREATE INDEX signin_user ON signin (user_id, at);
    CREATE INDEX signin_time ON signin (at);
    CREATE TABLE user_risk (user_id BIGINT PRIMARY KEY, level BIGINT, state BIGINT, detail TEXT, updated BIGINT);)";

constexpr std::string_view kFind = "SELECT id, display, phc FROM users WHERE upn = $1";
constexpr std::string_view kInsert =
    "INSERT INTO signin VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
constexpr std::string_view kUpsert =
    "INSERT INTO user_risk VALUES ($1, $2, $3, $4, $5) ON CONFLICT (user_id) DO UPDATE SET level = excluded.level, "
    "state = excluded.state, detail = excluded.detail, updated = excluded.updated";

std::string upn_of(int user) { return "user" + std::to_string(user) + "@contoso.example"; }

void fill(sql::Db& db) {
    REQUIRE(db.exclusively([](sql::Exclusive& transaction) { return transaction.script(kSchema); }));
    for (int from = 0; from < kUsers; from += 2'000) {
        std::vector<sql::Statement> batch;
        for (int i = from; i < from + 2'000; ++i) {
            batch.push_back({.sql    = "INSERT INTO users VALUES ($1, $2, $3, $4)",
                             .params = {i, upn_of(i), "User " + std::to_string(i), std::string(97, 'p')}});
        }
        must(db.write(std::move(batch)));
    }
}

bool sign_in(sql::Db& db, std::int64_t number, sql::Expect expect) {
    static const std::string kAgent(110, 'a');
    static const std::string kDetail(300, 'd');
    const int user   = static_cast<int>((static_cast<std::uint64_t>(number) * 0x9E3779B97F4A7C15ULL >> 33) % kUsers);
    const auto upn   = upn_of(user);
    const auto found = db.query(kFind, {upn});
    if (!found || found->size() != 1) return false;

    const auto id = found->front().integer(0);
    std::vector<sql::Statement> batch;
    batch.reserve(2);
    batch.push_back({.sql    = kInsert,
                     .params = {std::to_string(number), number, 1, id, upn, "2c1f-88", "203.0.113.7", "NL", "The Hague",
                                64496, kAgent, 2, 1, 3, 1, kDetail},
                     .expect = expect});
    batch.push_back({.sql = kUpsert, .params = {id, 2, 1, "unfamiliarFeatures", number}, .expect = expect});
    return db.write(std::move(batch)).has_value();
}

void measure(const char* name, sql::Db& db, std::size_t callers, sql::Expect expect) {
    static std::atomic<std::int64_t> number = 0;
    std::atomic<bool> stop                  = false;
    std::atomic<int> failures               = 0;
    std::vector<std::vector<double>> times_ms(callers);
    std::vector<std::thread> threads;
    const auto begin = Clock::now();
    for (std::size_t caller = 0; caller < callers; ++caller) {
        threads.emplace_back([&, caller] {
            while (!stop) {
                const auto from = Clock::now();
                if (!sign_in(db, ++number, expect)) ++failures;
                times_ms[caller].push_back(std::chrono::duration<double, std::milli>(Clock::now() - from).count());
            }
        });
    }
    std::this_thread::sleep_for(kMeasured);
    stop = true;
    for (auto& thread : threads) thread.join();
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();

    std::vector<double> all;
    for (const auto& some : times_ms) all.insert(all.end(), some.begin(), some.end());
    std::sort(all.begin(), all.end());
    std::printf("%-22s c=%-3zu %8.0f tx/s  p50 %.2f ms  p99 %.2f ms  max %.0f ms\n", name, callers,
                static_cast<double>(all.size()) / seconds, all[all.size() / 2], all[all.size() * 99 / 100], all.back());
    CHECK(failures == 0);
}

}  // namespace

TEMPLATE_TEST_CASE("durable sign-ins a second", "[.bench]", SqliteFile, SqliteInMemory, Postgres) {
    TestType engine;
    fill(engine.db());
    const std::string name = Catch::getResultCapture().getCurrentTestName().substr(28);
    for (const std::size_t callers : {1, 4, 16, 64}) measure(name.c_str(), engine.db(), callers, sql::Expect::any);
    measure((name + ", Expect::one").c_str(), engine.db(), 16, sql::Expect::one);
}

}  // namespace portcullis::tests
