#include "adapters/sql/migrations.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>

#include <openssl/evp.h>

#include "adapters/sql/errors.h"
#include "base/encoding.h"

namespace portcullis::sql {
namespace {

constexpr std::string_view kCreate =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    "version BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL)";
constexpr std::string_view kRecord =
    "INSERT INTO schema_migrations (version, name, sha256, applied_at) VALUES ($1, $2, $3, $4)";
constexpr std::string_view kApplied =
    "SELECT version, name, sha256, applied_at FROM schema_migrations ORDER BY version";
constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789_";

struct FileName {
    std::int64_t version = 0;
    std::string_view name;
    std::string_view engine;  ///< empty: both
};

std::string_view suffix_of(Engine engine) {
    switch (engine) {
        case Engine::sqlite:
            return "sqlite";
        case Engine::postgres:
            return "postgres";
    }
    return "";
}

/// `0001_tenants.sql`, `0001_tenants.sqlite.sql`
std::optional<FileName> parse_file_name(std::string_view file) {
    if (!file.ends_with(".sql")) return std::nullopt;
    file.remove_suffix(4);

    FileName parsed;
    if (const auto dot = file.find('.'); dot != std::string_view::npos) {
        parsed.engine = file.substr(dot + 1);
        file          = file.substr(0, dot);
        if (parsed.engine != suffix_of(Engine::sqlite) && parsed.engine != suffix_of(Engine::postgres))
            return std::nullopt;
    }
    if (file.size() < 6 || file[4] != '_') return std::nullopt;
    const auto [end, error] = std::from_chars(file.data(), file.data() + 4, parsed.version);
    if (error != std::errc{} || end != file.data() + 4 || parsed.version < 1) return std::nullopt;

    parsed.name = file.substr(5);
    if (parsed.name.find_first_not_of(kNameCharacters) != std::string_view::npos) return std::nullopt;
    return parsed;
}

std::string sha256_of(std::string_view bytes) {
    std::string digest(32, '\0');
    unsigned int size = 0;
    const int rc      = EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                                   EVP_sha256(), nullptr);
    return rc == 1 && size == digest.size() ? hex(digest) : std::string();
}

Error bad_file(std::string_view file, std::string_view why) {
    return {ErrorCode::invalidRequest, "migration `" + std::string(file) + "` " + std::string(why)};
}

struct Applied {
    std::int64_t version = 0;
    std::string name;
    std::string sha256;
    Instant at;
};

using Query = std::function<Result<Rows>(std::string_view)>;

std::string_view table_exists(Engine engine) {
    switch (engine) {
        case Engine::sqlite:
            return "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'";
        case Engine::postgres:
            return "SELECT 1 FROM information_schema.tables "
                   "WHERE table_schema = current_schema() AND table_name = 'schema_migrations'";
    }
    return "";
}

Result<std::vector<Applied>> read_applied(Engine engine, const Query& query) {
    std::vector<Applied> applied;
    if (TRY(query(table_exists(engine))).empty()) return applied;

    const auto rows = TRY(query(kApplied));
    for (const auto row : rows) {
        applied.push_back({row.integer(0), row.text(1), row.text(2), row.instant(3)});
    }
    return applied;
}

/// What was applied is the beginning of what we know, file by file.
Result<void> require_prefix(const std::vector<Applied>& applied, const std::vector<Migration>& known) {
    const auto refuse = [](const std::string& why) { return Error{ErrorCode::conflict, "database schema: " + why}; };
    if (applied.size() > known.size()) {
        return refuse("is at version " + std::to_string(applied.back().version) + ", this program knows " +
                      std::to_string(known.size()) + "; use a newer program");
    }
    for (std::size_t i = 0; i < applied.size(); ++i) {
        const auto& done   = applied[i];
        const auto& wanted = known[i];
        if (done.version != wanted.version)
            return refuse("version " + std::to_string(wanted.version) + " was never applied");
        if (done.sha256 != wanted.sha256) {
            return refuse("version " + std::to_string(done.version) + " was applied from another `" + done.name +
                          "` than ours");
        }
    }
    return {};
}

Result<void> apply(Exclusive& transaction, const Migration& migration, Instant now) {
    auto done = transaction.script(migration.sql);
    if (!done) {
        return Error{done.error().code, "migration `" + migration.name + "`: " + done.error().message};
    }
    TRY(transaction.run(kRecord, {migration.version, migration.name, migration.sha256, now}));
    return {};
}

/// Reads again inside the lock: another node may have been faster.
Result<std::size_t> apply_missing(Engine engine, Exclusive& transaction, const std::vector<Migration>& known,
                                  Instant now) {
    TRY(transaction.run(kCreate));
    const auto applied = TRY(read_applied(engine, [&](std::string_view sql) { return transaction.run(sql); }));
    TRY(require_prefix(applied, known));

    for (std::size_t i = applied.size(); i < known.size(); ++i) TRY(apply(transaction, known[i], now));
    return known.size() - applied.size();
}

Result<std::vector<Applied>> read_checked(const Db& db, const std::vector<Migration>& known) {
    auto applied = TRY(read_applied(db.engine(), [&](std::string_view sql) { return db.query(sql); }));
    TRY(require_prefix(applied, known));
    return applied;
}

}  // namespace

Result<std::vector<Migration>> migrations_for(Engine engine, const embedded::Files& files) {
    struct Choice {
        FileName name;
        std::string_view sql;
    };
    std::map<std::int64_t, Choice> chosen;
    for (const auto& [file, sql] : files) {
        const auto name = parse_file_name(file);
        if (!name) return bad_file(file, "is not named `0001_purpose.sql`");

        const bool is_other = !name->engine.empty() && name->engine != suffix_of(engine);
        if (is_other) continue;
        const auto [at, is_new] = chosen.emplace(name->version, Choice{*name, sql});
        if (is_new) continue;
        if (at->second.name.name != name->name) return bad_file(file, "has the number of another");
        if (!name->engine.empty()) at->second = {*name, sql};
    }

    std::vector<Migration> migrations;
    for (const auto& [version, choice] : chosen) {
        if (version != std::int64_t(migrations.size()) + 1) return bad_file(choice.name.name, "comes after a gap");
        migrations.push_back({version, std::string(choice.name.name), sha256_of(choice.sql), choice.sql});
        if (migrations.back().sha256.empty()) return unavailable("SHA-256 is not available");
    }
    return migrations;
}

Result<std::size_t> migrate(Db& db, const std::vector<Migration>& known, Instant now) {
    // Nothing to do needs no lock, so that a node can start while another one writes.
    const auto applied = TRY(read_checked(db, known));
    if (applied.size() == known.size()) return std::size_t{0};

    std::size_t count = 0;
    TRY(db.exclusively([&](Exclusive& transaction) -> Result<void> {
        count = TRY(apply_missing(db.engine(), transaction, known, now));
        return {};
    }));
    return count;
}

Result<std::vector<MigrationStatus>> migration_status(const Db& db, const std::vector<Migration>& known) {
    const auto applied = TRY(read_checked(db, known));
    std::vector<MigrationStatus> status;
    for (std::size_t i = 0; i < known.size(); ++i) {
        std::optional<Instant> at;
        if (i < applied.size()) at = applied[i].at;
        status.push_back({known[i].version, known[i].name, at});
    }
    return status;
}

Result<void> require_current(const Db& db, const std::vector<Migration>& known) {
    const auto applied = TRY(read_checked(db, known));
    if (applied.size() == known.size()) return {};
    return Error{ErrorCode::conflict, "database schema: is at version " + std::to_string(applied.size()) +
                                          ", this program needs " + std::to_string(known.size()) +
                                          "; run `portcullis migrate`"};
}

}  // namespace portcullis::sql
