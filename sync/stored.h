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

// Someone edited the row of a task, and it no longer says what the disk says.
struct StoredConflict {
  std::string uuid;
  std::string version;
  std::string path;
  std::string kept;  // which side the row has since: "registry" (the disk) or "database"
  std::string at;
  std::int64_t revision = 0;  // that has the other side's content
  std::int64_t seq = 0;       // in the feed; 0 where it is not asked for

  bool operator==(const StoredConflict&) const = default;
};

// One content that a task had. Numbers count from 1 within its uuid, and are never used twice.
struct StoredRevision {
  std::string uuid;
  std::int64_t number = 0;
  std::string version;
  std::string checksum;
  std::string origin;  // "disk", or "database": someone had written it into the row
  std::string at;
  std::string label;
  std::int64_t bytes = 0;  // of its content
  TaskContent content;     // only where it was asked for
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

// All that a start needs to know without reading a task. In the order of the paths' bytes; tasks of
// one path in that of their making.
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

// How one directory of a source is watched; or, without its path, how many are watched so.
struct StoredCoverage {
  std::string directory;
  std::string mode;    // as in `coverage` events
  std::string reason;  // the same
  std::uint64_t directories = 0;
  int os_error = 0;
  WallMs since = 0;  // of several, the first

  bool operator==(const StoredCoverage&) const = default;
};

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
  // The longest that a polled directory waits for a look, and what the configuration wants; 0: none
  // is polled.
  std::uint64_t poll_interval_ms = 0;
  std::uint64_t poll_wanted_ms = 0;
  // Sums first. Nothing: none is known; in what is to be written: as it was written last.
  std::optional<std::vector<StoredCoverage>> coverage;

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

// A piece of the feed.
struct FeedPage {
  std::vector<StoredChange> changes;
  // The cursor is older than what is kept, or of another feed: entries are missing, and none are
  // here. Whoever follows takes all tasks anew and goes on from `resync_from`.
  bool resync = false;
  std::int64_t resync_from = 0;
};

}  // namespace pawl
