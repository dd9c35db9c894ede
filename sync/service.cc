#include "sync/service.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "backends/file_system.h"
#include "backends/handle.h"
#include "backends/heap.h"
#include "core/ignore.h"
#include "core/task/pipeline.h"
#include "core/task/watched_tasks.h"
#include "fallback/watcher.h"
#include "sync/config_check.h"
#include "sync/loader_pool.h"
#include "sync/restocker.h"
#include "sync/source_coverage.h"
#include "sync/store.h"
#include "sync/stored_contents.h"

namespace pawl {
namespace {

constexpr std::size_t kContentCacheMax = std::size_t{32} << 20;
// How the sources fare is written to the database at most this often.
constexpr std::uint64_t kSourceStateMs = 2000;
// How directories are watched, at most this often, and a second less often for each thousand that are
// listed.
constexpr Duration kCoveragePause = seconds(2);
constexpr Duration kCoveragePauseEach = milliseconds(1);
constexpr std::uint32_t kLoadsWaitingMax = 64;
// A load is bound by the processor: more threads than this bring nothing.
std::uint32_t load_threads(std::uint32_t concurrent_max) {
  return std::min(concurrent_max, std::max(2u, uv_available_parallelism()));
}

// To the next of the steps of a quarter, from `least`: the bound moves with what every look costs, and
// that is not written each time.
std::uint64_t rounded(std::uint64_t value, std::uint64_t least) {
  std::uint64_t step = std::max<std::uint64_t>(least, 1);
  while (step < value) step += (step + 3) / 4;
  return step;
}

// What a look at the whole tree found about one source so far.
enum class SourcePhase : std::uint8_t {
  kLooking,
  kReady,
  kUnavailable,
  kWithheld,  // the root is empty, and the database knows tasks of it
  kRemoved,   // the source is no more
};

// What so many events, and the look at all rows that follows the first of them, have left behind in
// the heap is worth giving back.
constexpr std::size_t kReleaseMemoryAfter = 1000;
constexpr Duration kEditsWait = seconds(5);
// So many paths are remembered for the time from change to commit; more are not measured.
constexpr std::size_t kMeasuredMax = 65'536;

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
    bool paused = false;
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
    syncing.open.is_held = options.is_held;
    // Looking once, all of it is looked at before it is done.
    if (!options.watch) syncing.edit_pause = std::chrono::milliseconds(0);
    syncing.hold_edits = true;
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
          Core* self = Handle<uv_timer_t, Core>::owner_of(handle);
          if (self == nullptr) return;
          self->restocker.retry();
          self->save_sources();
          self->announce();
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
          for (LoadResult& result : results) {
            ++counted.reloads;
            counted.reload_failures += result.outcome == LoadOutcome::kRetry;
            counted.reloads_invalid += result.outcome == LoadOutcome::kInvalid;
            pipeline.loaded(std::move(result), now);
          }
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

  Status add_while_running(SourceConfig config) {
    Config changed = options.config;
    changed.sources.push_back(std::move(config));
    SourcePlaces places;
    places.names.resize(changed.sources.size());
    places.uris.resize(changed.sources.size());
    std::vector<ConfigError> errors;
    check_config(changed, false, places, errors);
    if (!errors.empty())
      return Status(Code::kUsage, "add the source", changed.sources.back().root, errors.front().format());
    // Before anything is told of it: restoring is no news.
    pump();
    StoredState stored;
    if (sync && sync->pending() == 0) {
      Result<std::unique_ptr<StoreReader>> reader = StoreReader::open(options.config.database);
      Result<StoredState> loaded = reader.ok() ? (*reader)->load() : reader.status();
      if (!loaded.ok()) return loaded.status();
      const std::string& name = changed.sources.back().name;
      const std::shared_ptr<const RegistrySnapshot> served = registry.snapshot();
      for (StoredTask& task : loaded->tasks)
        if (task.task->source() == name && !served->get(task.task->uuid(), task.task->version()))
          stored.tasks.push_back(std::move(task));
      for (StoredProblem& problem : loaded->problems)
        if (problem.source == name) stored.problems.push_back(std::move(problem));
    }
    options.config = std::move(changed);
    if (Status status = add_source(options.config.sources.back()); !status.ok()) {
      options.config.sources.pop_back();
      return status;
    }
    restore(std::move(stored));
    settled_told = false;
    save_sources();
    return {};
  }

  void remove(Source& source) {
    const auto index = static_cast<SourceIndex>(&source - sources.data());
    source.phase = SourcePhase::kRemoved;
    source.pool.reset();
    watcher.remove_root(source.root);
    pipeline.remove_source(index);
    restocker.remove_source(source.config.name);
    std::erase_if(options.config.sources,
                  [&](const SourceConfig& config) { return config.name == source.config.name; });
    save_sources();
    pump();
  }

  template <class Action>
  Status with_source(std::string_view name, const Action& action) {
    Source* source = find_source(name);
    if (source == nullptr)
      return Status(Code::kNotFound, "find the source", std::string(name), "there is none of that name");
    action(*source);
    return {};
  }

  void restore(StoredState stored) {
    std::vector<RestoredTask> restored;
    restored.reserve(stored.tasks.size() + stored.problems.size());
    for (StoredTask& task : stored.tasks)
      restored.push_back(RestoredTask{std::string(task.task->source()),
                                      std::string(task.task->path()), task.task, task.valid,
                                      std::move(task.errors), task.stamp_digest});
    for (StoredProblem& problem : stored.problems)
      restored.push_back(RestoredTask{problem.source, problem.path, problem.task,
                                      problem.kind == TaskEventKind::kDuplicate,
                                      std::move(problem.errors), problem.stamp_digest});
    for (const RestoredTask& task : restored)
      for (Source& source : sources)
        if (source.config.name == task.source) ++source.restored;
    std::vector<TaskEvent> events = pipeline.restore(restored);
    if (options.callbacks.on_registry) options.callbacks.on_registry(events, true);
    registry.apply(events);
    taken_up += events.size();
  }

  void take(WatchBatch batch) {
    const Instant now = monotonic_now();
    for (const Change& change : batch.changes) {
      if (changed_at.size() < kMeasuredMax) changed_at.try_emplace(change.path, change.known_at);
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
    if (source.phase == SourcePhase::kRemoved) return;
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
    if (source.phase == SourcePhase::kRemoved) return;
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
    // What changed rests first.
    for (std::size_t i = 0; i < sources.size(); ++i)
      if (sources[i].pool && pipeline.pending(static_cast<SourceIndex>(i)) > 0) sources[i].pool->prepare();
    for (const TaskKey& key : effects.looks) watcher.look(sources[key.source].root, key.path);
    if (sync && !effects.restamps.empty()) {
      std::vector<StampUpdate> stamps;
      for (Restamp& restamp : effects.restamps)
        stamps.push_back(StampUpdate{std::move(restamp.path), restamp.stamp_digest});
      sync->submit_stamps(std::move(stamps));
    }
    if (!effects.events.empty()) {
      for (const TaskEvent& event : effects.events) count(event);
      taken_up += effects.events.size();
      restocker.forget(effects.events);
      if (options.callbacks.on_registry) options.callbacks.on_registry(effects.events, false);
      registry.apply(effects.events);
      if (sync) {
        sync->submit(std::move(effects.events), loading());
      } else if (options.callbacks.on_task) {
        for (const TaskEvent& event : effects.events) options.callbacks.on_task(event, 0);
      }
    }
    wake_at(pipeline.next_deadline(), now);
    announce();
  }

  Source& source_named(const std::string& name) {
    return *find_source(name);
  }

  // Null if there is none.
  Source* find_source(std::string_view name) {
    const auto at = std::find_if(sources.begin(), sources.end(), [&](const Source& source) {
      return source.config.name == name && source.phase != SourcePhase::kRemoved;
    });
    return at == sources.end() ? nullptr : &*at;
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
    if (stopping) return;  // the next start finds it
    restocker.want(report.wanted);
    if (!report.stored) return;
    // What was submitted since then is not in it; someone else's writing is looked at again.
    if (report.reopened || report.submits == sync->submits()) {
      restocker.compare(*report.stored, report.reopened, report.committed);
    }
    if (report.reopened) {
      saved_states.clear();
      coverage_saved.reset();
      save_sources();
    }
  }

  void take_reports() {
    std::vector<CommitReport> taken;
    {
      const std::lock_guard lock(reports_mutex);
      taken.swap(reports);
    }
    reports_taken += taken.size();
    for (CommitReport& report : taken) {
      take_surprises(report);
      measure(report);
      if (options.callbacks.on_task)
        for (const auto& [event, seq] : report.committed) options.callbacks.on_task(event, seq);
      const bool same = report.health.state == health.state && report.health.attempt == health.attempt;
      health = std::move(report.health);
      if (!same && options.callbacks.on_sync_health) options.callbacks.on_sync_health(health);
    }
    // The others belong to no task.
    if (settled()) changed_at.clear();
    announce();
  }

  void measure(const CommitReport& report) {
    const bool failed = report.health.attempt > 0;
    ++(failed ? counted.commit_failures : counted.commits);
    if (failed) ++counted.commit_failures_by_code[static_cast<std::size_t>(report.health.last_error.code())];
    const Instant now = monotonic_now();
    for (const auto& [event, seq] : report.committed) {
      Instant first = kNever;
      // The task's own path comes before those of its files.
      auto at = changed_at.lower_bound(event.path);
      while (at != changed_at.end() && at->first.starts_with(event.path)) {
        const bool inside = at->first.size() == event.path.size() || at->first[event.path.size()] == '/';
        if (inside) first = std::min(first, at->second);
        at = inside ? changed_at.erase(at) : std::next(at);
      }
      if (first != kNever) counted.change_to_commit.add(now - first);
    }
  }

  bool loading() const {
    for (std::size_t i = 0; i < sources.size(); ++i)
      if (pipeline.loading(static_cast<SourceIndex>(i)) > 0) return true;
    return false;
  }

  bool looked() const {
    return std::none_of(sources.begin(), sources.end(), [](const Source& source) {
      return source.phase == SourcePhase::kLooking;
    });
  }

  // Everything that was found is committed.
  bool caught_up() const {
    if (!looked() || !pipeline.idle()) return false;
    // What was committed may have to be done once more, and that is known when it is told.
    return !sync ||
           (sync->pending() == 0 && sync->reports() == reports_taken && restocker.idle());
  }

  bool settled() const {
    return caught_up() && (!sync || options.watch || !sync->looking_for_edits());
  }

  void announce() {
    // Where there is no end of what changes, edits are not waited with for ever.
    if (sync && edits_due == kNever && looked()) edits_due = monotonic_now() + kEditsWait;
    if (sync && !edits_begun && (caught_up() || monotonic_now() >= edits_due)) {
      edits_begun = true;
      sync->begin_edits();
    }
    if (!watching_told && looked()) {
      watching_told = true;
      if (options.callbacks.on_watching) options.callbacks.on_watching();
    }
    const bool now_settled = settled();
    if (now_settled && !sync) changed_at.clear();
    if (now_settled && taken_up >= kReleaseMemoryAfter && !(sync && sync->looking_for_edits())) {
      taken_up = 0;
      release_free_memory();
    }
    if (now_settled && !settled_told) {
      settled_told = true;
      if (options.callbacks.on_settled) options.callbacks.on_settled();
    } else if (!now_settled) {
      settled_told = false;
    }
  }

  void save_sources() {
    if (!sync) return;
    std::vector<SourceState> states;
    for (const Source& source : sources)
      if (source.phase != SourcePhase::kRemoved) states.push_back(state_of(source));
    const bool coverage = take_coverage(states, monotonic_now());
    if (states == saved_states && !coverage) return;
    saved_states = states;
    if (coverage)
      for (SourceState& state : saved_states) state.coverage.reset();
    sync->submit_sources(std::move(states));
  }

  // Adds how the directories are watched, if that has changed since it was last written and it is time
  // to. True: it did.
  bool take_coverage(std::vector<SourceState>& states, Instant now) {
    const std::uint64_t changes = watcher.reconciler().coverage_changes();
    if (coverage_saved == changes || (now < coverage_due && !stopping)) return false;
    coverage_saved = changes;
    std::size_t listed = 0;
    auto state = states.begin();
    for (const Source& source : sources) {
      if (source.phase == SourcePhase::kRemoved) continue;
      state->coverage = coverage_of(watcher.reconciler(), source.root, now, system_wall_now());
      listed += state->coverage->size();
      ++state;
    }
    coverage_due = now + kCoveragePause + kCoveragePauseEach * static_cast<std::int64_t>(listed);
    return true;
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
    const RootCounts counts = watcher.reconciler().counts(source.root);
    state.directories = counts.directories;
    state.native = counts.modes[static_cast<std::size_t>(Mode::kNative)];
    state.polled = counts.modes[static_cast<std::size_t>(Mode::kPolled)];
    state.files = counts.files();
    if (state.polled > 0) {
      const Duration bound = watcher.reconciler().poll_interval(source.root);
      state.poll_wanted_ms =
          static_cast<std::uint64_t>(source.config.watch_options.poll_interval.count());
      state.poll_interval_ms = rounded(
          static_cast<std::uint64_t>(std::chrono::ceil<milliseconds>(bound).count()),
          state.poll_wanted_ms);
    }
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

Service::Service(std::unique_ptr<Core> core) : core_(std::move(core)) {}

Result<std::unique_ptr<Service>> Service::start(uv_loop_t* loop, ServiceOptions options) {
  std::unique_ptr<Store> store;
  StoredState stored;
  if (!options.config.database.empty()) {
    OpenOptions opening = store_options(options.config);
    opening.is_held = options.is_held;
    Result<std::unique_ptr<Store>> opened = Store::open(options.config.database, opening);
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
  core_->stopping = true;
  core_->save_sources();
  Status stopped = core_->sync->stop(deadline);
  core_->take_reports();
  return stopped;
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

Status Service::add_source(SourceConfig config) { return core_->add_while_running(std::move(config)); }

Status Service::remove_source(std::string_view name) {
  return core_->with_source(name, [&](auto& source) { core_->remove(source); });
}

Status Service::pause_source(std::string_view name) {
  return core_->with_source(name, [&](auto& source) {
    source.paused = true;
    core_->watcher.pause(source.root);
  });
}

Status Service::resume_source(std::string_view name) {
  return core_->with_source(name, [&](auto& source) {
    source.paused = false;
    core_->watcher.resume(source.root);
  });
}

Status Service::rescan_source(std::string_view name) {
  return core_->with_source(name, [&](auto& source) { core_->watcher.rescan(source.root); });
}

std::vector<SourceReport> Service::sources() const {
  std::vector<SourceReport> reports;
  for (const Core::Source& source : core_->sources) {
    if (source.phase == SourcePhase::kRemoved) continue;
    reports.push_back({core_->state_of(source), source.paused, source.phase == SourcePhase::kLooking});
  }
  return reports;
}

SyncMetrics Service::sync_metrics() const {
  SyncMetrics metrics = core_->counted;
  for (std::size_t i = 0; i < core_->sources.size(); ++i) {
    metrics.debouncing += core_->pipeline.pending(static_cast<SourceIndex>(i));
    metrics.loading += core_->pipeline.loading(static_cast<SourceIndex>(i));
  }
  if (core_->sync) metrics.sync_pending = core_->sync->pending();
  if (metrics.sync_pending > 0) {
    Instant first = kNever;
    for (const auto& [path, at] : core_->changed_at) first = std::min(first, at);
    if (first != kNever) metrics.sync_lag = monotonic_now() - first;
  }
  return metrics;
}

const Reconciler& Service::reconciler() const { return core_->watcher.reconciler(); }

}  // namespace pawl
