#include "adapters/postgres/group_commit.h"

#include <algorithm>

#include "adapters/sql/errors.h"

namespace portcullis::postgres {
namespace {

using Answers = std::span<Result<sql::Rows>>;

/// The rows of a batch, or its first failure or unmet Expect.
sql::Write::Answer settle(std::span<const sql::Statement> statements, Answers answers) {
    std::vector<sql::Rows> rows;
    rows.reserve(statements.size());
    for (std::size_t i = 0; i < statements.size(); ++i) {
        rows.push_back(TRY(std::move(answers[i])));
        const auto affected = rows.back().affected();
        if (statements[i].expect == sql::Expect::one && affected != 1) return sql::not_one(statements[i].sql, affected);
    }
    return rows;
}

bool has_expectations(std::span<sql::Write* const> group) {
    return std::any_of(group.begin(), group.end(), [](const sql::Write* write) {
        return std::any_of(write->statements.begin(), write->statements.end(),
                           [](const sql::Statement& statement) { return statement.expect != sql::Expect::any; });
    });
}

void send_batch(Connection& connection, const sql::Write& write) {
    for (const auto& statement : write.statements) connection.send(statement.sql, statement.params);
}

Outcome answer_unknown(std::span<sql::Write* const> group) {
    sql::answer_all(group, sql::unavailable("connection lost during COMMIT: it is not known whether it was stored"));
    return Outcome::answered;
}

/// Ends the transaction whose statements have all succeeded. The answers already given stand only if it is stored.
Outcome commit(Connection& connection, std::span<sql::Write* const> group) {
    const auto done = connection.run("COMMIT");
    if (connection.is_lost()) return answer_unknown(group);
    if (!done) sql::answer_all(group, done.error());
    return Outcome::answered;
}

/// One batch between savepoints; `pending` answers of what was sent before it come first.
sql::Write::Answer run_in_savepoint(Connection& connection, const sql::Write& write, std::size_t pending) {
    connection.send("SAVEPOINT batch");
    send_batch(connection, write);
    auto answers = connection.exchange();
    for (std::size_t i = 0; i <= pending; ++i) {
        if (!answers[i]) return sql::unavailable("the transaction is lost: " + answers[i].error().message);
    }
    return settle(write.statements, Answers(answers).subspan(pending + 1));
}

Outcome commit_carefully(Connection& connection, std::span<sql::Write* const> group) {
    connection.send("BEGIN");
    std::size_t pending = 1;
    for (sql::Write* write : group) {
        write->answer.emplace(run_in_savepoint(connection, *write, pending));
        if (connection.is_lost()) return Outcome::retry;

        pending = 1;
        if (!*write->answer) {
            connection.send("ROLLBACK TO batch");
            ++pending;
        }
        connection.send("RELEASE batch");
    }
    const auto ends = connection.exchange();
    if (connection.is_lost()) return Outcome::retry;
    for (const auto& end : ends) {
        if (!end) {
            static_cast<void>(connection.run("ROLLBACK"));
            sql::answer_all(group, sql::unavailable("the transaction is lost: " + end.error().message));
            return Outcome::answered;
        }
    }
    return commit(connection, group);
}

}  // namespace

Outcome commit_group(Connection& connection, std::span<sql::Write* const> group) {
    // When no Expect can fail, an error is all that can go wrong, and that keeps COMMIT from running too.
    const bool with_commit = !has_expectations(group);

    connection.send("BEGIN");
    for (const auto* write : group) send_batch(connection, *write);
    if (with_commit) connection.send("COMMIT");
    auto answers = connection.exchange();
    if (connection.is_lost()) return with_commit ? answer_unknown(group) : Outcome::retry;

    bool all_succeeded = answers.front().has_value() && (!with_commit || answers.back().has_value());
    std::size_t at     = 1;
    for (sql::Write* write : group) {
        write->answer.emplace(settle(write->statements, Answers(answers).subspan(at, write->statements.size())));
        all_succeeded = all_succeeded && write->answer->has_value();
        at += write->statements.size();
    }
    if (all_succeeded) return with_commit ? Outcome::answered : commit(connection, group);

    const bool is_rolled_back = connection.run("ROLLBACK").has_value();
    if (!is_rolled_back) return Outcome::retry;
    // INVARIANT: a batch alone whose statements succeeded failed at COMMIT.
    if (group.size() == 1 && *group.front()->answer) sql::answer_all(group, answers.back().error());
    if (group.size() == 1) return Outcome::answered;
    return commit_carefully(connection, group);
}

}  // namespace portcullis::postgres
