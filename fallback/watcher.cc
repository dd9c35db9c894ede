#include "fallback/watcher.h"

#include <algorithm>
#include <map>
#include <utility>

#include "backends/file_system.h"
#include "backends/handle.h"
#include "backends/lanes.h"
#include "backends/limits.h"
#include "backends/mount_table.h"
#include "backends/native_backend.h"
#include "core/coalesce.h"
#include "fallback/poll_backend.h"

namespace pawl {
namespace {

std::optional<std::uint64_t> watches_max() { return read_watch_limits().watches_max; }

// In a storm, hints are gathered and looked at together: a look for each would cost two changes of
// thread. A storm is this many hints in this time; a change on its own never waits.
constexpr std::uint64_t kStormHints = 8;
constexpr Duration kStormWindow = milliseconds(10);
constexpr Duration kStormPause = milliseconds(4);

NativeOptions native_options() {
  return NativeOptions{.queue_max = read_watch_limits().queue_max.value_or(0)};
}

}  // namespace

Instant monotonic_now() { return from_ns(static_cast<std::int64_t>(uv_hrtime())); }

// Shared only so that a callback that destroys the Watcher does not pull the ground from under the
// turn that called it.
struct Watcher::Core : HintSink, std::enable_shared_from_this<Core> {
  Core(uv_loop_t* loop, WatcherOptions options, std::function<void(WatchBatch)> callback)
      : on_batch(std::move(callback)),
        lose_hint(std::move(options.lose_hint)),
        native(make_native_backend(loop, *this, native_options())),
        poll(loop, *this,
             PollOptions{
                 .interval =
                     [this](DirectoryId id) { return reconciler.poll_interval_wanted(id); }}),
        hybrid(*native, poll,
               HybridOptions{.budget = options.native_watch_budget,
                             .watches_max = watches_max,
                             .retry_min = options.native_retry_min,
                             .retry_max = options.native_retry_max}),
        reconciler(hybrid, options.reconciler),
        file_system(make_file_system()),
        lanes(loop, file_system,
              [this](LookAnswer answer) {
                reconciler.answered(std::move(answer));
                due = true;
              }),
        mounts(loop,
               [this](std::vector<MountPoint> table) {
                 reconciler.mounted(std::move(table));
                 wake();
               }),
        check(this),
        idle(this),
        timer(this) {
    reconciler.mounted(mounts.read());
    uv_check_init(loop, check.get());
    uv_idle_init(loop, idle.get());
    uv_timer_init(loop, timer.get());
    uv_check_start(check.get(), [](uv_check_t* handle) {
      if (Core* self = Handle<uv_check_t, Core>::owner_of(handle)) self->turn();
    });
  }

  // Backends call these from within a turn of the loop; the step comes at its end.
  void hint(DirectoryId directory, std::string_view name, HintKind kind, Via via) override {
    if (via == Via::kNative && lose_hint && lose_hint(directory, name)) return;
    reconciler.heard(monotonic_now());
    reconciler.hint(directory, name, kind, via);
    ++hints;
    due = true;
  }
  void suspect() override {
    reconciler.suspect();
    // The alarm is raised at the end of a turn, perhaps after this core's part of it.
    wake();
  }

  void turn() {
    const Instant now = monotonic_now();
    if (!due && now < reconciler.next_deadline()) return;
    if (now - window_began >= kStormWindow) {
      window_began = now;
      hints = 0;
    }
    if (hints > kStormHints && now - stepped_at < kStormPause && !more) return wake_for(now);
    stepped_at = now;
    due = false;
    const std::shared_ptr<Core> alive = shared_from_this();
    WatchEffects effects;
    reconciler.step(now, effects);
    // What these looks find is the next step's: were it told with this one's, nobody could say what came
    // before `ready`.
    more = look_at_once(effects.looks) || effects.more;
    lanes.submit(std::move(effects.looks));
    wake_for(now);
    if (!restoring.empty()) hold_restored(effects);
    if (effects.changes.empty() && effects.notices.empty()) return;
    link_renames(effects.changes);
    on_batch(WatchBatch{std::move(effects.changes), std::move(effects.notices)});
  }

  // Performs the looks that need no thread. True: there were some.
  bool look_at_once(std::vector<LookRequest>& looks) {
    bool looked = false;
    std::erase_if(looks, [&](LookRequest& request) {
      if (!request.at_once) return false;
      const Instant began = monotonic_now();
      LookAnswer answer = perform(*file_system, std::move(request), room);
      answer.cost = monotonic_now() - began;
      reconciler.answered(std::move(answer));
      return looked = true;
    });
    return looked;
  }

  // What differs from a snapshot is told all at once, so that what was renamed is found to be so.
  void hold_restored(WatchEffects& effects) {
    std::erase_if(effects.changes, [&](Change& change) {
      const auto held = restoring.find(change.root);
      if (held == restoring.end()) return false;
      held->second.add(std::move(change));
      return true;
    });
    for (const Notice& notice : effects.notices) {
      const auto* ready = std::get_if<ReadyNotice>(&notice);
      const auto held = ready == nullptr ? restoring.end() : restoring.find(ready->root);
      if (held == restoring.end()) continue;
      for (Change& change : held->second.take()) effects.changes.push_back(std::move(change));
      restoring.erase(held);
    }
  }

  void wake_for(Instant now) {
    if (more) return wake();
    uv_idle_stop(idle.get());
    const Instant next = due ? stepped_at + kStormPause : reconciler.next_deadline();
    if (next == kNever) {
      uv_timer_stop(timer.get());
      return;
    }
    const auto wait = std::chrono::ceil<milliseconds>(std::max(next - now, Duration::zero()));
    // The loop's own time may be behind by as long as this turn took.
    uv_update_time(uv_handle_get_loop(reinterpret_cast<uv_handle_t*>(timer.get())));
    uv_timer_start(
        timer.get(),
        [](uv_timer_t* handle) {
          if (Core* self = Handle<uv_timer_t, Core>::owner_of(handle)) self->time_is_up();
        },
        static_cast<std::uint64_t>(wait.count()), 0);
  }

  // libuv counts whole milliseconds, so a timer may come a part of one too early; and where nothing else
  // turns the loop nothing else would ever look at the time again.
  void time_is_up() {
    const Instant now = monotonic_now();
    if (!due && now < reconciler.next_deadline()) return wake_for(now);
    turn();
  }

  // Soon, but not from within the caller. An idle handle keeps the loop from waiting.
  void wake() {
    due = true;
    uv_idle_start(idle.get(), [](uv_idle_t*) {});
  }

  std::function<void(WatchBatch)> on_batch;
  std::function<bool(DirectoryId, std::string_view)> lose_hint;
  std::unique_ptr<Backend> native;
  PollBackend poll;
  Hybrid hybrid;
  Reconciler reconciler;
  std::shared_ptr<FileSystem> file_system;
  LookRoom room;
  Lanes lanes;
  MountTable mounts;
  Handle<uv_check_t, Core> check;
  Handle<uv_idle_t, Core> idle;
  Handle<uv_timer_t, Core> timer;
  std::map<std::uint32_t, Coalescer> restoring;  // by root, until it is ready
  bool due = true;
  bool more = false;  // the last step left work
  Instant stepped_at{};
  Instant window_began{};
  std::uint64_t hints = 0;  // since then
};

Watcher::Watcher(uv_loop_t* loop, WatcherOptions options, std::function<void(WatchBatch)> on_batch)
    : core_(std::make_shared<Core>(loop, std::move(options), std::move(on_batch))) {}

Watcher::~Watcher() {
  // Within the callback the turn holds on to the core until it ends, but must see no more of it.
  core_->check.reset();
  core_->idle.reset();
  core_->timer.reset();
}

std::uint32_t Watcher::add_root(RootOptions options) {
  core_->wake();
  return core_->reconciler.add_root(std::move(options), monotonic_now());
}

std::uint32_t Watcher::add_root(RootOptions options, const RootSnapshot& from) {
  core_->wake();
  const std::uint32_t root = core_->reconciler.add_root(std::move(options), monotonic_now(), from);
  core_->restoring.try_emplace(root);
  return root;
}

void Watcher::remove_root(std::uint32_t root) {
  core_->reconciler.remove_root(root);
  core_->restoring.erase(root);
}

bool Watcher::settle() {
  const bool settled = core_->reconciler.settle();
  if (!settled) core_->wake();
  return settled;
}

void Watcher::pause(std::uint32_t root) {
  core_->reconciler.pause(root);
  core_->wake();
}

void Watcher::resume(std::uint32_t root) {
  core_->reconciler.resume(root, monotonic_now());
  core_->wake();
}

void Watcher::rescan(std::uint32_t root) {
  core_->reconciler.rescan(root);
  core_->wake();
}

void Watcher::look(std::uint32_t root, std::string_view path) {
  const Directory* directory = core_->reconciler.root_directory(root);
  if (directory == nullptr || path.size() < directory->name().size()) return;
  const std::string_view below = path.substr(std::min(path.size(), directory->name().size() + 1));
  const std::size_t slash = below.rfind('/');
  const std::string_view parent = slash == std::string_view::npos ? "" : below.substr(0, slash);
  const std::string_view name = slash == std::string_view::npos ? below : below.substr(slash + 1);
  if (const Directory* holder = core_->reconciler.tree().descend(*directory, parent))
    core_->reconciler.hint(holder->id, name.empty() ? "." : name, HintKind::kTouched, Via::kScan);
  core_->wake();
}

const Reconciler& Watcher::reconciler() const { return core_->reconciler; }

Metrics Watcher::metrics() const { return core_->reconciler.metrics(); }

}  // namespace pawl
