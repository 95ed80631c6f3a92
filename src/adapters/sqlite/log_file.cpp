#include "adapters/sqlite/log_file.h"

#include <sqlite3.h>

#include <cstddef>
#include <memory>
#include <new>
#include <string>

namespace portcullis::sqlite {
namespace {

/// SQLite's own files take no larger write at once.
constexpr std::size_t kGatheredMax = 0x1'FFFF;

sqlite3_vfs* own_vfs() {
    static sqlite3_vfs* const found = sqlite3_vfs_find(nullptr);
    return found;
}

/// A log as SQLite holds it. Its own file of it follows in the same memory.
struct Log {
    sqlite3_file base{};
    sqlite3_int64 begin = 0;  ///< of what is gathered, in the file
    std::string gathered;
};

Log& log_of(sqlite3_file* file) { return *reinterpret_cast<Log*>(file); }
sqlite3_file* file_of(Log& log) { return reinterpret_cast<sqlite3_file*>(&log + 1); }

int write_out(Log& log) {
    if (log.gathered.empty()) return SQLITE_OK;
    auto* const file = file_of(log);
    const int rc     = file->pMethods->xWrite(file, log.gathered.data(), static_cast<int>(log.gathered.size()), log.begin);
    log.gathered.clear();  // what cannot be written is no commit: SQLite is told, and rolls back
    return rc;
}

/// A call of SQLite's own file.
template <auto Method, class... Arguments>
int pass_on(sqlite3_file* log, Arguments... arguments) {
    auto* const file = file_of(log_of(log));
    return (file->pMethods->*Method)(file, arguments...);
}

/// The same for one that must find everything in the file.
template <auto Method, class... Arguments>
int write_out_and_pass_on(sqlite3_file* log, Arguments... arguments) {
    const int rc = write_out(log_of(log));
    return rc == SQLITE_OK ? pass_on<Method>(log, arguments...) : rc;
}

int gather(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
    auto& log           = log_of(file);
    const auto end      = log.begin + static_cast<sqlite3_int64>(log.gathered.size());
    const bool has_room = log.gathered.size() + static_cast<std::size_t>(size) <= kGatheredMax;
    if (at != end || !has_room) {
        if (const int rc = write_out(log); rc != SQLITE_OK) return rc;
        log.begin = at;
    }
    try {
        log.gathered.append(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
    } catch (const std::bad_alloc&) {
        return SQLITE_IOERR_NOMEM;
    }
    return SQLITE_OK;
}

int close(sqlite3_file* file) {
    const int written = write_out(log_of(file));
    const int closed  = pass_on<&sqlite3_io_methods::xClose>(file);
    std::destroy_at(&log_of(file));
    return written == SQLITE_OK ? closed : written;
}

using Methods = sqlite3_io_methods;
// Version 1: without shared memory and mapped pages, which only the database itself has.
constexpr Methods kLog{
    .iVersion               = 1,
    .xClose                 = close,
    .xRead                  = write_out_and_pass_on<&Methods::xRead, void*, int, sqlite3_int64>,
    .xWrite                 = gather,
    .xTruncate              = write_out_and_pass_on<&Methods::xTruncate, sqlite3_int64>,
    .xSync                  = write_out_and_pass_on<&Methods::xSync, int>,
    .xFileSize              = write_out_and_pass_on<&Methods::xFileSize, sqlite3_int64*>,
    .xLock                  = pass_on<&Methods::xLock, int>,
    .xUnlock                = pass_on<&Methods::xUnlock, int>,
    .xCheckReservedLock     = pass_on<&Methods::xCheckReservedLock, int*>,
    .xFileControl           = pass_on<&Methods::xFileControl, int, void*>,
    .xSectorSize            = pass_on<&Methods::xSectorSize>,
    .xDeviceCharacteristics = pass_on<&Methods::xDeviceCharacteristics>,
    .xShmMap                = nullptr,
    .xShmLock               = nullptr,
    .xShmBarrier            = nullptr,
    .xShmUnmap              = nullptr,
    .xFetch                 = nullptr,
    .xUnfetch               = nullptr,
};

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* opened) {
    if ((flags & SQLITE_OPEN_WAL) == 0) return own_vfs()->xOpen(own_vfs(), name, file, flags, opened);
    auto& log     = *std::construct_at(reinterpret_cast<Log*>(file));
    const int rc  = own_vfs()->xOpen(own_vfs(), name, file_of(log), flags, opened);
    if (file_of(log)->pMethods == nullptr) std::destroy_at(&log);  // nobody closes what was not opened
    else log.base.pMethods = &kLog;
    return rc;
}

}  // namespace

const char* gathering_vfs() {
    static sqlite3_vfs vfs = [] {
        sqlite3_vfs gathering = *own_vfs();
        gathering.zName       = "gathering";
        gathering.szOsFile += static_cast<int>(sizeof(Log));
        gathering.xOpen = open;
        return gathering;
    }();
    static const int registered = sqlite3_vfs_register(&vfs, 0);
    return registered == SQLITE_OK ? vfs.zName : nullptr;
}

}  // namespace portcullis::sqlite
