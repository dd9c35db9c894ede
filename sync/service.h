// The whole of pawl on one loop: sources are watched, their tasks loaded and checked, the registry
// kept, and the database made equal to it.
#pragma once

#include <uv.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/metrics.h"
#include "core/notice.h"
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
};

struct ServiceOptions {
  Config config;      // an empty database: there is none, and a task's seq is always 0
  bool watch = true;  // false: look once
  // While another process writes the database, wait for its end: start() does not return.
  bool wait_for_writer = false;
  ServiceCallbacks callbacks;
};

// Threading: the thread that runs the loop, except registry() and contents(), whose results any
// thread may use.
class Service {
 public:
  // Opens the database and starts. `loop` outlives the service and runs one more turn after its
  // destruction. Errors are those of Store::open.
  static Result<std::unique_ptr<Service>> start(uv_loop_t* loop, ServiceOptions options);
  // As stop() with no time.
  ~Service();
  Service(const Service&) = delete;

  // What waits for a rest is taken up at once, and so is what changes from now on. on_settled
  // follows when it is committed.
  void flush();
  // Ends watching and commits what is known, for at most `deadline`. An error: not all of it is in
  // the database; the next start finds it again.
  Status stop(std::chrono::milliseconds deadline);

  const Registry& registry() const;
  // Texts of tasks, read from the database.
  ScriptSource& contents() const;
  Metrics metrics() const;
  ServiceSummary summary() const;
  bool settled() const;

 private:
  struct Core;
  explicit Service(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace pawl
