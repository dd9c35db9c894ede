// Threads that perform looks, one a mount, and a second where a mount has much to be looked at and
// answers for sure: a mount that does not answer holds up only its own.
//
// libuv's pool is not used for this. It has four threads for all loops of the process, and four
// looks at a hung mount would stop every other file operation in it.
#pragma once

#include <uv.h>

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "backends/handle.h"
#include "core/file_system.h"
#include "core/look.h"

namespace pawl {

// Threading: the loop thread, on which `answered` is called too, once for every request.
class Lanes {
 public:
  // `loop` outlives this; `file_system` is kept for as long as a thread may use it.
  Lanes(uv_loop_t* loop, std::shared_ptr<FileSystem> file_system,
        std::function<void(LookAnswer)> answered);
  // Waits for looks under way, but not long for one that hangs: its thread is left to end by itself.
  ~Lanes();
  Lanes(const Lanes&) = delete;

  // Looks of one lane are begun in this order, and performed one at a time unless they say that they
  // may be performed together. Never blocks.
  void submit(std::vector<LookRequest>&& requests);

 private:
  struct Lane;
  struct Outbox;
  // A thread's: it holds what it was started with until it ends.
  static void run(const std::shared_ptr<Lane>& lane, const std::shared_ptr<Outbox>& outbox,
                  const std::shared_ptr<FileSystem>& file_system);
  void submit_to(std::uint32_t index, std::span<LookRequest> requests);
  void refuse(Lane& lane, int os_error);
  void deliver();

  std::shared_ptr<FileSystem> file_system_;
  std::function<void(LookAnswer)> answered_;
  std::map<std::uint32_t, std::shared_ptr<Lane>> lanes_;
  std::shared_ptr<Outbox> outbox_;
  Handle<uv_async_t, Lanes> async_;
};

}  // namespace pawl
