// What a Service consists of: all of it is the loop thread's.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backends/handle.h"
#include "core/task/pipeline.h"
#include "core/task/watched_tasks.h"
#include "fallback/watcher.h"
#include "sync/loader_pool.h"
#include "sync/restocker.h"
#include "sync/service.h"
#include "sync/store.h"

namespace pawl {

// What a look at the whole tree found about one source so far.
enum class SourcePhase : std::uint8_t {
  kLooking,
  kReady,
  kUnavailable,
  kWithheld,  // the root is empty, and the database knows tasks of it
  kRemoved,   // the source is no more
};

struct Service::Core {
  struct Source {
    SourceConfig config;
    std::uint32_t root = 0;
    SourcePhase phase = SourcePhase::kLooking;
    std::string reason;
    WallMs since = 0;
    std::optional<WallMs> last_scan_at;
    std::size_t restored = 0;  // tasks that the database knew at the start
    bool paused = false;
    std::unique_ptr<LoaderPool> pool;
  };

  Core(uv_loop_t* on, ServiceOptions given, std::unique_ptr<Store> opened);
  WatcherOptions watcher_options() const;
  SyncOptions sync_options();
  Status begin(StoredState stored);

  // service_sources.cc: where tasks lie, and what is known of that.
  Status add_source(const SourceConfig& config);
  Status add_while_running(SourceConfig config);
  void remove(Source& source);
  void restore(StoredState stored);
  Source& source_named(const std::string& name);
  // Null if there is none.
  Source* find_source(std::string_view name);
  void take(const WatchBatch& batch);
  void source_looked_at(std::uint32_t index);
  // What was known in it, and is not there, is gone indeed.
  void directory_seen(const SeenNotice& seen, Instant now);
  void look_again(std::uint32_t index);
  void root_noticed(const RootNotice& notice);
  void set_phase(Source& source, SourcePhase phase, std::string reason);
  void save_sources();
  // Adds how the directories are watched, if that has changed since it was last written and it is time
  // to. True: it did.
  bool take_coverage(std::vector<SourceState>& states, Instant now);
  SourceState state_of(const Source& source) const;
  template <class Action>
  Status with_source(std::string_view name, const Action& action) {
    Source* source = find_source(name);
    if (source == nullptr)
      return Status(Code::kNotFound, "find the source", std::string(name), "there is none of that name");
    action(*source);
    return {};
  }

  // service_pump.cc: from changes to the registry and the database, and what is told of it.
  // Lets the pipeline take its next step and carries it out.
  void pump();
  void count(const TaskEvent& event);
  void wake_at(Instant next, Instant now);
  // The database met something that nobody here did.
  void take_surprises(const CommitReport& report);
  void take_reports();
  void measure(const CommitReport& report);
  bool loading() const;
  bool looked() const;
  // Everything that was found is committed.
  bool caught_up() const;
  bool settled() const;
  void announce();

  uv_loop_t* loop;
  ServiceOptions options;
  Registry registry;
  ContentCache contents;
  std::shared_ptr<FileSystem> file_system;
  Watcher watcher;
  WatchedTasks tasks;
  TaskPipeline pipeline;
  std::vector<Source> sources;
  Restocker restocker{loop, file_system, registry, pipeline, tasks,
                      [this](std::vector<TaskEvent> events) {
                        if (sync) sync->submit(std::move(events));
                      }};
  Handle<uv_async_t, Core> async;
  Handle<uv_timer_t, Core> timer;
  Handle<uv_timer_t, Core> state_timer;
  std::vector<SourceState> saved_states;
  // When the first change of each path was known that is not committed yet.
  std::map<std::string, Instant> changed_at;
  SyncMetrics counted;
  std::optional<std::uint64_t> coverage_saved;  // Reconciler::coverage_changes at that time
  Instant coverage_due{};
  ServiceSummary summary;
  SyncHealth health;
  bool edits_begun = false;  // rows are looked at for what others have written
  Instant edits_due = kNever;
  bool watching_told = false;
  bool settled_told = false;
  bool stopping = false;
  std::size_t taken_up = 0;  // events since free memory was last released
  bool hurried = false;  // by flush(): nothing is given time to rest any more
  std::mutex reports_mutex;
  std::vector<CommitReport> reports;  // guarded by reports_mutex
  std::uint64_t reports_taken = 0;
  // Its thread uses what stands above. Null: there is no database.
  std::unique_ptr<TaskSyncService> sync;
};

}  // namespace pawl
