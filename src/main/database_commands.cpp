#include <fmt/format.h>
#include <unistd.h>

#include "adapters/clock/clocks.h"
#include "adapters/openssl/key_files.h"
#include "adapters/postgres/postgres.h"
#include "adapters/sodium/system_random.h"
#include "adapters/sql/keyring_store.h"
#include "adapters/sql/migrations.h"
#include "adapters/sqlite/sqlite.h"
#include "base/embedded.h"
#include "main/commands.h"

namespace portcullis::program {
namespace {

constexpr int kDataKeysMax = 100'000;

Result<std::unique_ptr<sql::Db>> open_store(const Config& config) {
    if (!config.is_sqlite()) return postgres::open({.connection = config.database.url});
    auto file = TRY(sqlite::open({.path = config.sqlite_path()}));
    return std::unique_ptr<sql::Db>(std::move(file));
}

Result<void> migrate(CommandContext& context, bool only_status) {
    const auto config = TRY(context.config());
    const auto db     = TRY(open_store(config));
    const auto known  = TRY(sql::migrations_for(db->engine(), embedded::migrations()));
    const auto count  = only_status ? std::size_t{0} : TRY(sql::migrate(*db, known, clock::SystemClock().now()));

    json::array rows;
    for (const auto& status : TRY(sql::migration_status(*db, known))) {
        rows.push_back(json::object{{"version", status.version}, {"name", status.name}, {"appliedAt", status.applied_at ? json::value(to_rfc3339(*status.applied_at)) : json::value()}});
    }
    if (only_status) {
        context.print_table(rows, {{"version", "VERSION"}, {"name", "NAME"}, {"appliedAt", "APPLIED"}});
        return {};
    }
    context.print(json::object{{"applied", count}, {"value", std::move(rows)}},
                  count == 0 ? "the schema is up to date" : fmt::format("{} migration{} applied", count, count == 1 ? "" : "s"));
    return {};
}

Result<void> back_up(CommandContext& context, const std::string& file) {
    auto* installation = TRY(context.installation());
    if (!installation->sqlite()) return Error{ErrorCode::invalidRequest, "a PostgreSQL store is backed up with PostgreSQL's own tools (`pg_dump`, `pg_basebackup`)"};
    TRY(installation->sqlite()->backup(file));
    context.print(json::object{{"file", file}, {"masterKey", installation->master_key_id()}},
                  fmt::format("{} is whole and checked. It is of no use without the keys in `{}` (master key {}): keep a copy of them elsewhere.",
                              file, installation->config().secrets.directory, installation->master_key_id()));
    return {};
}

/// The keys of this installation open every data key of the store at `path`. Errors: conflict.
Result<void> require_our_keys(const Config& config, const std::string& path) {
    const auto store = TRY(sqlite::open({.path = path}));
    const auto keys  = TRY(sql::SqlDataKeys(*store).all(kDataKeysMax));
    sodium::SystemRandom random;
    const auto& secrets = config.secrets;
    TRY(openssl::load_secret_keys(secrets.directory));
    const auto sealer = TRY(openssl::FollowingSealer::open(
        random,
        {.file = secrets.master_key_env.empty() ? secrets.master_key_file() : std::string(), .previous = secrets.previous_master_key_file(), .environment = secrets.master_key_env},
        [&](TenantId tenant) { return sql::SqlDataKeys(*store).of_tenant(tenant); }));
    for (const auto& key : keys) {
        const auto opened = sealer->keyring()->keys_of(key.tenant);
        if (!opened) {
            return Error{ErrorCode::conflict, fmt::format("the keys of this installation do not open the backup: {}; put the backup's own master key (id {}) in place first",
                                                          opened.error().message, key.master_key_id)};
        }
    }
    return {};
}

void remove_store(const std::string& path) {
    for (const auto* suffix : {"", "-wal", "-shm"}) unlink((path + suffix).c_str());
}

Result<void> restore(CommandContext& context, const std::string& file) {
    const auto config = TRY(context.config());
    if (!config.is_sqlite()) return Error{ErrorCode::invalidRequest, "a PostgreSQL store is restored with PostgreSQL's own tools"};
    const auto target = config.sqlite_path();
    if (access(target.c_str(), F_OK) == 0) {
        return Error{ErrorCode::conflict, fmt::format("`{}` exists: stop the server and move it away first, so that nothing is lost", target)};
    }
    // Under another name until the keys were tried on it: a store that cannot be opened must not take the place of one that can.
    const auto draft = target + ".restoring";
    remove_store(draft);
    TRY(sqlite::restore(file, draft));
    const auto fits = require_our_keys(config, draft);
    if (!fits) {
        remove_store(draft);
        return fits;
    }
    const auto done = sqlite::restore(draft, target);
    remove_store(draft);
    TRY(done);
    context.print(json::object{{"database", target}}, fmt::format("restored to {}", target));
    return {};
}

struct FileArgument {
    std::string file;
    bool only_status = false;
};

}  // namespace

void add_database_commands(CLI::App& app, CommandContext& context) {
    auto* migration    = app.add_subcommand("migrate", "Brings the database schema up to date");
    const auto options = std::make_shared<FileArgument>();
    migration->add_flag("--status", options->only_status, "Only list what was and what would be applied");
    context.on(migration, [&context, options] { return migrate(context, options->only_status); });

    auto* backup = app.add_subcommand("backup", "Copies the SQLite store while it is in use; the keys are not in the copy");
    const auto to = std::make_shared<FileArgument>();
    backup->add_option("FILE", to->file, "The copy; must not exist yet")->required();
    context.on(backup, [&context, to] { return back_up(context, to->file); });

    auto* restoring = app.add_subcommand("restore", "Puts a backup in place, after checking it and that this installation's keys open it");
    const auto from = std::make_shared<FileArgument>();
    restoring->add_option("FILE", from->file, "The backup")->required();
    context.on(restoring, [&context, from] { return restore(context, from->file); });
}

}  // namespace portcullis::program
