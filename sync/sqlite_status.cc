#include <sqlite3.h>

#include "sync/sqlite.h"

namespace pawl {
namespace {

Code code_of(int extended_code, int os_error) {
  switch (extended_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
      return Code::kBusy;
    case SQLITE_FULL:
      return Code::kFull;
    case SQLITE_CORRUPT:
      return Code::kCorrupt;
    case SQLITE_NOTADB:
      return Code::kForeign;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Code::kPermission;
    case SQLITE_NOMEM:
      return Code::kNoMemory;
    case SQLITE_TOOBIG:
      return Code::kTooLarge;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_ERROR:
      return Code::kInvalid;
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
      if (extended_code == SQLITE_IOERR_NOMEM) return Code::kNoMemory;
      return os_error != 0 ? Status::from_errno(os_error, {}, {}).code() : Code::kIo;
    default:
      return Code::kIo;
  }
}

}  // namespace

Status sqlite_status(int extended_code, std::string_view message, int os_error,
                     std::string operation, std::string path) {
  const int primary = extended_code & 0xff;
  // SQLite remembers the errno of its last failed call; it belongs to these errors only.
  if (primary != SQLITE_CANTOPEN && primary != SQLITE_IOERR) os_error = 0;
  std::string detail(message);
  if (extended_code != primary) {
    detail += " (SQLite error " + std::to_string(extended_code) + ")";
  }
  const Code code = code_of(extended_code, os_error);
  if (code == Code::kCorrupt) {
    detail += "; `pawl sync --rebuild` sets it aside and builds a new one from the disk";
  }
  return Status(code, std::move(operation), std::move(path),
                std::move(detail), os_error);
}

bool is_transient(const Status& status) {
  switch (status.code()) {
    case Code::kBusy:
    case Code::kFull:
    case Code::kIo:
    case Code::kPermission:  // a file system remounted read-only, a folder whose mode is mended
    case Code::kNotFound:    // a folder that comes back
    case Code::kNotDirectory:
    case Code::kInstanceLimit:
    case Code::kNoMemory:
      return true;
    default:
      return false;
  }
}

}  // namespace pawl
