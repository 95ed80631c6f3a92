#include "adapters/postgres/connection.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>

#include <poll.h>

#include "adapters/postgres/rows.h"
#include "adapters/sql/errors.h"
#include "base/overloaded.h"

namespace portcullis::postgres {
namespace {

using namespace std::chrono_literals;

/// Statements kept prepared by one connection; the server holds their plans in memory.
constexpr std::size_t kPreparedMax = 1024;
/// The server stops a statement at its timeout; when even its answer does not come, the connection is given up.
constexpr auto kGrace = 500ms;

std::string trimmed(const char* message) {
    std::string text(message == nullptr ? "" : message);
    for (auto& c : text) {
        if (c == '\n') c = ' ';
    }
    while (text.ends_with(' ')) text.pop_back();
    return text;
}

struct FreeOptions {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
    void operator()(char* text) const { PQfreemem(text); }
};

bool is_local(std::string_view host) {
    return host.empty() || host.starts_with('/') || host.starts_with('@') || host == "localhost" ||
           host == "127.0.0.1" || host == "::1";
}

/// Accounts do not cross a network to a server that nobody has identified, unless the operator says so.
Result<const char*> default_sslmode(const std::string& connection) {
    char* raw_error = nullptr;
    const std::unique_ptr<PQconninfoOption, FreeOptions> options(PQconninfoParse(connection.c_str(), &raw_error));
    const std::unique_ptr<char, FreeOptions> error(raw_error);
    // libpq quotes what it could not parse, which may hold the password: not for the log.
    if (!options) return Error{ErrorCode::invalidRequest, "the database connection string cannot be parsed"};

    bool is_remote = false;
    for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
        const std::string_view keyword = option->keyword;
        const std::string_view value   = option->val == nullptr ? "" : option->val;
        if (keyword == "sslmode" && !value.empty()) return nullptr;
        if ((keyword == "host" || keyword == "hostaddr") && !is_local(value)) is_remote = true;
    }
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing of ours sets the environment while threads run
    if (!is_remote || std::getenv("PGSSLMODE") != nullptr) return nullptr;
    return "verify-full";
}

std::string settings_of(const Session& session) {
    const auto ms = std::to_string(session.timeout.count());
    switch (session.role) {
        case Role::reader:
            return "SET default_transaction_read_only = on; SET default_transaction_isolation = 'repeatable read'; "
                   "SET statement_timeout = " + ms;
        // A lock of another node is waited for at most half as long as a statement may take.
        case Role::writer:
            return "SET synchronous_commit = on; SET statement_timeout = " + ms +
                   "; SET lock_timeout = " + std::to_string(session.timeout.count() / 2) +
                   "; SET idle_in_transaction_session_timeout = 10000";
        case Role::exclusive:
            return "SET synchronous_commit = on; SET lock_timeout = 60000";
    }
    return "";
}

const char* field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text == nullptr ? "" : text;
}

}  // namespace

Connection::Connection(std::unique_ptr<PGconn, Free> pg, const Session& session)
    : pg_(std::move(pg)),
      role_(session.role),
      patience_(session.timeout.count() == 0 ? 0ms : session.timeout + kGrace) {}

Result<std::unique_ptr<Connection>> Connection::open(const Session& session) {
    const char* sslmode = TRY(default_sslmode(session.connection));
    // What stands before `dbname` can be said otherwise in the connection string, what follows cannot.
    const char* keywords[] = {
        "connect_timeout",           "tcp_user_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count",
        "fallback_application_name", "sslmode",          "dbname",          "client_encoding",     nullptr};
    const char* values[] = {"2",    "5000", "30", "5", "3", "portcullis", sslmode, session.connection.c_str(),
                            "UTF8", nullptr};

    std::unique_ptr<PGconn, Free> pg(PQconnectdbParams(keywords, values, 1));
    if (!pg) return sql::unavailable("out of memory");
    PQsetNoticeReceiver(
        pg.get(), [](void*, const PGresult*) {}, nullptr);
    if (PQstatus(pg.get()) != CONNECTION_OK) return sql::unavailable(trimmed(PQerrorMessage(pg.get())));

    std::unique_ptr<Connection> connection(new Connection(std::move(pg), session));
    TRY(connection->configure(session));
    return connection;
}

Result<void> Connection::configure(const Session& session) {
    const std::string settings =
        settings_of(session) +
        "; SET bytea_output = hex; SET standard_conforming_strings = on; SET client_min_messages = error";
    const ResultHandle set(PQexec(pg_.get(), settings.c_str()));
    if (PQresultStatus(set.get()) != PGRES_COMMAND_OK) return sql::unavailable(trimmed(PQerrorMessage(pg_.get())));
    if (PQsetnonblocking(pg_.get(), 1) != 0 || PQenterPipelineMode(pg_.get()) != 1)
        return sql::unavailable("no pipeline mode");
    return {};
}

void Connection::send(std::string_view sql, std::span<const sql::Value> params) {
    auto& [text, prepared] = prepare(sql);
    sent_.push_back({.sql = text, .is_refused = !send_params(prepared.name, params)});
}

/// The statement under its name; sends its text the first time.
Connection::PreparedMap::value_type& Connection::prepare(std::string_view sql) {
    auto at = prepared_.find(sql);
    if (at == prepared_.end()) {
        at = prepared_.emplace(std::string(sql), Prepared{.name = "s" + std::to_string(++prepared_count_)}).first;
    }
    const bool is_on_its_way =
        std::any_of(sent_.begin(), sent_.end(), [&](const Sent& sent) { return sent.preparing == &at->second; });
    if (at->second.is_ready || is_on_its_way) return *at;

    const int taken = PQsendPrepare(pg_.get(), at->second.name.c_str(), at->first.c_str(), 0, nullptr);
    sent_.push_back({.sql = at->first, .preparing = &at->second, .is_refused = taken != 1});
    return *at;
}

bool Connection::send_params(const std::string& name, std::span<const sql::Value> params) {
    numbers_.resize(std::max(numbers_.size(), params.size()));
    values_.assign(params.size(), nullptr);
    lengths_.assign(params.size(), 0);
    formats_.assign(params.size(), 0);

    const auto number = [&](std::size_t i, auto value) {
        auto& digits   = numbers_[i];
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size() - 1, value);
        *end.ptr       = '\0';
        values_[i]     = digits.data();
    };
    for (std::size_t i = 0; i < params.size(); ++i) {
        std::visit(overloaded{
                       [](std::monostate) {},
                       [&](std::int64_t whole) { number(i, whole); },
                       [&](double real) { number(i, real); },
                       [&](const std::string& text) { values_[i] = text.c_str(); },
                       [&](const sql::Blob& blob) {
                           values_[i]  = blob.bytes.data();
                           lengths_[i] = static_cast<int>(blob.bytes.size());
                           formats_[i] = 1;
                       },
                   },
                   params[i].variant());
    }
    return PQsendQueryPrepared(pg_.get(), name.c_str(), static_cast<int>(params.size()), values_.data(),
                               lengths_.data(), formats_.data(), 0) == 1;
}

std::vector<Result<sql::Rows>> Connection::exchange() {
    if (PQpipelineSync(pg_.get()) != 1) is_lost_ = true;

    std::vector<Result<sql::Rows>> answers;
    answers.reserve(sent_.size());
    std::optional<Error> failed_to_prepare;
    for (const Sent& sent : sent_) {
        auto answer = receive(sent);
        if (sent.preparing != nullptr) {
            sent.preparing->is_ready = answer.has_value();
            if (!answer) failed_to_prepare = answer.error();
            continue;
        }
        if (failed_to_prepare) answer = *std::exchange(failed_to_prepare, std::nullopt);
        answers.push_back(std::move(answer));
    }
    receive_sync();
    sent_.clear();
    return answers;
}

bool Connection::is_worn_out() {
    // Between statements the server says nothing but that it goes away or has new settings.
    pollfd socket{.fd = PQsocket(pg_.get()), .events = POLLIN, .revents = 0};
    if (!is_lost_ && ::poll(&socket, 1, 0) != 0) is_lost_ = true;
    return is_lost_ || prepared_.size() > kPreparedMax;
}

Result<sql::Rows> Connection::run(std::string_view sql, std::span<const sql::Value> params) {
    send(sql, params);
    return std::move(exchange().front());
}

Result<void> Connection::script(std::string_view sql) {
    // Several statements in one text need the simple protocol, which is not for pipelines.
    if (PQexitPipelineMode(pg_.get()) != 1) return lost("cannot leave pipeline mode");
    if (PQsendQuery(pg_.get(), std::string(sql).c_str()) != 1) return lost("cannot send");

    std::optional<Error> error;
    while (const auto result = next_result()) {
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_FATAL_ERROR && !error) error = error_of(result.get(), sql);
    }
    if (is_lost_) return sql::unavailable("connection lost");
    if (PQenterPipelineMode(pg_.get()) != 1) return lost("cannot enter pipeline mode");
    if (error) return *error;
    return {};
}

/// The answer to one thing that was sent: a result and the null that follows it.
Result<sql::Rows> Connection::receive(const Sent& sent) {
    if (sent.is_refused) return lost(trimmed(PQerrorMessage(pg_.get())));
    const auto result = next_result();
    if (!result) return lost("connection lost");
    const auto end = next_result();
    if (end || is_lost_) return lost("connection lost");

    switch (PQresultStatus(result.get())) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
            break;
        case PGRES_PIPELINE_ABORTED:
            return sql::unavailable("not run: a statement before it failed");
        default:
            return error_of(result.get(), sent.sql);
    }
    // INVARIANT: COMMIT of a failed transaction succeeds, as a ROLLBACK.
    const bool is_commit = sent.preparing == nullptr && sent.sql == "COMMIT";
    if (is_commit && std::string_view(PQcmdStatus(result.get())) != "COMMIT") {
        return sql::unavailable("the transaction was rolled back");
    }
    return rows_of(result.get());
}

void Connection::receive_sync() {
    if (is_lost_) return;
    const auto sync = next_result();
    if (!sync || PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC) is_lost_ = true;
}

/// Null: the end of one answer, or the connection is lost.
ResultHandle Connection::next_result() {
    const auto until = patience_ == 0ms ? Clock::time_point::max() : Clock::now() + patience_;
    while (!is_lost_ && PQisBusy(pg_.get()) != 0) {
        if (!wait_for_server(until)) is_lost_ = true;
    }
    if (is_lost_) return nullptr;

    ResultHandle result(PQgetResult(pg_.get()));
    if (PQstatus(pg_.get()) != CONNECTION_OK) is_lost_ = true;
    return result;
}

/// Sends what is still to be sent while it reads, so that neither side waits for the other with its buffers full.
bool Connection::wait_for_server(Clock::time_point until) {
    const int unsent = PQflush(pg_.get());
    if (unsent < 0) return false;

    int wait_ms = -1;
    if (until != Clock::time_point::max()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
        if (left <= 0ms) return false;
        wait_ms = static_cast<int>(left.count());
    }
    pollfd socket{.fd = PQsocket(pg_.get()), .events = POLLIN, .revents = 0};
    if (unsent > 0) socket.events |= POLLOUT;
    const int ready = ::poll(&socket, 1, wait_ms);
    if (ready < 0) return errno == EINTR;
    if (ready == 0) return false;
    return (socket.revents & ~POLLOUT) == 0 || PQconsumeInput(pg_.get()) == 1;
}

Error Connection::lost(std::string_view why) {
    is_lost_ = true;
    return sql::unavailable(why);
}

/// By SQLSTATE (PostgreSQL, Appendix A).
Error Connection::error_of(const PGresult* result, std::string_view sql) {
    const std::string_view state = field(result, PG_DIAG_SQLSTATE);
    const std::string message    = field(result, PG_DIAG_MESSAGE_PRIMARY);
    if (state == "23505") {
        return sql::duplicate_key(std::string(field(result, PG_DIAG_TABLE_NAME)) + ": " +
                                  field(result, PG_DIAG_CONSTRAINT_NAME));
    }
    if (state == "23503") return sql::missing_reference(message);
    if (state == "40001" || state == "40P01") return {ErrorCode::conflict, "changed by another node: " + message};
    if (state == "57014") return sql::unavailable("a statement took too long");

    // A demoted primary, a plan made before a migration: another connection will do better.
    const bool is_stale =
        (state == "25006" && role_ != Role::reader) || (state == "0A000" && message.starts_with("cached plan"));
    if (is_stale) return lost(message);

    if (state == "08P01") return sql::mistake(message, sql);  // wrong number of parameters
    const auto kind = state.substr(0, 2);
    for (const std::string_view ours : {"0A", "21", "22", "23", "25", "2B", "42"}) {
        if (kind == ours) return sql::mistake(message, sql);
    }
    return sql::unavailable(message.empty() ? trimmed(PQerrorMessage(pg_.get())) : message);
}

}  // namespace portcullis::postgres
