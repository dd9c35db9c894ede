#include <algorithm>
#include <utility>

#include "core/ignore.h"
#include "sync/config_check.h"
#include "sync/service_core.h"
#include "sync/source_coverage.h"

namespace pawl {
namespace {

// How directories are watched, at most this often, and a second less often for each thousand that are
// listed.
constexpr Duration kCoveragePause = seconds(2);
constexpr Duration kCoveragePauseEach = milliseconds(1);

constexpr std::uint32_t kLoadsWaitingMax = 512;
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

// So many paths are remembered for the time from change to commit; more are not measured.
constexpr std::size_t kMeasuredMax = 65'536;

}  // namespace

Status Service::Core::add_source(const SourceConfig& config) {
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

Status Service::Core::add_while_running(SourceConfig config) {
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

void Service::Core::remove(Source& source) {
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

void Service::Core::restore(StoredState stored) {
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

Service::Core::Source& Service::Core::source_named(const std::string& name) {
  return *find_source(name);
}

Service::Core::Source* Service::Core::find_source(std::string_view name) {
  const auto at = std::find_if(sources.begin(), sources.end(), [&](const Source& source) {
    return source.config.name == name && source.phase != SourcePhase::kRemoved;
  });
  return at == sources.end() ? nullptr : &*at;
}

void Service::Core::take(const WatchBatch& batch) {
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

void Service::Core::source_looked_at(std::uint32_t index) {
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

void Service::Core::directory_seen(const SeenNotice& seen, Instant now) {
  pipeline.changed(seen.root,
                   Change{.kind = ChangeKind::kCreated,
                          .type = FileType::kDirectory,
                          .via = Via::kScan,
                          .root = seen.root,
                          .path = seen.directory,
                          .known_at = now},
                   now);
}

void Service::Core::look_again(std::uint32_t index) {
  const Directory* root = watcher.reconciler().root_directory(sources[index].root);
  if (!root->entries.empty()) source_looked_at(index);
}

void Service::Core::root_noticed(const RootNotice& notice) {
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

void Service::Core::set_phase(Source& source, SourcePhase phase, std::string reason) {
  source.phase = phase;
  source.reason = std::move(reason);
  source.since = system_wall_now();
  save_sources();
}

void Service::Core::save_sources() {
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

bool Service::Core::take_coverage(std::vector<SourceState>& states, Instant now) {
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

SourceState Service::Core::state_of(const Source& source) const {
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

}  // namespace pawl
