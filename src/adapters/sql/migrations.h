#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/sql/db.h"
#include "base/embedded.h"
#include "base/result.h"
#include "base/time.h"

namespace portcullis::sql {

/// One step of the schema. Forward only.
struct Migration {
    std::int64_t version = 0;
    std::string name;    ///< `tenants` of `0001_tenants.sql`
    std::string sha256;  ///< of the file, in hexadecimal
    std::string_view sql;
};

/// The migrations of `files` for one engine, in order. `0001_name.sql` is for both; its twin `0001_name.sqlite.sql` or
/// `0001_name.postgres.sql` takes its place on that engine. Versions count from 1 without gaps.
/// Errors: invalidRequest, naming the file.
Result<std::vector<Migration>> migrations_for(Engine engine, const embedded::Files& files);

/// Brings the schema up to date in one transaction and answers how many migrations that took; 0 when it already was.
/// Two nodes may do so at once. Errors: conflict when the database is newer than `known` or was migrated by a file that
/// has changed since: nothing is touched then; otherwise what Db::exclusively answers.
Result<std::size_t> migrate(Db& db, const std::vector<Migration>& known, Instant now);

struct MigrationStatus {
    std::int64_t version = 0;
    std::string name;
    std::optional<Instant> applied_at;  ///< nothing: still to be done
};

/// What has been applied and what has not, without changing anything. Errors as migrate().
Result<std::vector<MigrationStatus>> migration_status(const Db& db, const std::vector<Migration>& known);

/// The database is exactly as this program expects it. Errors: conflict, saying what is missing or too much.
Result<void> require_current(const Db& db, const std::vector<Migration>& known);

}  // namespace portcullis::sql
