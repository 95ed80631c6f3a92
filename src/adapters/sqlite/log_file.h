#pragma once

namespace portcullis::sqlite {

/// Name of the VFS ("SQLite OS Interface") that our files are opened with: SQLite's own, but the frames of a write-ahead log, which SQLite
/// hands over in two writes a page, are gathered and written in as few as can be when the log is synced, read, measured or truncated.
/// Another connection looks for a frame only after the commit that wrote it, and a commit syncs first, so this is for
/// `synchronous=FULL` and more. Null when it cannot be had: SQLite's own is used then.
const char* gathering_vfs();

}  // namespace portcullis::sqlite
