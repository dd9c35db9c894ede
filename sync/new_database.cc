#include "sync/new_database.h"

#include <chrono>
#include <filesystem>
#include <utility>

#include "backends/fs_path.h"
#include "sync/database_files.h"
#include "sync/file_identity.h"
#include "sync/schema.h"

namespace pawl {
namespace {

// Nobody else is to have it open.
constexpr std::chrono::milliseconds kBusyTimeout{250};

// A link that leads nowhere is something: what is renamed would take its place.
bool is_free(const std::string& path) {
  std::error_code error;
  return std::filesystem::symlink_status(fs_path(path), error).type() ==
         std::filesystem::file_type::not_found;
}

}  // namespace

std::string unfinished_path(const std::string& path) {
  return file_beside(path, "-unfinished");
}

bool may_make_new(const std::string& path) {
  if (!is_free(path)) return false;
  const Code code = check_ownership(unfinished_path(path)).code();
  return code == Code::kOk || code == Code::kCorrupt;  // which is told when it is opened
}

bool is_unfinished(const std::string& path) {
  return is_free(path) && file_identity(unfinished_path(path)).exists();
}

Status place_database(std::shared_ptr<Connection> connection, const std::string& path) {
  const std::string from = connection->path();
  const std::string to = file_beside(path, "");
  connection->doing("finish");
  // Who finds it at its place must not have to wait for it to get its log. Closing empties that.
  if (Status logged = use_write_ahead_log(*connection); !logged.ok()) return logged;
  connection.reset();
  if (!is_free(to)) {
    return Status(Code::kForeign, "put a new database at", path,
                  "another file has come there; the new one is kept as " + from);
  }
  // SQLite knows what belongs to a database by its name: what was left at the place would be this
  // one's.
  drop_orphaned_log(path);
  std::error_code error;
  std::filesystem::rename(fs_path(from), fs_path(to), error);
  return error ? Status::from_errno(errno_of(error), "rename", from) : Status();
}

Status place_unfinished(const std::string& path) {
  if (!is_unfinished(path) || !may_make_new(path)) return {};
  const std::string from = unfinished_path(path);
  Result<std::unique_ptr<Connection>> connection = Connection::open(from, OpenMode::kReadWrite);
  if (!connection.ok()) return connection.status();
  Status ready = prepare_to_write(**connection, kBusyTimeout, 0, Log::kRollback);
  return ready.ok() ? place_database(std::move(*connection), path) : ready;
}

}  // namespace pawl
