// A libuv loop on a thread of its own, and calls into it.
#pragma once

#include <pawl/error.h>
#include <uv.h>

#include <functional>
#include <memory>

namespace pawl::watch {

class LoopThread {
 public:
  // kInstanceLimit, kNoMemory: the loop or the thread could not be made.
  static Expected<std::unique_ptr<LoopThread>> start();
  // Ends the thread once all handles on its loop are closed. Waits for that, unless it is called on
  // the thread itself.
  // REQUIRES: nobody is in call(), save one whose work is done.
  ~LoopThread();
  LoopThread(const LoopThread&) = delete;

  uv_loop_t* loop();
  // Whoever asks is this thread.
  bool is_current() const;
  // Runs `work` on the thread and waits for it; at once if it is this one.
  void call(const std::function<void()>& work);

 private:
  struct Shared;
  explicit LoopThread(std::shared_ptr<Shared> shared);
  std::shared_ptr<Shared> shared_;
};

}  // namespace pawl::watch
