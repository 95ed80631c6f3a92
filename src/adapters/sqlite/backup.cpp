#include "adapters/sqlite/backup.h"

#include "adapters/sql/errors.h"
#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/files.h"
#include "adapters/sqlite/sqlite.h"

namespace portcullis::sqlite {
namespace {

/// `path` as a URI (SQLite, "Uniform Resource Identifiers"), to be read without locks and without a log beside it.
std::string immutable_uri(const std::string& path) {
    std::string uri = "file:";
    for (const char c : path) {
        switch (c) {
            case '%':
                uri += "%25";
                break;
            case '?':
                uri += "%3f";
                break;
            case '#':
                uri += "%23";
                break;
            default:
                uri += c;
        }
    }
    return uri + "?immutable=1";
}

/// For reading only. A database with a log beside it is opened the usual way: part of it is in the log.
Result<Handle> open_to_read(const std::string& path) {
    if (!exists(path)) return sql::unavailable("`" + path + "` does not exist");
    if (exists(path + "-wal")) return open_handle(path, SQLITE_OPEN_READONLY);
    return open_handle(immutable_uri(path), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

Result<void> check_sound(Connection& db, const std::string& path) {
    const auto damaged = [&](const std::string& how) { return sql::unavailable("`" + path + "` is damaged: " + how); };

    const auto pages = db.run("PRAGMA integrity_check(1)", {}, Connection::Access::read);
    if (!pages) return damaged(pages.error().message);
    if (pages->size() != 1 || pages->front().text(0) != "ok") return damaged(pages->front().text(0));

    const auto orphans =
        db.run("SELECT \"table\", parent FROM pragma_foreign_key_check LIMIT 1", {}, Connection::Access::read);
    if (!orphans) return damaged(orphans.error().message);
    for (const auto row : *orphans) {
        return damaged("a row of `" + row.text(0) + "` refers to a missing row of `" + row.text(1) + "`");
    }
    return {};
}

/// All in one step: it holds one snapshot, so that nothing written meanwhile makes it begin again.
Result<void> copy_pages(sqlite3* source, const std::string& path) {
    TRY(make_private_file(path));
    const auto target = TRY(open_handle(path, SQLITE_OPEN_READWRITE));

    sqlite3_backup* backup = sqlite3_backup_init(target.get(), "main", source, "main");
    if (backup == nullptr) return error_of(target.get(), "backup");
    const int stepped  = sqlite3_backup_step(backup, -1);
    const int finished = sqlite3_backup_finish(backup);
    if (stepped != SQLITE_DONE) return sql::unavailable(std::string("backup: ") + sqlite3_errstr(stepped));
    if (finished != SQLITE_OK) return error_of(target.get(), "backup");

    // One file that needs no log beside it; open() turns the log on again.
    if (sqlite3_exec(target.get(), "PRAGMA journal_mode=DELETE", nullptr, nullptr, nullptr) != SQLITE_OK) {
        return error_of(target.get(), "backup");
    }
    return {};
}

Result<void> copy_checked(sqlite3* source, const std::string& partial, const std::string& path) {
    TRY(copy_pages(source, partial));
    TRY(check(partial));
    return rename_to_new(partial, path);
}

}  // namespace

Result<void> copy_to_new(sqlite3* source, const std::string& path) {
    if (exists(path)) return Error{ErrorCode::conflict, "`" + path + "` exists already"};
    const std::string partial = path + ".partial";
    remove_database(partial);

    auto copied = copy_checked(source, partial, path);
    if (!copied) remove_database(partial);
    return copied;
}

Result<void> check(const std::string& path) {
    Connection db(TRY(open_to_read(path)));
    return check_sound(db, path);
}

Result<void> restore(const std::string& backup, const std::string& path) {
    // A log left behind by another database would be replayed into this one.
    for (const char* suffix : {"-wal", "-journal"}) {
        if (exists(path + suffix)) return Error{ErrorCode::conflict, "`" + path + suffix + "` exists already"};
    }
    TRY(check(backup));
    const auto source = TRY(open_to_read(backup));
    return copy_to_new(source.get(), path);
}

}  // namespace portcullis::sqlite
