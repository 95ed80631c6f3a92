#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "adapters/sql/db.h"
#include "base/result.h"

/// The embedded store: SQLite in WAL mode with one writer thread.
namespace portcullis::sqlite {

struct Options {
    /// A file, made with mode 0600 when missing; or `:memory:` for tests: one connection that all share.
    std::string path;
    std::size_t readers_max = 4;
    /// Writes that wait at most; one more is answered with unavailable.
    std::size_t queue_max = 4096;
    /// A read that takes longer is stopped (PROTO-213).
    std::chrono::milliseconds read_timeout{2000};
    /// How long we wait for an outside program (`sqlite3`, a backup tool) that holds the write lock.
    std::chrono::milliseconds busy_timeout{5000};
};

class Sqlite : public sql::Db {
public:
    /// A consistent copy of the database, taken while it is in use, checked, and only then given its name `path`.
    /// Errors: conflict when `path` exists; unavailable.
    virtual Result<void> backup(const std::string& path) const = 0;
};

/// Opens or makes the database. Errors: unavailable, when it cannot be opened or is no SQLite database.
Result<std::unique_ptr<Sqlite>> open(const Options& options);

/// A file is a whole, sound database: every page, index and foreign key is checked. Errors: unavailable, naming the
/// damage.
Result<void> check(const std::string& path);

/// Checks `backup`, then copies it to `path`. No process may have `path` open. Errors: conflict when `path` exists;
/// unavailable, and `path` is not made.
Result<void> restore(const std::string& backup, const std::string& path);

}  // namespace portcullis::sqlite
