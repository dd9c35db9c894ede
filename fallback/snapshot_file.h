// Snapshots of what a Watcher knows, as files.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backends/handle.h"
#include "core/snapshot.h"
#include "core/status.h"
#include "core/time.h"
#include "fallback/watcher.h"

namespace pawl {

// Reads it whole; waits for the disk. Errors are those of decode_snapshot and of the system.
Result<std::vector<RootSnapshot>> read_snapshot(const std::string& file);

// The one of `path`, or null.
const RootSnapshot* find_snapshot(const std::vector<RootSnapshot>& roots, const std::string& path);

// Replaces `file` by one with these bytes, so that a crash leaves the one or the other. Waits for the
// disk.
Status replace_file(const std::string& file, const std::string& bytes);

// One snapshot on its way into its file. First it waits, for `settle_max` at most, until no stamp is
// so fresh that it may hide a later write; files that are never at rest are told by their content. A
// thread of its own does what waits for the disk.
//
// Threading: the loop thread, `done` too, which may destroy this.
class SnapshotSave {
 public:
  // `loop` and `watcher` outlive this. `done` is called once; kBusy: a root is not ready. Not at all if
  // this is destroyed before: then the file may be written or not.
  SnapshotSave(uv_loop_t* loop, Watcher& watcher, std::string file, Duration settle_max,
               std::function<void(Status)> done);
  ~SnapshotSave();
  SnapshotSave(const SnapshotSave&) = delete;

 private:
  struct Shared;
  void look();
  void write();
  void finish(Status status);

  Watcher& watcher_;
  std::string file_;
  Instant settle_by_;
  bool settled_ = false;  // at the last look
  std::function<void(Status)> done_;
  std::shared_ptr<Shared> shared_;
  Handle<uv_timer_t, SnapshotSave> timer_;
  Handle<uv_async_t, SnapshotSave> async_;
};

}  // namespace pawl
