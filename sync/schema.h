// What pawl's database looks like, and whether a file is one.
//
// A file belongs to pawl if its application_id says so. One that does not, or that a newer pawl
// has written, is kForeign, and not a byte of it or beside it is changed.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "sync/sqlite.h"

namespace pawl {

inline constexpr std::int64_t kApplicationId = 0x5041574c;  // "PAWL"
inline constexpr std::int64_t kSchemaVersion = 2;

bool is_memory_database(const std::string& path);

// Whether pawl may write to the file at `path`: it is pawl's, or empty, or not there. Looks at the
// file without locks and creates nothing.
//
// kForeign: it is someone else's, newer, or no database at all. kCorrupt, kPermission, kIo, ….
Status check_ownership(const std::string& path);

enum class Log : std::uint8_t {
  // Readers are never held up. synchronous=NORMAL: what was committed survives the death of the
  // process. After a loss of power the last commits may be missing, never half there; the next
  // start finds them again by comparing with the disk.
  kWriteAhead,
  // Each page is written once and not twice, and readers are in the way of the writer, and he in
  // theirs. synchronous=FULL: what was committed survives a loss of power too.
  kRollback,
};

// Makes a freshly opened connection ready to write: settings, then the schema, migrated to
// kSchemaVersion in one transaction if it is older or not there. The feed of one that was not there
// begins behind `feed_after`, from the moment on that anyone can read it.
Status prepare_to_write(Connection& connection, std::chrono::milliseconds busy_timeout,
                        std::int64_t feed_after, Log log);

// The database has a write-ahead log from now on. kUnsupported: its file system can't hold one.
Status use_write_ahead_log(Connection& connection);

// Makes a freshly opened connection ready to read, and checks that the database is pawl's and of
// this version. kForeign, kBusy (its first writer is not ready yet).
Status prepare_to_read(Connection& connection, std::chrono::milliseconds busy_timeout);

}  // namespace pawl
