#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <libpq-fe.h>

#include "adapters/sql/db.h"
#include "base/result.h"

namespace portcullis::postgres {

using Clock = std::chrono::steady_clock;

struct Free {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* result) const { PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, Free>;

/// What a connection is used for; it decides the session's settings.
enum class Role { reader, writer, exclusive };

struct Session {
    std::string connection;  ///< connection string
    Role role = Role::reader;
    std::chrono::milliseconds timeout{};  ///< of one statement; 0: none (Role::exclusive)
};

/// One connection in pipeline mode with its prepared statements (libpq, "Pipeline Mode"). Statements are sent without
/// waiting and answered together by exchange(). One thread at a time.
class Connection {
public:
    /// Errors: unavailable; invalidRequest when the connection string is none.
    static Result<std::unique_ptr<Connection>> open(const Session& session);
    Connection(const Connection&)            = delete;
    Connection& operator=(const Connection&) = delete;

    /// Adds a statement to those that exchange() will carry out.
    void send(std::string_view sql, std::span<const sql::Value> params = {});
    /// Carries out what was sent, in order: one answer for each. The first error ends it: the rest is answered with
    /// unavailable and has not run.
    std::vector<Result<sql::Rows>> exchange();
    /// A single statement.
    Result<sql::Rows> run(std::string_view sql, std::span<const sql::Value> params = {});
    /// Several statements without parameters.
    Result<void> script(std::string_view sql);

    /// The connection broke or did not answer in time; it is of no use any more.
    [[nodiscard]] bool is_lost() const { return is_lost_; }
    /// Lost, closed by the server while nobody looked, or full of prepared statements: to be replaced before its next
    /// use.
    [[nodiscard]] bool is_worn_out();
    [[nodiscard]] bool is_in_transaction() const { return PQtransactionStatus(pg_.get()) == PQTRANS_INTRANS; }

private:
    struct Prepared {
        std::string name;
        bool is_ready = false;  ///< the server has it
    };
    struct Sent {
        std::string_view sql;           // key of prepared_
        Prepared* preparing = nullptr;  // set: its answer is that of PREPARE
        bool is_refused     = false;    // libpq did not take it
    };
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    using PreparedMap = std::unordered_map<std::string, Prepared, Hash, std::equal_to<>>;

    Connection(std::unique_ptr<PGconn, Free> pg, const Session& session);
    Result<void> configure(const Session& session);
    PreparedMap::value_type& prepare(std::string_view sql);
    bool send_params(const std::string& name, std::span<const sql::Value> params);
    Result<sql::Rows> receive(const Sent& sent);
    void receive_sync();
    ResultHandle next_result();
    bool wait_for_server(Clock::time_point until);
    Error lost(std::string_view why);
    Error error_of(const PGresult* result, std::string_view sql);

    std::unique_ptr<PGconn, Free> pg_;
    const Role role_;
    const std::chrono::milliseconds patience_;  // 0: for ever
    bool is_lost_ = false;
    PreparedMap prepared_;
    std::size_t prepared_count_ = 0;
    std::vector<Sent> sent_;

    // Parameters of one send(), kept for their memory.
    std::vector<std::array<char, 40>> numbers_;
    std::vector<const char*> values_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
};

}  // namespace portcullis::postgres
