// The read side of the database: for `pawl status`, for consumers of the feed, and for whoever
// wants a task's content. Works while a writer runs, does not hold it up, and never makes or
// changes a file.
//
// Threading: one thread at a time; open one for each.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"
#include "core/task/task.h"
#include "sync/sqlite.h"
#include "sync/stored.h"

namespace pawl {

struct StoreTotals {
  std::int64_t live = 0;
  std::int64_t disabled = 0;  // of the live ones, by the operator
  std::int64_t invalid = 0;   // of the live ones: the last good version serves
  std::int64_t removed = 0;
  std::int64_t never_valid = 0;  // paths with a task that never was valid
  std::int64_t duplicates = 0;
  std::int64_t conflicts = 0;  // of the live ones: see StoredConflict

  bool operator==(const StoreTotals&) const = default;
};

struct StoreOverview {
  StoreTotals totals;
  std::vector<StoredTask> invalid;  // by path
  std::vector<StoredProblem> problems;
  std::vector<StoredConflict> conflicts;  // by path
  std::vector<SourceState> sources;
  std::optional<StoredChange> last_change;
};

class StoreReader {
 public:
  // kNotFound: there is no such file. kForeign: not pawl's, or newer. kBusy: nothing in it yet.
  // kCorrupt, kPermission, kIo, …
  static Result<std::unique_ptr<StoreReader>> open(const std::string& path);
  // On a connection that is ready.
  explicit StoreReader(std::shared_ptr<Connection> connection);

  const std::string& path() const { return connection_->path(); }

  // Each reads one consistent snapshot of the newest commit.
  Result<StoredState> load();
  Result<StoreOverview> overview();
  // The paths that have a problem, by bytes.
  Result<std::vector<std::string>> problem_paths();

  void release_memory() { connection_->release_memory(); }
  // The feed after `cursor` (0: from its start), oldest first, at most `limit` entries.
  Result<std::vector<StoredChange>> changes_since(std::int64_t cursor, std::int64_t limit);
  // The same, but it is noticed if entries after `cursor` are not there any more.
  Result<FeedPage> feed_since(std::int64_t cursor, std::int64_t limit);
  // The cursor before the oldest entry that is kept.
  Result<std::int64_t> feed_start();
  // Something was committed since this was last asked, or may have been; true at first.
  Result<bool> changed();

  // All revisions of a task, by number, without their content. Empty: there is no such task.
  Result<std::vector<StoredRevision>> history(std::string_view uuid);
  // With its content: the newest one that fits. An empty version and the number 0 fit all.
  Result<StoredRevision> revision(std::string_view uuid, std::string_view version,
                                  std::int64_t number);

  // What the task consists of. With a checksum: what that names, from the row or a revision; else
  // what the row has. kNotFound: there is no such row, or, if `checksum` is not empty, its
  // content is another one.
  Result<std::shared_ptr<const TaskContent>> content(std::string_view uuid,
                                                     std::string_view version,
                                                     std::string_view checksum = {});

 private:
  // A connection that reads the bare file must give way once someone writes.
  Status refresh();
  template <class F>
  Status in_snapshot(F&& body);

  std::shared_ptr<Connection> connection_;
  bool bare_file_ = false;
  bool reopened_ = true;
  std::int64_t data_version_ = 0;
};

}  // namespace pawl
