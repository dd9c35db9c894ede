// Watches directory trees on a libuv loop: the reconciler with its backends, its lanes and a timer.
#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "core/change.h"
#include "core/notice.h"
#include "core/reconciler.h"
#include "fallback/hybrid.h"

namespace pawl {

struct WatcherOptions {
  ReconcilerOptions reconciler;
  WatchBudget native_watch_budget;
  // Of attempts to return to native, as in HybridOptions.
  Duration native_retry_min = seconds(1);
  Duration native_retry_max = seconds(60);
  // Native hints for which it is true never arrive: how a test, or a drill, has the kernel lose
  // them. Empty: none is lost.
  std::function<bool(DirectoryId directory, std::string_view name)> lose_hint;
};

// What one turn of the loop has brought, in the order in which it is to be applied.
struct WatchBatch {
  std::vector<Change> changes;
  std::vector<Notice> notices;
};

// Threading: everything, the callback too, on the thread that runs `loop`.
class Watcher {
 public:
  // `loop` outlives this, and runs one more turn after its destruction to free the handles.
  // `on_batch` may destroy the Watcher.
  Watcher(uv_loop_t* loop, WatcherOptions options, std::function<void(WatchBatch)> on_batch);
  // Stops watching. Returns within 250 ms even if a mount hangs. No callback follows.
  ~Watcher();
  Watcher(const Watcher&) = delete;

  // Starts watching a root; its index is what changes and notices name it by. A root that is not
  // there is reported as unavailable and watched as soon as it is.
  std::uint32_t add_root(RootOptions options);
  // The same, and what changed since `from` was made is told, in one batch, as the root gets ready.
  // REQUIRES: `from` was made with the same `recursive` and `follow_symlinks`.
  std::uint32_t add_root(RootOptions options, const RootSnapshot& from);
  void remove_root(std::uint32_t root);
  // As Reconciler::pause and resume.
  void pause(std::uint32_t root);
  void resume(std::uint32_t root);
  // Compares everything below the root with the disk.
  void rescan(std::uint32_t root);

  // Has the absolute `path` below the root looked at, as if a hint had come.
  void look(std::uint32_t root, std::string_view path);

  // As Reconciler::settle. Changes that are told meanwhile are in what snapshot() says.
  bool settle();

  const Reconciler& reconciler() const;
  Metrics metrics() const;

 private:
  struct Core;
  std::shared_ptr<Core> core_;
};

// Now, on the clock that Changes are timed with: CLOCK_MONOTONIC (uv_hrtime).
Instant monotonic_now();

}  // namespace pawl
