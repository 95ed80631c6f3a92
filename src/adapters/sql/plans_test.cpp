#include <catch2/catch.hpp>

#include "adapters/sql/apply.h"
#include "adapters/sql/migrations.h"
#include "adapters/sql/sessions.h"
#include "tests/conformance/db_engines.h"

/// How SQLite goes about what is asked of one person. It chooses without statistics, and may prefer an index in the wanted order that is
/// everybody's to the one of this person's.
namespace portcullis::sql {
namespace {

using tests::must;

constexpr TenantId kContoso{1, 1};
constexpr UserId kAlice{2, 1};
const Instant kNow = from_unix_seconds(1'800'000'000);

/// Passes reads on, and keeps their text.
class Listening : public Db {
public:
    explicit Listening(const Db& db) : db_(db) {}
    Result<std::vector<Rows>> read(std::span<const Query> queries) const override {
        for (const auto& query : queries) heard.emplace_back(std::string(query.sql), std::vector<Value>(query.params.begin(), query.params.end()));
        return db_.read(queries);
    }
    Result<std::vector<Rows>> write(std::vector<Statement>) override { return Error{ErrorCode::unavailable, "reads only"}; }
    Result<void> exclusively(const std::function<Result<void>(Exclusive&)>&) override { return Error{ErrorCode::unavailable, "reads only"}; }
    [[nodiscard]] Engine engine() const override { return db_.engine(); }

    mutable std::vector<std::pair<std::string, std::vector<Value>>> heard;

private:
    const Db& db_;
};

}  // namespace

TEST_CASE("what is asked of one person's sessions, grants and devices is looked up by that person or by id, however many others there are", "[store]") {
    tests::SqliteInMemory engine;
    must(migrate(engine.db(), must(migrations_for(engine.db().engine(), embedded::migrations())), kNow));
    Listening listening(engine.db());
    const SqlSessions sessions(listening);
    must(sessions.of_user(kContoso, kAlice));
    must(sessions.devices(kContoso, kAlice));
    must(sessions.recognised(kContoso, kAlice, "digest"));
    must(sessions.session(kContoso, {3, 1}));
    must(sessions.grant(kContoso, {4, 1}));
    REQUIRE(listening.heard.size() == 5);

    app::Act act{.tenant = kContoso, .id = {9, 1}, .name = "Test", .by = {}, .at = kNow, .correlation = {}};
    act.changes = {app::SessionEnded{{3, 1}, kAlice, "x"}, app::SessionCutOff{{3, 1}, kAlice, "x"}, app::SessionsRevoked{kAlice, kNow, "x"},
                   app::GrantRevoked{{4, 1}, "x"}, app::ConsentWithdrawn{kAlice, {5, 1}},
                   app::DeviceRegistered{{.id = {6, 1}, .user = kAlice, .recognition_digest = "d"}},
                   app::DeviceDisabled{.device = {6, 1}, .user = kAlice, .at = kNow, .by = "x", .because = "x"},
                   app::DeviceRemoved{.device = {6, 1}, .user = kAlice, .because = "x"}};
    auto asked = listening.heard;
    for (auto& statement : apply(act).statements) asked.emplace_back(std::string(statement.sql), std::move(statement.params));

    std::size_t looked_up = 0;
    for (const auto& [sql, params] : asked) {
        const auto explain = "EXPLAIN QUERY PLAN " + sql;
        const auto plan    = must(engine.db().write_one({explain, params}));  // of an UPDATE it counts as one
        for (const auto& row : plan) {
            const std::string step(row.text(3));
            INFO(sql << "\n" << step);
            CHECK(step.find("SCAN sessions") == step.npos);
            CHECK(step.find("SCAN grants") == step.npos);
            CHECK(step.find("SCAN devices") == step.npos);
            if (!step.starts_with("SEARCH")) continue;
            ++looked_up;
            CHECK((step.find("user_id=?") != step.npos || step.find(" id=?") != step.npos || step.find("(id=?") != step.npos || step.find("grant_id=?") != step.npos));
        }
    }
    CHECK(looked_up >= asked.size() - 2);
}

}  // namespace portcullis::sql
