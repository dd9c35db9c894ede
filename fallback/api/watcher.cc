#include <pawl/watcher.h>

#include <algorithm>
#include <list>
#include <utility>

#include "backends/fs_path.h"
#include "backends/handle.h"
#include "core/coalesce.h"
#include "core/ignore.h"
#include "fallback/bridge/convert.h"
#include "fallback/bridge/loop_thread.h"
#include "fallback/snapshot_file.h"
#include "fallback/api/queue_state.h"
#include "fallback/watcher.h"

namespace pawl::watch {
namespace {

// How long a snapshot waits for files to rest.
constexpr Duration kSettleMax = seconds(2);

Error usage(const std::string& path, const char* what) {
  return Error(ErrorCode::kUsage, "watch", path, what);
}

Error check(const Options& options) {
  const auto wrong = [](const char* what) { return usage({}, what); };
  if (options.native_watches_percent > 100) return wrong("native_watches_percent is more than 100");
  if (options.debounce.count() < 0) return wrong("debounce is negative");
  if (options.debounce_max < options.debounce) return wrong("debounce_max is less than debounce");
  if (options.debounce_max > kDurationMax) return wrong("debounce_max is longer than a year");
  if (options.answer_timeout.count() <= 0) return wrong("answer_timeout is not positive");
  if (options.answer_timeout > kDurationMax) return wrong("answer_timeout is longer than a year");
  if (!(options.sweep_share > 0 && options.sweep_share <= 1))
    return wrong("sweep_share is not above 0 and at most 1");
  if (options.background_pass_min.count() < 0) return wrong("background_pass_min is negative");
  if (options.background_pass_min > kDurationMax)
    return wrong("background_pass_min is longer than a year");
  return {};
}

Error check(const Root& root) {
  // A zero would end it early, where the system reads it.
  if (root.path.empty() || root.path.find('\0') != std::string::npos)
    return usage(root.path, "not a path");
  if (root.poll_interval.count() <= 0) return usage(root.path, "poll_interval is not positive");
  if (root.poll_interval > kDurationMax)
    return usage(root.path, "poll_interval is longer than a year");
  return {};
}

WatcherOptions inner_options(const Options& options) {
  WatcherOptions inner;
  inner.reconciler.answer_timeout = options.answer_timeout;
  inner.reconciler.sweep_share = options.sweep_share;
  inner.reconciler.background_pass_min = options.background_pass_min;
  inner.native_watch_budget =
      options.native_watches_max
          ? WatchBudget{.percent = false, .value = *options.native_watches_max}
          : WatchBudget{.percent = true, .value = options.native_watches_percent};
  return inner;
}

}  // namespace

// On the loop thread, but for what is said otherwise. Shared so that a callback that destroys the
// Watcher does not pull the ground from under whoever calls it.
struct Watcher::Impl : std::enable_shared_from_this<Impl> {
  // Where batches go.
  struct Sink {
    Callback callback;
    std::shared_ptr<Queue::State> queue;  // instead of the callback
  };

  Impl(Options given, Sink to) : options(std::move(given)), sink(std::move(to)) {}

  void begin(uv_loop_t* on) {
    loop = on;
    timer = Handle<uv_timer_t, Impl>(this);
    uv_timer_init(on, timer.get());
    inner = std::make_unique<pawl::Watcher>(on, inner_options(options),
                                            [this](WatchBatch batch) { take(std::move(batch)); });
  }

  void end() {
    saves.clear();
    inner.reset();
    timer.reset();
    if (sink.queue) sink.queue->close();
  }

  void take(WatchBatch taken) {
    // Until this returns: the callback may let go of the rest.
    const std::shared_ptr<Impl> alive = shared_from_this();
    Batch notices;
    for (const Notice& notice : taken.notices) add_notice(notices, notice);
    if (options.debounce.count() > 0) {
      // What is known when a root is ready, or saved, has been told.
      const bool at_once = !notices.ready.empty() || !saves.empty();
      if (!taken.changes.empty()) hold(std::move(taken.changes), at_once);
      taken.changes.clear();
      if (at_once) taken.changes = held.take();
    }
    deliver(std::move(taken.changes), std::move(notices));
  }

  void hold(std::vector<pawl::Change> changes, bool at_once) {
    const Instant now = monotonic_now();
    if (held.empty()) held_since = now;
    for (pawl::Change& change : changes) held.add(std::move(change));
    if (at_once) return;
    const Instant due = std::min<Instant>(now + options.debounce, held_since + options.debounce_max);
    deliver_in(std::chrono::ceil<std::chrono::milliseconds>(std::max(due - now, Duration::zero())));
  }

  void deliver_in(std::chrono::milliseconds wait) {
    uv_update_time(loop);
    uv_timer_start(
        timer.get(),
        [](uv_timer_t* handle) {
          Impl* self = Handle<uv_timer_t, Impl>::owner_of(handle);
          if (self == nullptr) return;
          const std::shared_ptr<Impl> alive = self->shared_from_this();
          self->deliver(self->held.take(), {});
        },
        static_cast<std::uint64_t>(wait.count()), 0);
  }

  // The last that is done with this: it may be at its end afterwards.
  void deliver(std::vector<pawl::Change> changes, Batch batch) {
    if (changes.empty() && batch.empty()) return;
    if (sink.queue) return sink.queue->push(std::move(changes), std::move(batch));
    batch.changes.reserve(changes.size());
    for (pawl::Change& change : changes) batch.changes.push_back(to_public(std::move(change)));
    sink.callback(std::move(batch));
  }

  Expected<RootId> add_root(Root root) {
    if (Error error = check(root); !error.ok()) return error;
    Result<IgnoreRules> compiled = IgnoreRules::compile(root.ignore);
    if (!compiled.ok()) return to_public(compiled.status());
    std::string path = absolute_path(root.path);
    if (path.empty()) return usage(root.path, "not a path");
    RootOptions inner_root{.path = std::move(path),
                           .recursive = root.recursive,
                           .follow_symlinks = root.follow_symlinks,
                           .allow_empty = root.allow_empty,
                           .backend = static_cast<BackendChoice>(root.backend),
                           .poll_interval = root.poll_interval,
                           .ignored = nullptr};
    if (!compiled->empty())
      inner_root.ignored = [rules = *compiled](std::string_view relative, bool directory) {
        return rules.matches(relative, directory);
      };
    const RootSnapshot* from = find_snapshot(since, inner_root.path);
    if (from == nullptr) return inner->add_root(std::move(inner_root));
    if (from->recursive != root.recursive || from->follow_symlinks != root.follow_symlinks)
      return Error(ErrorCode::kUsage, "start from a snapshot of", root.path,
                   "it was made with other options");
    const RootId added = inner->add_root(std::move(inner_root), *from);
    // Once it is told what has changed since then: a root that goes and comes again begins anew.
    since.erase(since.begin() + (from - since.data()));
    return added;
  }

  void save(std::string file, std::function<void(Error)> done) {
    if (!held.empty()) deliver_in(std::chrono::milliseconds(0));
    const auto save = saves.emplace(saves.end());
    *save = std::make_unique<SnapshotSave>(
        loop, *inner, std::move(file), kSettleMax,
        [this, save, done = std::move(done)](const Status& status) {
          const std::shared_ptr<Impl> alive = shared_from_this();
          const std::unique_ptr<SnapshotSave> finished = std::move(*save);
          saves.erase(save);
          if (done) done(to_public(status));
        });
  }

  Metrics metrics() const {
    Metrics metrics = metrics_of(inner->reconciler());
    metrics.changes_waiting = held.size() + (sink.queue ? sink.queue->waiting() : 0);
    return metrics;
  }

  std::vector<DirectoryCoverage> coverage(RootId root) const {
    std::vector<DirectoryCoverage> found;
    const Reconciler& reconciler = inner->reconciler();
    const Tree& tree = reconciler.tree();
    for (std::uint32_t i = 0; i < tree.slots(); ++i) {
      const Directory* directory = tree.at(i);
      if (directory == nullptr || directory->root != root || directory->dying) continue;
      found.push_back({tree.path(*directory), to_public(reconciler.coverage_of(*directory))});
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return a.directory < b.directory;
    });
    return found;
  }

  // Runs `work` where it belongs. Any thread.
  void run(const std::function<void()>& work) {
    thread ? thread->call(work) : work();
  }

  static Expected<Watcher> open(uv_loop_t* loop, Options options, Sink sink);
  // Any thread. Lets the loop go, and waits for that unless it is in a callback. A callback that
  // runs on the other thread meanwhile still has the Watcher, so that is to keep its pointer until
  // then.
  static void close(std::shared_ptr<Impl> impl);

  const Options options;
  const Sink sink;
  std::unique_ptr<LoopThread> thread;  // null: the loop is the caller's
  std::unique_ptr<pawl::Watcher> inner;
  std::vector<RootSnapshot> since;
  uv_loop_t* loop = nullptr;
  std::list<std::unique_ptr<SnapshotSave>> saves;  // under way
  Handle<uv_timer_t, Impl> timer;
  Coalescer held;
  Instant held_since{};
};

Expected<Watcher> Watcher::Impl::open(uv_loop_t* loop, Options options, Sink sink) {
  if (Error error = check(options); !error.ok()) return error;
  if (!sink.callback && !sink.queue) return usage({}, "there is nobody to be told");
  std::vector<RootSnapshot> since;
  if (!options.since.empty()) {
    Result<std::vector<RootSnapshot>> read = read_snapshot(options.since);
    if (!read.ok()) return to_public(read.status());
    since = std::move(*read);
  }
  auto impl = std::make_shared<Impl>(std::move(options), std::move(sink));
  impl->since = std::move(since);
  if (loop == nullptr) {
    auto thread = LoopThread::start();
    if (!thread) return thread.error();
    impl->thread = std::move(*thread);
    loop = impl->thread->loop();
  }
  impl->run([&] { impl->begin(loop); });
  return Watcher(std::move(impl));
}

void Watcher::Impl::close(std::shared_ptr<Impl> impl) {
  impl->run([&] { impl->end(); });
  // Its thread ends here, or soon if this is its own.
  impl->thread.reset();
}

Expected<Watcher> Watcher::open(uv_loop_s* loop, Options options, Callback callback) {
  return Impl::open(loop, std::move(options), {std::move(callback), nullptr});
}
Expected<Watcher> Watcher::open(uv_loop_s* loop, Options options, Queue queue) {
  return Impl::open(loop, std::move(options), {nullptr, std::move(queue.state_)});
}
Expected<Watcher> Watcher::open(Options options, Callback callback) {
  return Impl::open(nullptr, std::move(options), {std::move(callback), nullptr});
}
Expected<Watcher> Watcher::open(Options options, Queue queue) {
  return Impl::open(nullptr, std::move(options), {nullptr, std::move(queue.state_)});
}

Watcher::Watcher(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Watcher::Watcher(Watcher&&) noexcept = default;
Watcher& Watcher::operator=(Watcher&& other) noexcept {
  if (this != &other) {
    if (impl_) Impl::close(impl_);
    impl_ = std::move(other.impl_);
  }
  return *this;
}
Watcher::~Watcher() {
  if (impl_) Impl::close(impl_);
}

Expected<RootId> Watcher::add_root(Root root) {
  Expected<RootId> added = RootId{0};
  impl_->run([&] { added = impl_->add_root(std::move(root)); });
  return added;
}

void Watcher::remove_root(RootId root) {
  impl_->run([&] { impl_->inner->remove_root(root); });
}
void Watcher::pause(RootId root) {
  impl_->run([&] { impl_->inner->pause(root); });
}
void Watcher::resume(RootId root) {
  impl_->run([&] { impl_->inner->resume(root); });
}
void Watcher::rescan(RootId root) {
  impl_->run([&] { impl_->inner->rescan(root); });
}

void Watcher::save_snapshot(std::string file, std::function<void(Error)> done) {
  impl_->run([&] { impl_->save(std::move(file), std::move(done)); });
}

Metrics Watcher::metrics() const {
  Metrics metrics;
  impl_->run([&] { metrics = impl_->metrics(); });
  return metrics;
}

std::vector<DirectoryCoverage> Watcher::coverage(RootId root) const {
  std::vector<DirectoryCoverage> coverage;
  impl_->run([&] { coverage = impl_->coverage(root); });
  return coverage;
}

}  // namespace pawl::watch
