// Threads that load tasks: read, check, hash. Those of one source are its own, so that a mount that
// hangs holds up no other source.
#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <system_error>
#include <vector>

#include "backends/handle.h"
#include "core/file_system.h"
#include "core/task/loader.h"

namespace pawl {

// Threading: the loop thread, on which `loaded` is called too, with the loads that ended since.
class LoaderPool {
 public:
  // `loop` outlives this. At most `threads_max` loads are under way at once; a thread is started
  // when one is first needed. Results of a burst come together, a few milliseconds apart; the first
  // comes at once.
  LoaderPool(uv_loop_t* loop, std::shared_ptr<FileSystem> file_system, std::uint32_t threads_max,
             std::function<void(std::vector<LoadResult>)> loaded);
  // Drops what has not begun and waits for the rest, but not long for a load that hangs: its thread
  // is left to end by itself.
  ~LoaderPool();
  LoaderPool(const LoaderPool&) = delete;

  // Loads are to come soon: a thread is started, and the engine that checks scripts in it. That takes
  // 15 ms, which the first change after a start would else wait for.
  void prepare();
  // Never blocks.
  void submit(LoadRequest request);
  // What the threads keep of what they loaded, if it is much, is given back to the system, by them. For when
  // a large load is done. Never blocks.
  void let_go();

 private:
  struct Shared;
  // A thread's: it holds what it was started with until it ends.
  static void run(const std::shared_ptr<Shared>& shared,
                  const std::shared_ptr<FileSystem>& file_system);
  std::error_code start_thread();
  void results_are_there();
  void deliver();

  std::shared_ptr<FileSystem> file_system_;
  std::uint32_t threads_max_;
  std::function<void(std::vector<LoadResult>)> loaded_;
  std::shared_ptr<Shared> shared_;
  Handle<uv_async_t, LoaderPool> async_;
  Handle<uv_timer_t, LoaderPool> timer_;
  std::uint64_t delivered_at_ = 0;  // uv_hrtime
};

}  // namespace pawl
