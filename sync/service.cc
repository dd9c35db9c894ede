#include <utility>

#include "backends/file_system.h"
#include "sync/service_core.h"
#include "sync/stored_contents.h"

namespace pawl {
namespace {

constexpr std::size_t kContentCacheMax = std::size_t{32} << 20;
// How the sources fare is written to the database at most this often.
constexpr std::uint64_t kSourceStateMs = 2000;

}  // namespace

Service::Core::Core(uv_loop_t* on, ServiceOptions given, std::unique_ptr<Store> opened)
    : loop(on),
      options(std::move(given)),
      contents(kContentCacheMax,
               [stored = std::make_shared<StoredContents>(this->options.config.database)](
                   const Task& task) { return (*stored)(task); }),
      file_system(make_file_system()),
      watcher(on, watcher_options(), [this](const WatchBatch& batch) { take(batch); }),
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

WatcherOptions Service::Core::watcher_options() const {
  WatcherOptions watching;
  watching.native_watch_budget = options.config.native_watch_budget;
  return watching;
}

SyncOptions Service::Core::sync_options() {
  SyncOptions syncing;
  if (!options.config.sources.empty()) {
    const WatchOptions& first = options.config.sources.front().watch_options;
    syncing.retry_delay = first.retry_delay;
    syncing.retry_on_error = first.retry_on_error;
  }
  syncing.open = store_options(options.config);
  syncing.open.is_held = options.is_held;
  syncing.open.place_when_done = options.place_when_done;
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

Status Service::Core::begin(StoredState stored) {
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

Service::Service(std::unique_ptr<Core> core) : core_(std::move(core)) {}

Result<std::unique_ptr<Service>> Service::start(uv_loop_t* loop, ServiceOptions options) {
  std::unique_ptr<Store> store;
  StoredState stored;
  if (!options.config.database.empty()) {
    OpenOptions opening = store_options(options.config);
    opening.is_held = options.is_held;
    opening.place_when_done = options.place_when_done;
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
