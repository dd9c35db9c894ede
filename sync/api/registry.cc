#include <pawl/pawl.h>

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <utility>

#include "backends/handle.h"
#include "core/task/content_cache.h"
#include "core/task/registry.h"
#include "fallback/bridge/convert.h"
#include "fallback/bridge/loop_thread.h"
#include "sync/api/access.h"
#include "sync/api/config.h"
#include "sync/api/feed.h"
#include "sync/api/tracker.h"
#include "sync/service.h"
#include "sync/stored_contents.h"

namespace pawl::tasks {
namespace {

constexpr std::size_t kContentCacheMax = std::size_t{32} << 20;  // bytes
constexpr std::chrono::milliseconds kCloseMax{2000};

Error closed() { return Error(ErrorCode::kUsage, "use the registry", {}, "it is closed"); }

}  // namespace

// Callbacks are not called from within the service, but in a turn of the loop of their own: so they
// may do anything to it.
struct Registry::Impl : std::enable_shared_from_this<Impl> {
  Impl(Callbacks given, const Config& config)
      : callbacks(std::move(given)),
        keeps_contents(config.database.empty()),
        contents(kContentCacheMax,
                 [stored = std::make_shared<StoredContents>(config.database)](
                     const pawl::Task& task) { return (*stored)(task); }),
        feed(config.database) {}

  // --- The loop thread -----------------------------------------------------------------------------

  Error begin(uv_loop_t* loop, Config config) {
    async = Handle<uv_async_t, Impl>(this);
    uv_async_init(loop, async.get(), [](uv_async_t* handle) {
      if (Impl* self = Handle<uv_async_t, Impl>::owner_of(handle)) self->tell_all();
    });
    tracker = std::make_shared<Tracker>([this] { uv_async_send(async.get()); });
    ServiceOptions options;
    options.config = std::move(config);
    options.callbacks = service_callbacks();
    options.is_held = [tracker = tracker](std::string_view checksum) {
      return tracker->holds(checksum);
    };
    Result<std::unique_ptr<Service>> started = Service::start(loop, std::move(options));
    if (!started.ok()) {
      end();
      return watch::to_public(started.status());
    }
    service = std::move(*started);
    const std::lock_guard lock(mutex);
    live = &service->registry();
    return {};
  }

  Error close(std::chrono::milliseconds deadline) {
    if (!service) return {};
    const Status status = service->stop(deadline);
    {
      const std::lock_guard lock(mutex);
      last = live->snapshot();
      live = nullptr;
    }
    service.reset();
    return watch::to_public(status);
  }

  void end() {
    (void)close(kCloseMax);
    told.clear();
    ended = true;
    tracker->silence();  // before the handle that it wakes
    tracker.reset();
    async.reset();
  }

  ServiceCallbacks service_callbacks() {
    ServiceCallbacks from;
    from.on_registry = [this](std::vector<TaskEvent>& news, bool restored) {
      take_over(news, restored);
    };
    from.on_task = [this](const TaskEvent& event, std::int64_t seq) { happened(event, seq); };
    from.on_notice = [this](const Notice& notice) {
      watch::Batch batch;
      watch::add_notice(batch, notice);
      if (!batch.empty()) tell([this, batch] { if (callbacks.on_watch) callbacks.on_watch(batch); });
    };
    from.on_watching = [this] { tell([this] { if (callbacks.on_watching) callbacks.on_watching(); }); };
    from.on_settled = [this] {
      // All is committed, so the database has every text that is served. One that was replaced
      // before it could be committed stays for as long as it is held.
      if (!keeps_contents) tracker->forget_contents();
      tell([this] { if (callbacks.on_settled) callbacks.on_settled(); });
    };
    from.on_sync_health = [this](const SyncHealth& health) {
      Error error;
      if (health.state != SyncState::kHealthy) error = watch::to_public(health.last_error);
      tell([this, error] { if (callbacks.on_sync) callbacks.on_sync(error); });
    };
    return from;
  }

  // What the registry serves is from now on held by pointers whose last holder is noticed.
  void take_over(std::vector<TaskEvent>& news, bool restored) {
    const std::shared_ptr<const RegistrySnapshot> before = snapshot();
    std::map<std::string, TaskPtr> served;  // by uuid, where something was
    for (TaskEvent& event : news) {
      if (!event.task) continue;
      if (!restored && event.kind != TaskEventKind::kInvalid && event.kind != TaskEventKind::kDuplicate) {
        if (TaskPtr task = before->get(event.task->uuid()))
          served.emplace(std::string(task->uuid()), std::move(task));
      }
      const bool serves = event.kind == TaskEventKind::kAdded ||
                          event.kind == TaskEventKind::kUpdated ||
                          event.kind == TaskEventKind::kRecovered;
      const TaskPtr was = before->get(event.task->uuid(), event.task->version());
      // Programs may hold on to what they are told of, too.
      event.task = tracker->track(event.task, event.content, serves);
      if (was && (serves ? was != event.task : event.kind == TaskEventKind::kRemoved))
        tracker->supersede(was.get());
    }
    if (callbacks.on_newer && !served.empty())
      tell([this, served = std::move(served)] { tell_newer(served); });
  }

  void tell_newer(const std::map<std::string, TaskPtr>& served) {
    for (const auto& [uuid, before] : served) {
      TaskPtr now = snapshot()->get(uuid);
      if (now && now != before && !(Access::task(now) == Access::task(before)))
        callbacks.on_newer(Access::task(std::move(now)), Access::task(before));
      if (ended) return;
    }
  }

  void happened(const TaskEvent& event, std::int64_t seq) {
    // Without a number it is not in the database yet.
    if (!keeps_contents && seq != 0 && event.task && event.content)
      tracker->forget_content(event.task.get());
    if (!callbacks.on_events) return;
    if (!events) {
      auto next = std::make_shared<std::vector<Event>>();
      tell([this, next] { callbacks.on_events(std::move(*next)); });
      events = std::move(next);
    }
    events->push_back(Access::event(event, seq));
    // What the database was given once more is what is served.
    if (event.task) {
      TaskPtr served = snapshot()->get(event.task->uuid(), event.task->version());
      if (served && served->checksum() == event.task->checksum())
        events->back().task = Access::task(std::move(served));
    }
  }

  void tell(std::function<void()> what) {
    told.push_back(std::move(what));
    events.reset();
    uv_async_send(async.get());
  }

  void tell_all() {
    const std::shared_ptr<Impl> alive = shared_from_this();
    while (!ended && !told.empty()) {
      const std::function<void()> what = std::move(told.front());
      told.pop_front();
      if (told.empty()) events.reset();
      what();
    }
    while (!ended) {
      const std::vector<Released> released = tracker->take_released();
      if (released.empty()) break;
      for (const Released& one : released) {
        const TaskPtr now = snapshot()->get(one.uuid, one.version);
        if (now && now->checksum() == one.checksum) continue;  // removed, and back as it was
        if (callbacks.on_released) callbacks.on_released(one);
        if (ended) return;
      }
    }
  }

  Metrics metrics() const {
    Metrics metrics;
    if (!service) return metrics;
    const SyncMetrics from = service->sync_metrics();
    const std::shared_ptr<const RegistrySnapshot> now = snapshot();
    metrics.watching = watch::metrics_of(service->reconciler());
    metrics.reloads = from.reloads;
    metrics.reload_failures = from.reload_failures;
    metrics.reloads_invalid = from.reloads_invalid;
    metrics.commits = from.commits;
    metrics.commit_failures = from.commit_failures;
    for (std::size_t code = 0; code < kCodes; ++code)
      if (from.commit_failures_by_code[code] > 0)
        metrics.commit_failures_by_code.push_back(
            {static_cast<ErrorCode>(code), from.commit_failures_by_code[code]});
    metrics.tasks = now->size();
    metrics.invalid = now->invalid().size();
    metrics.duplicates = now->duplicates().size();
    metrics.debouncing = from.debouncing;
    metrics.loading = from.loading;
    metrics.sync_pending = from.sync_pending;
    metrics.sync_lag = from.sync_lag;
    metrics.change_to_commit = watch::to_public(from.change_to_commit);
    return metrics;
  }

  std::vector<SourceState> sources() const {
    std::vector<SourceState> states;
    if (!service) return states;
    for (const SourceReport& report : service->sources()) {
      SourceState state{.name = report.state.name,
                        .path = report.state.root,
                        .status = SourceStatus::kAvailable,
                        .reason = report.state.reason,
                        .directories = report.state.directories,
                        .files = report.state.files,
                        .native = report.state.native,
                        .polled = report.state.polled};
      if (report.state.status != pawl::SourceStatus::kAvailable) {
        state.status = SourceStatus::kUnavailable;
      } else if (report.paused) {
        state.status = SourceStatus::kPaused;
      } else if (report.looking) {
        state.status = SourceStatus::kLooking;
      }
      states.push_back(std::move(state));
    }
    return states;
  }

  // --- Any thread ----------------------------------------------------------------------------------

  std::shared_ptr<const RegistrySnapshot> snapshot() const {
    const std::lock_guard lock(mutex);
    return live ? live->snapshot() : last;
  }

  // Runs `work` where it belongs.
  void run(const std::function<void()>& work) { thread ? thread->call(work) : work(); }

  // The same with the service, if it is not closed.
  template <class Work>
  Error steer(const Work& work) {
    Error error;
    run([&] { error = service ? watch::to_public(work(*service)) : closed(); });
    return error;
  }

  static Expected<Registry> open(uv_loop_t* loop, Options options, Callbacks callbacks);
  // As watch::Watcher does it: a callback that runs meanwhile still has the Registry.
  static void destroy(std::shared_ptr<Impl> impl);

  const Callbacks callbacks;
  const bool keeps_contents;  // there is no database that would
  std::unique_ptr<watch::LoopThread> thread;  // null: the loop is the caller's
  Handle<uv_async_t, Impl> async;
  std::shared_ptr<Tracker> tracker;
  std::unique_ptr<Service> service;
  std::deque<std::function<void()>> told;
  std::shared_ptr<std::vector<Event>> events;  // for on_events, if that is the last of `told`
  bool ended = false;

  mutable ContentCache contents;
  mutable Feed feed;
  mutable std::mutex mutex;              // guards what follows
  const pawl::Registry* live = nullptr;  // the service's
  // Once it is closed, and before it is open.
  std::shared_ptr<const RegistrySnapshot> last = std::make_shared<const RegistrySnapshot>();
};

// NOLINTNEXTLINE(performance-unnecessary-value-param): it takes over what the public ones are given
Expected<Registry> Registry::Impl::open(uv_loop_t* loop, Options options, Callbacks callbacks) {
  Expected<Config> config = config_of(options);
  if (!config) return config.error();
  auto impl = std::make_shared<Impl>(std::move(callbacks), *config);
  if (loop == nullptr) {
    auto thread = watch::LoopThread::start();
    if (!thread) return thread.error();
    impl->thread = std::move(*thread);
    loop = impl->thread->loop();
  }
  Error error;
  impl->run([&] { error = impl->begin(loop, std::move(*config)); });
  if (!error.ok()) return error;
  return Registry(std::move(impl));
}

void Registry::Impl::destroy(std::shared_ptr<Impl> impl) {
  impl->run([&] { impl->end(); });
  impl->thread.reset();
}

Expected<Registry> Registry::open(uv_loop_s* loop, Options options, Callbacks callbacks) {
  return Impl::open(loop, std::move(options), std::move(callbacks));
}
Expected<Registry> Registry::open(Options options, Callbacks callbacks) {
  return Impl::open(nullptr, std::move(options), std::move(callbacks));
}

Registry::Registry(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Registry::Registry(Registry&&) noexcept = default;
Registry& Registry::operator=(Registry&& other) noexcept {
  if (this != &other) {
    if (impl_) Impl::destroy(impl_);
    impl_ = std::move(other.impl_);
  }
  return *this;
}
Registry::~Registry() {
  if (impl_) Impl::destroy(impl_);
}

Snapshot Registry::snapshot() const { return Snapshot(impl_->snapshot()); }

Expected<Content> Registry::content(const Task& task) const {
  const TaskPtr& pointer = Access::pointer(task);
  if (!pointer) return Error(ErrorCode::kNotFound, "read a task", {}, "there is none");
  std::shared_ptr<const TaskContent> content;
  if (const std::shared_ptr<Tracker> tracker = impl_->tracker) content = tracker->content(pointer.get());
  if (!content) {
    if (impl_->keeps_contents)
      return Error(ErrorCode::kNotFound, "read", std::string(pointer->path()), "it is not in memory any more");
    Result<std::shared_ptr<const TaskContent>> read = impl_->contents.content(*pointer);
    if (!read.ok()) return watch::to_public(read.status());
    content = std::move(*read);
  }
  return Content{content->metadata, content->input_schema, content->output_schema, content->script};
}

Expected<FeedPage> Registry::changes_since(std::int64_t cursor, std::size_t limit) const {
  return impl_->feed.since(cursor, limit);
}

Error Registry::add_source(Source source) {
  if (Error error = check(source); !error.ok()) return error;
  return impl_->steer([&](Service& service) { return service.add_source(config_of(source)); });
}
Error Registry::remove_source(std::string_view name) {
  return impl_->steer([&](Service& service) { return service.remove_source(name); });
}
Error Registry::pause(std::string_view name) {
  return impl_->steer([&](Service& service) { return service.pause_source(name); });
}
Error Registry::resume(std::string_view name) {
  return impl_->steer([&](Service& service) { return service.resume_source(name); });
}
Error Registry::rescan(std::string_view name) {
  return impl_->steer([&](Service& service) { return service.rescan_source(name); });
}

std::vector<SourceState> Registry::sources() const {
  std::vector<SourceState> states;
  impl_->run([&] { states = impl_->sources(); });
  return states;
}

void Registry::flush() {
  impl_->run([&] {
    if (impl_->service) impl_->service->flush();
  });
}

Metrics Registry::metrics() const {
  Metrics metrics;
  impl_->run([&] { metrics = impl_->metrics(); });
  return metrics;
}

Error Registry::close(std::chrono::milliseconds deadline) {
  Error error;
  using std::chrono::milliseconds;
  const auto limit = std::clamp<milliseconds>(deadline, milliseconds(0), watch::kDurationMax);
  impl_->run([&] { error = impl_->close(limit); });
  return error;
}

}  // namespace pawl::tasks
