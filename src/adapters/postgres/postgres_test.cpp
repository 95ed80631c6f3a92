#include "adapters/postgres/postgres.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/conformance/db_engines.h"
#include "tests/support/postgres_server.h"

namespace portcullis::postgres {
namespace {

using namespace std::chrono_literals;
using tests::must;
using tests::PostgresServer;

/// One row `a` and one row `b`, each with a number.
struct Store {
    std::string connection      = PostgresServer::shared().fresh_schema();
    std::unique_ptr<sql::Db> db = other_node();

    std::unique_ptr<sql::Db> other_node(std::size_t writers = 1) const {
        return must(open({.connection    = connection,
                          .readers_max   = 2,
                          .writers       = writers,
                          .read_timeout  = 500ms,
                          .write_timeout = 600ms}));
    }
    Store() {
        REQUIRE(db->exclusively([](sql::Exclusive& transaction) {
            return transaction.script(
                "CREATE TABLE rows (id TEXT PRIMARY KEY, number BIGINT NOT NULL, flag BOOLEAN, at TIMESTAMPTZ);"
                "INSERT INTO rows (id, number) VALUES ('a', 0), ('b', 0)");
        }));
    }
    std::int64_t number(std::string_view id) const {
        return must(db->query("SELECT number FROM rows WHERE id = $1", {id})).front().integer(0);
    }
};

sql::Statement add_to(std::string_view id) {
    return {.sql = "UPDATE rows SET number = number + 1 WHERE id = $1", .params = {id}, .expect = sql::Expect::one};
}

/// What another program does on a connection of its own.
class Outsider {
public:
    explicit Outsider(const std::string& connection) : pg_(PQconnectdb(connection.c_str())) {
        PQsetNoticeReceiver(pg_, [](void*, const PGresult*) {}, nullptr);
    }
    Outsider(const Outsider&)            = delete;
    Outsider& operator=(const Outsider&) = delete;
    ~Outsider() { PQfinish(pg_); }
    void run(const char* sql) { PQclear(PQexec(pg_, sql)); }

private:
    PGconn* pg_;
};

constexpr const char* kEndAllOthers =
    "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = "
    "'portcullis'";

}  // namespace

TEST_CASE("lost connections are replaced without anybody noticing", "[postgres]") {
    const Store store;
    REQUIRE(store.db->write_one(add_to("a")));
    Outsider(store.connection).run(kEndAllOthers);
    CHECK(store.number("a") == 1);
    CHECK(store.db->write_one(add_to("a")));
    Outsider(store.connection).run(kEndAllOthers);
    CHECK(store.db->write_one({.sql = "UPDATE rows SET number = 7 WHERE id = 'a'"}));
    CHECK(store.number("a") == 7);
}

TEST_CASE("a connection lost inside of a write leaves all or nothing, and says unavailable", "[postgres]") {
    const Store store;
    std::atomic<std::int64_t> stored = 0, unavailable = 0, others = 0;
    std::atomic<bool> is_over = false;
    std::thread outsider([&] {
        for (int i = 0; i < 20; ++i) Outsider(store.connection).run(kEndAllOthers);
        is_over = true;
    });
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 4; ++caller) {
        callers.emplace_back([&] {
            while (!is_over) {
                const auto answer = store.db->write({add_to("a"), add_to("b")});
                ++(answer ? stored : answer.error().code == ErrorCode::unavailable ? unavailable : others);
            }
        });
    }
    outsider.join();
    for (auto& caller : callers) caller.join();
    CHECK(others == 0);
    const auto after = must(store.other_node()->query("SELECT number FROM rows ORDER BY id"));
    CHECK(after[0].integer(0) == after[1].integer(0));
    // Whoever was told `unavailable` may have been stored; nobody who was answered may be missing.
    CHECK(after[0].integer(0) >= stored);
    CHECK(after[0].integer(0) <= stored + unavailable);
}

TEST_CASE("while the server is away every call is unavailable, and when it is back they work", "[postgres]") {
    PostgresServer server;
    const auto db = must(open({.connection = server.connection()}));
    server.stop();
    CHECK(db->query("SELECT 1").error().code == ErrorCode::unavailable);
    CHECK(db->write_one({.sql = "SELECT 1"}).error().code == ErrorCode::unavailable);
    CHECK(db->exclusively([](sql::Exclusive&) { return Result<void>{}; }).error().code == ErrorCode::unavailable);
    CHECK(open({.connection = server.connection()}).error().code == ErrorCode::unavailable);
    server.start();
    bool is_back = false;
    for (const auto until = std::chrono::steady_clock::now() + 10s;
         !is_back && std::chrono::steady_clock::now() < until;) {
        is_back = db->ping().has_value();
        std::this_thread::yield();
    }
    CHECK(is_back);
}

TEST_CASE("a row locked by another node makes its own writes unavailable, not its neighbours'", "[postgres]") {
    const Store store;
    Outsider outsider(store.connection);
    outsider.run("BEGIN");
    outsider.run("UPDATE rows SET number = 100 WHERE id = 'a'");

    std::atomic<int> blocked = 0, stored = 0;
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 4; ++caller) {
        callers.emplace_back([&, caller] {
            const auto answer = store.db->write_one(add_to(caller == 0 ? "a" : "b"));
            if (answer)
                ++stored;
            else if (answer.error().code == ErrorCode::unavailable)
                ++blocked;
        });
    }
    for (auto& caller : callers) caller.join();
    CHECK(blocked == 1);
    CHECK(stored == 3);
    outsider.run("ROLLBACK");
    CHECK(store.db->write_one(add_to("a")));
    CHECK(store.number("a") == 1);
}

TEST_CASE("writers that lock rows in opposite order lose nothing", "[postgres]") {
    const Store store;
    const auto other                 = store.other_node(2);
    std::atomic<std::int64_t> stored = 0, refused = 0;
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 8; ++caller) {
        callers.emplace_back([&, caller] {
            sql::Db& node = caller % 2 == 0 ? *store.db : *other;
            for (int i = 0; i < 15; ++i) {
                const bool is_forward = caller < 4;
                const auto answer     = node.write({add_to(is_forward ? "a" : "b"), add_to(is_forward ? "b" : "a")});
                if (answer)
                    ++stored;
                else if (answer.error().code == ErrorCode::conflict || answer.error().code == ErrorCode::unavailable)
                    ++refused;
            }
        });
    }
    for (auto& caller : callers) caller.join();
    CHECK(stored + refused == 120);
    CHECK(store.number("a") == stored);
    CHECK(store.number("b") == stored);
}

TEST_CASE("types of PostgreSQL outside of our subset are read too", "[postgres]") {
    const Store store;
    REQUIRE(store.db->write_one({.sql = "UPDATE rows SET flag = true, at = '2026-11-20T12:41:07Z' WHERE id = 'a'"}));
    const auto rows =
        must(store.db->query("SELECT flag, CAST(number AS INTEGER), CAST(1.5 AS NUMERIC), CAST('NaN' AS DOUBLE "
                             "PRECISION), to_char(at AT TIME ZONE "
                             "'UTC', 'YYYY'), CAST('x' AS CHAR(1)) FROM rows WHERE id = 'a'"));
    CHECK(rows.front().flag(0));
    CHECK(rows.front().integer(1) == 0);
    CHECK(rows.front().real(2) == 1.5);
    CHECK(std::isnan(rows.front().real(3)));
    CHECK(rows.front().text(4) == "2026");
    CHECK(rows.front().text(5) == "x");
}

TEST_CASE("a statement prepared before a migration goes on working after it", "[postgres]") {
    const Store store;
    const auto read = [&] { return must(store.db->query("SELECT * FROM rows WHERE id = 'a'")).front().size(); };
    CHECK(read() == 4);
    REQUIRE(store.db->write_one({.sql = "SELECT * FROM rows WHERE id = 'a'"}));
    REQUIRE(store.db->exclusively(
        [](sql::Exclusive& transaction) { return transaction.script("ALTER TABLE rows ADD extra TEXT"); }));
    CHECK(read() == 5);
    CHECK(store.db->write({{.sql = "SELECT * FROM rows WHERE id = 'a'", .expect = sql::Expect::one}}));
}

TEST_CASE("a server elsewhere that cannot prove who it is gets nothing, unless the operator says otherwise",
          "[postgres]") {
    // Not one of the names that are always this machine. It answers the wish for TLS (SSLRequest) with `N`: no.
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{
        .sin_family = AF_INET, .sin_port = 0, .sin_addr = {.s_addr = ::inet_addr("127.0.0.2")}, .sin_zero = {}};
    socklen_t size = sizeof address;
    REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(listener, 1) == 0);
    REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    std::string after_refusal;
    std::thread server([&] {
        const int client = ::accept(listener, nullptr, nullptr);
        char request[64];
        if (::read(client, request, 8) == 8 && ::write(client, "N", 1) == 1) {
            const auto more = ::read(client, request, sizeof request);
            after_refusal.assign(request, static_cast<std::size_t>(std::max<ssize_t>(more, 0)));
        }
        ::close(client);
    });
    const auto answer = open({.connection = "host=127.0.0.2 user=portcullis password=hunter2 port=" +
                                            std::to_string(ntohs(address.sin_port))});
    server.join();
    ::close(listener);
    REQUIRE_FALSE(answer);
    CHECK_THAT(answer.error().message, Catch::Contains("SSL was required"));
    CHECK(after_refusal.empty());
}

TEST_CASE("a connection string that is none is a mistake, and its password stays out of the log", "[postgres]") {
    const auto answer = open({.connection = "password=hunter2 no-such-option=1"});
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::invalidRequest);
    CHECK(answer.error().message.find("hunter2") == std::string::npos);
}

}  // namespace portcullis::postgres
