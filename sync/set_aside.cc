#include "sync/set_aside.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "backends/fs_path.h"
#include "sync/database_files.h"
#include "sync/file_identity.h"
#include "sync/iso_time.h"
#include "sync/new_database.h"
#include "sync/store.h"

namespace pawl {
namespace {

namespace fs = std::filesystem;

// Opening it reads little of it, so all of it is looked at.
Status examine(const std::string& path) {
  Result<std::unique_ptr<Store>> store = Store::open(path, OpenOptions{.create = false});
  if (!store.ok()) return store.status();
  return (*store)->check();
}

// "20260102-030405"
std::string stamp_of(WallMs now) {
  std::string digits;
  for (const char c : iso_time(now).substr(0, 19)) {
    if (c >= '0' && c <= '9') digits += c;
    if (c == 'T') digits += '-';
  }
  return digits;
}

// The newest number of the feed, as far as a damaged database tells.
Result<std::int64_t> newest_seq(const std::string& path) {
  Result<std::unique_ptr<Connection>> connection = Connection::open(path, OpenMode::kReadWrite);
  if (!connection.ok()) return connection.status();
  (*connection)->leave_log_alone();
  Result<std::int64_t> given =
      (*connection)->integer("SELECT seq FROM sqlite_sequence WHERE name = 'changes'");
  Result<std::int64_t> kept = (*connection)->integer("SELECT max(seq) FROM changes");
  if (!given.ok() || !kept.ok()) return Status(Code::kCorrupt, "read", path);
  return std::max(*given, *kept);
}

// Where it is: at its place, or, when its first writer died, not yet.
std::string file_of(const std::string& path) {
  return is_unfinished(path) ? unfinished_path(path) : file_beside(path, "");
}

std::string free_name(const std::string& path, WallMs now) {
  const std::string first = path + "-corrupt-" + stamp_of(now);
  std::string name = first;
  std::error_code error;
  for (int i = 2; fs::exists(fs_path(name), error); ++i) name = first + "-" + std::to_string(i);
  return name;
}

}  // namespace

Result<std::string> set_aside(const std::string& path) {
  const FileIdentity examined = file_identity(file_of(path));
  const Status state = examine(path);
  if (state.ok() || state.code() == Code::kNotFound) return std::string();
  if (state.code() != Code::kCorrupt) return state;
  Result<WriterLock> lock = WriterLock::acquire(path);
  if (!lock.ok()) return lock.status();
  const std::string file = file_of(path);
  if (file_identity(file) != examined) {
    return Status(Code::kBusy, "set aside", path, "another process has just replaced it");
  }
  const WallMs now = system_wall_now();
  const Result<std::int64_t> seq = newest_seq(file);
  OpenOptions fresh;
  fresh.feed_after = seq.ok() ? *seq : now;
  const std::string aside = free_name(file_beside(path, ""), now);
  // The database first: without it SQLite takes what is left beside it for nothing. The other way
  // round a death in between would leave a database that has lost its log, and seems whole.
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    std::error_code error;
    // Asked before: on Windows libstdc++ does not tell why a file can't be renamed.
    if (!fs::exists(fs::symlink_status(fs_path(file + suffix), error))) continue;
    fs::rename(fs_path(file + suffix), fs_path(aside + suffix), error);
    if (error) {
      return Status::from_errno(errno_of(error), "rename", file + suffix);
    }
  }
  Result<std::unique_ptr<Store>> made = Store::open(path, fresh, std::move(*lock));
  if (!made.ok()) return made.status();
  return aside;
}

}  // namespace pawl
