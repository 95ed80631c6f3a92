#pragma once

#include <span>

#include "adapters/postgres/connection.h"
#include "adapters/sql/write_queue.h"

namespace portcullis::postgres {

enum class Outcome {
    answered,  ///< every write has its answer
    retry,     ///< the connection was lost before COMMIT was sent: nothing has happened
};

/// Carries out a group of writes in one transaction and answers them. First all at once, in one round trip and COMMIT;
/// when one fails, again with a savepoint around each, so that only those that fail do.
Outcome commit_group(Connection& connection, std::span<sql::Write* const> group);

}  // namespace portcullis::postgres
