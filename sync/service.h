// The whole of pawl on one loop: sources are watched, their tasks loaded and checked, the registry
// kept, and the database made equal to it.
#pragma once

#include <uv.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/histogram.h"
#include "core/metrics.h"
#include "core/notice.h"
#include "core/reconciler.h"
#include "core/task/content_cache.h"
#include "core/task/registry.h"
#include "core/task/task.h"
#include "sync/config.h"
#include "sync/task_sync_service.h"

namespace pawl {

// Every source has been looked at once, or is known to be unavailable, and everything that was
// found has been committed.
struct ServiceSummary {
  std::uint64_t added = 0;
  std::uint64_t updated = 0;
  std::uint64_t removed = 0;
  std::uint64_t unchanged = 0;  // of those that serve, neither added nor updated
  std::uint64_t invalid = 0;    // paths that are not valid now
  std::uint64_t duplicates = 0;
  std::uint64_t directories = 0;
  std::uint64_t files = 0;
  std::uint64_t native = 0;
  std::uint64_t polled = 0;
};

// All called on the loop thread; any may be empty. None may destroy the Service.
struct ServiceCallbacks {
  std::function<void(const TaskEvent&, std::int64_t seq)> on_task;  // once it is committed
  std::function<void(const StoredConflict&)> on_conflict;  // once it is committed
  std::function<void(const Notice&)> on_notice;
  std::function<void()> on_watching;  // the first look is done: no later change can be missed
  std::function<void()> on_settled;   // all that was found is committed; may come again
  std::function<void(const SyncHealth&)> on_sync_health;  // it changed
  // These go into the registry now, be it as news or because the database had them: `restored`. It
  // may put an equal task in the place of each.
  std::function<void(std::vector<TaskEvent>&, bool restored)> on_registry;
};

// What loading and syncing have done, and what they are doing.
struct SyncMetrics {
  std::uint64_t reloads = 0;         // loads that ended
  std::uint64_t reload_failures = 0; // of these: the disk did not let itself be read
  std::uint64_t reloads_invalid = 0; // of these: the task was not valid
  std::uint64_t commits = 0;         // attempts that went well
  std::uint64_t commit_failures = 0;
  std::array<std::uint64_t, kCodes> commit_failures_by_code{};
  std::uint64_t debouncing = 0;  // tasks that wait for a rest
  std::uint64_t loading = 0;
  std::uint64_t sync_pending = 0;
  Duration sync_lag{};  // how long the oldest change that is not committed has been known
  Histogram change_to_commit;  // from the first change of a task that was noticed
};

// One source, and how it fares.
struct SourceReport {
  SourceState state;
  bool paused = false;
  bool looking = false;  // its first look is not done
};

struct ServiceOptions {
  Config config;      // an empty database: there is none, and a task's seq is always 0
  bool watch = true;  // false: look once
  ServiceCallbacks callbacks;
  // As in OpenOptions: called on the store's thread, perhaps for a while after the Service has
  // gone.
  std::function<bool(std::string_view checksum)> is_held = nullptr;
  // As in OpenOptions; stop() is when it is done. No content is read from it until then.
  bool place_when_done = false;
};

// Threading: the thread that runs the loop, except registry() and contents(), whose results any
// thread may use.
class Service {
 public:
  // Opens the database and starts. `loop` outlives the service and runs one more turn after its
  // destruction. Errors are those of Store::open; nothing was started then, and it may be tried
  // again (kBusy: another process writes the database).
  static Result<std::unique_ptr<Service>> start(uv_loop_t* loop, ServiceOptions options);
  // As stop() with no time.
  ~Service();
  Service(const Service&) = delete;

  // What waits for a rest is taken up at once, and so is what changes from now on. on_settled
  // follows when it is committed.
  void flush();
  // Commits what is known, for at most `deadline`, and calls back what came of it. An error: not all
  // of it is in the database; the next start finds it again.
  Status stop(std::chrono::milliseconds deadline);

  const Registry& registry() const;
  // Texts of tasks, read from the database.
  ScriptSource& contents() const;
  Metrics metrics() const;
  ServiceSummary summary() const;
  bool settled() const;

  // While it runs. Not from within a callback.
  //
  // What the database knows of the source is restored, where nothing waits for the database; else its
  // tasks come as new. kUsage: the name is in use, or the root lies in another's, or is not there.
  Status add_source(SourceConfig config);
  // Its tasks are removed, from the database too. kNotFound, here and below: there is none of that name.
  Status remove_source(std::string_view name);
  // Its watches are given up, and what happens to it is noticed on resume.
  Status pause_source(std::string_view name);
  Status resume_source(std::string_view name);
  Status rescan_source(std::string_view name);
  std::vector<SourceReport> sources() const;
  SyncMetrics sync_metrics() const;
  const Reconciler& reconciler() const;

 private:
  struct Core;
  explicit Service(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace pawl
