// What the database holds, as values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/task/task.h"
#include "sync/iso_time.h"

namespace pawl {

// A live task: one that is on the disk. `errors` is empty if it is valid.
struct StoredTask {
  TaskPtr task;
  std::uint64_t stamp_digest = 0;  // 0: not known
  bool enabled = true;
  bool valid = true;
  std::vector<Diagnostic> errors;
};

// A path that serves no task.
struct StoredProblem {
  TaskEventKind kind = TaskEventKind::kInvalid;  // or kDuplicate
  std::string source;
  std::string path;
  std::string other_path;  // kDuplicate: the path that serves
  TaskPtr task;            // what is there; null where it is not known
  std::uint64_t stamp_digest = 0;
  std::vector<Diagnostic> errors;
};

// All that a start needs to know without reading a task: in the order of their making, and of path.
struct StoredState {
  std::vector<StoredTask> tasks;
  std::vector<StoredProblem> problems;
};

// The files of the task at `path` were touched and are the same.
struct StampUpdate {
  std::string path;
  std::uint64_t digest = 0;

  bool operator==(const StampUpdate&) const = default;
};

enum class SourceStatus : std::uint8_t { kAvailable, kUnavailable, kWatchFailed };

std::string_view source_status_name(SourceStatus status);

// How a source fares, for whoever looks at the database.
struct SourceState {
  std::string name;
  std::string root;
  std::uint64_t root_device = 0;
  std::uint64_t root_inode = 0;
  SourceStatus status = SourceStatus::kAvailable;
  std::string reason;  // of a status that is not kAvailable
  WallMs since = 0;    // of the status
  std::uint64_t directories = 0;
  std::uint64_t files = 0;
  std::uint64_t native = 0;  // directories watched natively
  std::uint64_t polled = 0;
  std::optional<WallMs> last_scan_at;

  bool operator==(const SourceState&) const = default;
};

// One entry of the feed.
struct StoredChange {
  std::int64_t seq = 0;
  std::string at;
  std::string kind;
  std::string uuid;  // "" if none was known
  std::string version;
  std::string path;
  std::string checksum;

  bool operator==(const StoredChange&) const = default;
};

}  // namespace pawl
