#include "sync/service.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <utility>

#include "backends/file_system.h"
#include "backends/handle.h"
#include "core/ignore.h"
#include "core/task/pipeline.h"
#include "core/task/watched_tasks.h"
#include "fallback/watcher.h"
#include "sync/loader_pool.h"
#include "sync/restocker.h"
#include "sync/store.h"
#include "sync/set_aside.h"
#include "sync/stored_contents.h"

namespace pawl {
namespace {

constexpr std::size_t kContentCacheMax = std::size_t{32} << 20;
// How the sources fare is written to the database at most this often.
constexpr std::uint64_t kSourceStateMs = 2000;
constexpr std::uint32_t kLoadsWaitingMax = 64;
// A load is bound by the processor: more threads than this bring nothing.
std::uint32_t load_threads(std::uint32_t concurrent_max) {
  return std::min(concurrent_max, std::max(2u, uv_available_parallelism()));
}

// What a look at the whole tree found about one source so far.
enum class SourcePhase : std::uint8_t {
  kLooking,
  kReady,
  kUnavailable,
  kWithheld,  // the root is empty, and the database knows tasks of it
};

}  // namespace

struct Service::Core {
  struct Source {
    SourceConfig config;
    std::uint32_t root = 0;
    SourcePhase phase = SourcePhase::kLooking;
    std::string reason;
    WallMs since = 0;
    std::optional<WallMs> last_scan_at;
    std::size_t restored = 0;  // tasks that the database knew at the start
    std::unique_ptr<LoaderPool> pool;
  };

  Core(uv_loop_t* on, ServiceOptions given, std::unique_ptr<Store> opened)
      : loop(on),
        options(std::move(given)),
        contents(kContentCacheMax,
                 [stored = std::make_shared<StoredContents>(this->options.config.database)](
                     const Task& task) { return (*stored)(task); }),
        file_system(make_file_system()),
        watcher(on, watcher_options(), [this](WatchBatch batch) { take(std::move(batch)); }),
        tasks(watcher.reconciler()),
        pipeline(tasks),
        async(this),
        timer(this),
        state_timer(this) {
    if (opened) sync = std::make_unique<TaskSyncService>(std::move(opened), sync_options());
    uv_async_init(loop, async.get(), [](uv_async_t* handle) {
      if (Core* self = Handle<uv_async_t, Core>::owner_of(handle)) self->take_reports();
    });
    uv_timer_init(loop, timer.get());
    uv_timer_init(loop, state_timer.get());
  }

  WatcherOptions watcher_options() const {
    WatcherOptions watching;
    watching.native_watch_budget = options.config.native_watch_budget;
    for (const SourceConfig& source : options.config.sources)
      watching.poll_interval =
          std::min<Duration>(watching.poll_interval, source.watch_options.poll_interval);
    return watching;
  }

  SyncOptions sync_options() {
    SyncOptions syncing;
    if (!options.config.sources.empty()) {
      const WatchOptions& first = options.config.sources.front().watch_options;
      syncing.retry_delay = first.retry_delay;
      syncing.retry_on_error = first.retry_on_error;
    }
    syncing.open = store_options(options.config);
    // Looking once, all of it is looked at before it is done.
    if (!options.watch) syncing.edit_pause = std::chrono::milliseconds(0);
    syncing.on_report = [this](CommitReport report) {
      const std::lock_guard lock(reports_mutex);
      reports.push_back(std::move(report));
      uv_async_send(async.get());
    };
    return syncing;
  }

  Status begin(StoredState stored) {
    for (const SourceConfig& config : options.config.sources)
      if (Status status = add_source(config); !status.ok()) return status;
    restore(std::move(stored));
    if (!sync) return {};
    if (Status status = sync->start(); !status.ok()) return status;
    uv_timer_start(
        state_timer.get(),
        [](uv_timer_t* handle) {
          if (Core* self = Handle<uv_timer_t, Core>::owner_of(handle)) self->save_sources();
        },
        kSourceStateMs, kSourceStateMs);
    return {};
  }

  Status add_source(const SourceConfig& config) {
    const std::vector<std::string> patterns = config.all_ignore_patterns();
    Result<IgnoreRules> rules = IgnoreRules::compile(patterns);
    if (!rules.ok()) return rules.status();
    const auto ignore = std::make_shared<const IgnoreRules>(std::move(*rules));
    const auto ignored = [ignore](std::string_view path, bool directory) {
      return ignore->matches(path, directory);
    };
    Source source;
    source.config = config;
    source.since = system_wall_now();
    source.root = watcher.add_root(
        RootOptions{.path = config.root,
                    .watch = options.watch && config.watch,
                    .follow_symlinks = config.follow_symlinks,
                    .allow_empty = config.allow_empty,
                    .backend = config.backend,
                    .poll_interval = config.watch_options.poll_interval,
                    .ignored = ignored});
    source.pool = std::make_unique<LoaderPool>(
        loop, file_system, load_threads(config.watch_options.max_concurrent_reloads),
        [this](std::vector<LoadResult> results) {
          const Instant now = monotonic_now();
          for (LoadResult& result : results) pipeline.loaded(std::move(result), now);
          pump();
        });
    tasks.add_source(source.root, config.recursive);
    SourceOptions pipelined;
    pipelined.name = config.name;
    pipelined.root = config.root;
    pipelined.quiet = config.watch_options.debounce;
    // The pool's threads are what loads at a time; some wait there, so that none of them is idle
    // until the loop has heard of a result and thought of the next.
    pipelined.max_concurrent_reloads =
        config.watch_options.max_concurrent_reloads + kLoadsWaitingMax;
    pipelined.retry_on_error = config.watch_options.retry_on_error;
    pipelined.retry_delay = config.watch_options.retry_delay;
    pipelined.limits = config.limits;
    pipelined.follow_symlinks = config.follow_symlinks;
    pipelined.ignore = ignored;
    pipeline.add_source(std::move(pipelined));
    restocker.add_source(config, ignored);
    sources.push_back(std::move(source));
    return {};
  }

  void restore(StoredState stored) {
    std::vector<RestoredTask> restored;
    restored.reserve(stored.tasks.size() + stored.problems.size());
    for (StoredTask& task : stored.tasks)
      restored.push_back(RestoredTask{task.task->source, task.task->path, task.task, task.valid,
                                      std::move(task.errors), task.stamp_digest});
    for (StoredProblem& problem : stored.problems)
      restored.push_back(RestoredTask{problem.source, problem.path, problem.task,
                                      problem.kind == TaskEventKind::kDuplicate,
                                      std::move(problem.errors), problem.stamp_digest});
    for (const RestoredTask& task : restored)
      for (Source& source : sources)
        if (source.config.name == task.source) ++source.restored;
    registry.apply(pipeline.restore(restored));
  }

  void take(WatchBatch batch) {
    const Instant now = monotonic_now();
    for (const Change& change : batch.changes) {
      pipeline.changed(change.root, change, now);
      if (sources[change.root].phase == SourcePhase::kWithheld) look_again(change.root);
    }
    for (const Notice& notice : batch.notices) {
      if (const auto* ready = std::get_if<ReadyNotice>(&notice)) source_looked_at(ready->root);
      if (const auto* root = std::get_if<RootNotice>(&notice)) root_noticed(*root);
      if (const auto* seen = std::get_if<SeenNotice>(&notice)) directory_seen(*seen, now);
      if (options.callbacks.on_notice) options.callbacks.on_notice(notice);
    }
    if (hurried) pipeline.flush(now);
    pump();
  }

  void source_looked_at(std::uint32_t index) {
    Source& source = sources[index];
    source.last_scan_at = system_wall_now();
    const Directory* root = watcher.reconciler().root_directory(source.root);
    if (root->entries.empty() && source.restored > 0 && !source.config.allow_empty) {
      set_phase(source, SourcePhase::kWithheld,
                "the root is empty but its tasks are known: is it mounted? (if it is to be empty, "
                "say so with allow_empty)");
      pipeline.source_unavailable(index);
      return;
    }
    set_phase(source, SourcePhase::kReady, {});
    pipeline.source_ready(index);
  }

  // What was known in it, and is not there, is gone indeed.
  void directory_seen(const SeenNotice& seen, Instant now) {
    pipeline.changed(seen.root,
                     Change{.kind = ChangeKind::kCreated,
                            .type = FileType::kDirectory,
                            .via = Via::kScan,
                            .root = seen.root,
                            .path = seen.directory,
                            .known_at = now},
                     now);
  }

  void look_again(std::uint32_t index) {
    const Directory* root = watcher.reconciler().root_directory(sources[index].root);
    if (!root->entries.empty()) source_looked_at(index);
  }

  void root_noticed(const RootNotice& notice) {
    Source& source = sources[notice.root];
    if (!notice.available) {
      set_phase(source, SourcePhase::kUnavailable, notice.why.message());
      pipeline.source_unavailable(notice.root);
    } else if (watcher.reconciler().ready(notice.root)) {
      source_looked_at(notice.root);
    } else {
      set_phase(source, SourcePhase::kLooking, {});
    }
  }

  void set_phase(Source& source, SourcePhase phase, std::string reason) {
    source.phase = phase;
    source.reason = std::move(reason);
    source.since = system_wall_now();
    save_sources();
  }

  // Lets the pipeline take its next step and carries it out.
  void pump() {
    const Instant now = monotonic_now();
    Effects effects = pipeline.step(now);
    for (LoadRequest& request : effects.loads) {
      Source& source = source_named(request.source);
      source.pool->submit(std::move(request));
    }
    for (const TaskKey& key : effects.looks) watcher.look(sources[key.source].root, key.path);
    if (sync && !effects.restamps.empty()) {
      std::vector<StampUpdate> stamps;
      for (Restamp& restamp : effects.restamps)
        stamps.push_back(StampUpdate{std::move(restamp.path), restamp.stamp_digest});
      sync->submit_stamps(std::move(stamps));
    }
    if (!effects.events.empty()) {
      for (const TaskEvent& event : effects.events) count(event);
      restocker.forget(effects.events);
      registry.apply(effects.events);
      if (sync) {
        sync->submit(std::move(effects.events));
      } else if (options.callbacks.on_task) {
        for (const TaskEvent& event : effects.events) options.callbacks.on_task(event, 0);
      }
    }
    wake_at(pipeline.next_deadline(), now);
    announce();
  }

  Source& source_named(const std::string& name) {
    return *std::find_if(sources.begin(), sources.end(),
                         [&](const Source& source) { return source.config.name == name; });
  }

  void count(const TaskEvent& event) {
    if (event.kind == TaskEventKind::kAdded) ++summary.added;
    if (event.kind == TaskEventKind::kUpdated) ++summary.updated;
    if (event.kind == TaskEventKind::kRemoved && event.task) ++summary.removed;
  }

  void wake_at(Instant next, Instant now) {
    if (next == kNever) {
      uv_timer_stop(timer.get());
      return;
    }
    const Duration wait = next == Instant::min() ? Duration::zero() : std::max(next - now, Duration::zero());
    uv_update_time(loop);
    uv_timer_start(
        timer.get(),
        [](uv_timer_t* handle) {
          if (Core* self = Handle<uv_timer_t, Core>::owner_of(handle)) self->pump();
        },
        static_cast<std::uint64_t>(std::chrono::ceil<milliseconds>(wait).count()), 0);
  }

  // The database met something that nobody here did.
  void take_surprises(const CommitReport& report) {
    if (options.callbacks.on_conflict) {
      for (const StoredConflict& conflict : report.conflicts) options.callbacks.on_conflict(conflict);
    }
    restocker.want(report.wanted);
    if (!report.stored) return;
    // What was submitted since then is not in it; someone else's writing is looked at again.
    if (report.reopened || report.submits == sync->submits()) {
      restocker.compare(*report.stored, report.reopened);
    }
    if (report.reopened) {
      saved_states.clear();
      save_sources();
    }
  }

  void take_reports() {
    std::vector<CommitReport> taken;
    {
      const std::lock_guard lock(reports_mutex);
      taken.swap(reports);
    }
    for (CommitReport& report : taken) {
      take_surprises(report);
      if (options.callbacks.on_task)
        for (const auto& [event, seq] : report.committed) options.callbacks.on_task(event, seq);
      const bool same = report.health.state == health.state && report.health.attempt == health.attempt;
      health = std::move(report.health);
      if (!same && options.callbacks.on_sync_health) options.callbacks.on_sync_health(health);
    }
    announce();
  }

  bool looked() const {
    return std::none_of(sources.begin(), sources.end(), [](const Source& source) {
      return source.phase == SourcePhase::kLooking;
    });
  }

  bool settled() const {
    if (!looked() || !pipeline.idle()) return false;
    if (!sync) return true;
    return sync->pending() == 0 && restocker.idle() &&
           (options.watch || !sync->looking_for_edits());
  }

  void announce() {
    if (!watching_told && looked()) {
      watching_told = true;
      if (options.callbacks.on_watching) options.callbacks.on_watching();
    }
    const bool now_settled = settled();
    if (now_settled && !settled_told) {
      settled_told = true;
      if (options.callbacks.on_settled) options.callbacks.on_settled();
    } else if (!now_settled) {
      settled_told = false;
    }
  }

  void save_sources() {
    if (!sync) return;
    restocker.retry();
    std::vector<SourceState> states;
    for (const Source& source : sources) states.push_back(state_of(source));
    if (states == saved_states) return;
    saved_states = states;
    sync->submit_sources(std::move(states));
  }

  SourceState state_of(const Source& source) const {
    SourceState state;
    state.name = source.config.name;
    state.root = source.config.root;
    state.status = source.phase == SourcePhase::kUnavailable || source.phase == SourcePhase::kWithheld
                       ? SourceStatus::kUnavailable
                       : SourceStatus::kAvailable;
    state.reason = source.reason;
    state.since = source.since;
    state.last_scan_at = source.last_scan_at;
    const Tree& tree = watcher.reconciler().tree();
    std::uint64_t entries = 0;  // of which every directory but the root is one
    for (std::uint32_t i = 0; i < tree.slots(); ++i) {
      const Directory* directory = tree.at(i);
      if (directory == nullptr || directory->root != source.root || directory->dying) continue;
      ++state.directories;
      entries += directory->entries.size();
      const Mode mode = watcher.reconciler().mode_of(*directory);
      state.native += mode == Mode::kNative;
      state.polled += mode == Mode::kPolled;
    }
    state.files = entries - std::min(entries, std::max<std::uint64_t>(state.directories, 1) - 1);
    if (const Directory* root = watcher.reconciler().root_directory(source.root)) {
      state.root_device = root->self.device;
      state.root_inode = root->self.inode;
    }
    return state;
  }

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
  ServiceSummary summary;
  SyncHealth health;
  bool watching_told = false;
  bool settled_told = false;
  bool hurried = false;  // by flush(): nothing is given time to rest any more
  std::mutex reports_mutex;
  std::vector<CommitReport> reports;  // guarded by reports_mutex
  // Its thread uses what stands above. Null: there is no database.
  std::unique_ptr<TaskSyncService> sync;
};

Service::Service(std::unique_ptr<Core> core) : core_(std::move(core)) {}

Result<std::unique_ptr<Service>> Service::start(uv_loop_t* loop, ServiceOptions options) {
  std::unique_ptr<Store> store;
  StoredState stored;
  if (!options.config.database.empty()) {
    const OpenOptions opening = store_options(options.config);
    Result<std::unique_ptr<Store>> opened = options.wait_for_writer
                                                ? open_when_free(options.config.database, opening)
                                                : Store::open(options.config.database, opening);
    if (!opened.ok()) return opened.status();
    store = std::move(*opened);
    Result<StoredState> loaded = store->load();
    if (!loaded.ok()) return loaded.status();
    stored = std::move(*loaded);
  }
  auto core = std::make_unique<Core>(loop, std::move(options), std::move(store));
  if (Status status = core->begin(std::move(stored)); !status.ok()) return status;
  return std::unique_ptr<Service>(new Service(std::move(core)));
}

Service::~Service() = default;

void Service::flush() {
  core_->hurried = true;
  core_->pipeline.flush(monotonic_now());
  core_->pump();
}

Status Service::stop(std::chrono::milliseconds deadline) {
  if (!core_->sync) return {};
  core_->save_sources();
  return core_->sync->stop(deadline);
}

const Registry& Service::registry() const { return core_->registry; }

ScriptSource& Service::contents() const { return core_->contents; }

Metrics Service::metrics() const { return core_->watcher.metrics(); }

ServiceSummary Service::summary() const {
  ServiceSummary summary = core_->summary;
  const std::shared_ptr<const RegistrySnapshot> tasks = core_->registry.snapshot();
  const std::uint64_t fresh = summary.added + summary.updated;
  summary.unchanged = tasks->size() > fresh ? tasks->size() - fresh : 0;
  summary.invalid = tasks->invalid().size();
  summary.duplicates = tasks->duplicates().size();
  const Metrics metrics = core_->watcher.metrics();
  summary.directories = core_->watcher.reconciler().tree().size();
  summary.files = metrics.files;
  summary.native = metrics.directories[static_cast<std::size_t>(Mode::kNative)];
  summary.polled = metrics.directories[static_cast<std::size_t>(Mode::kPolled)];
  return summary;
}

bool Service::settled() const { return core_->settled(); }

}  // namespace pawl
