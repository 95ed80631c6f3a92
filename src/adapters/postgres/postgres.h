#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "adapters/sql/db.h"
#include "base/result.h"

/// The store of many nodes: PostgreSQL through libpq in pipeline mode.
namespace portcullis::postgres {

struct Options {
    /// `postgres://…` or `host=… dbname=…` (libpq, "Connection Strings"). TCP to another machine defaults to
    /// `sslmode=verify-full`; saying otherwise has to be said. Every host named must be the primary.
    std::string connection;
    std::size_t readers_max = 8;
    /// Writer connections of this node. One shares COMMITs best; more help when a row lock held by another node is
    /// slow.
    std::size_t writers = 1;
    /// Writes that wait at most; one more is answered with unavailable.
    std::size_t queue_max = 4096;
    /// A read that takes longer is stopped (PROTO-213).
    std::chrono::milliseconds read_timeout{2000};
    /// A statement of a write that takes longer is stopped, and so is waiting for a row lock.
    std::chrono::milliseconds write_timeout{5000};
};

/// Connects. Errors: unavailable; invalidRequest when the connection string is none. Afterwards lost connections are
/// made anew, with pauses from 50 ms to 2 s between attempts; until one succeeds every call answers unavailable at
/// once.
Result<std::unique_ptr<sql::Db>> open(const Options& options);

}  // namespace portcullis::postgres
