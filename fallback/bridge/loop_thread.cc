#include "fallback/bridge/loop_thread.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>

#include "core/status.h"
#include "fallback/bridge/convert.h"

namespace pawl::watch {
namespace {

Error uv_error(int result, const char* operation) {
  return to_public(Status::from_errno(-result, operation, {}));
}

}  // namespace

struct LoopThread::Shared {
  struct Call {
    const std::function<void()>* work;
    bool done = false;
  };

  // On the thread.
  void run_calls() {
    std::unique_lock lock(mutex);
    while (!calls.empty()) {
      Call* call = calls.front();
      calls.pop_front();
      lock.unlock();
      (*call->work)();
      lock.lock();
      call->done = true;
      done.notify_all();
    }
    if (ending && !uv_is_closing(reinterpret_cast<uv_handle_t*>(&async)))
      uv_close(reinterpret_cast<uv_handle_t*>(&async), nullptr);
  }

  uv_loop_t loop;
  uv_async_t async;
  std::thread thread;
  std::mutex mutex;
  std::condition_variable done;
  std::deque<Call*> calls;  // guarded by mutex, as `done` of each
  bool ending = false;      // guarded by mutex
};

LoopThread::LoopThread(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

Expected<std::unique_ptr<LoopThread>> LoopThread::start() {
  auto shared = std::make_shared<Shared>();
  if (const int result = uv_loop_init(&shared->loop); result != 0)
    return uv_error(result, "make a libuv loop");
  int result = uv_async_init(&shared->loop, &shared->async, [](uv_async_t* async) {
    static_cast<Shared*>(async->data)->run_calls();
  });
  if (result != 0) {
    uv_loop_close(&shared->loop);
    return uv_error(result, "make a handle");
  }
  shared->async.data = shared.get();
  try {
    shared->thread = std::thread([shared] {
      uv_run(&shared->loop, UV_RUN_DEFAULT);
      uv_loop_close(&shared->loop);
    });
  } catch (const std::system_error& error) {
    uv_close(reinterpret_cast<uv_handle_t*>(&shared->async), nullptr);
    uv_run(&shared->loop, UV_RUN_DEFAULT);
    uv_loop_close(&shared->loop);
    return to_public(Status::from_errno(error.code().value(), "start a thread", {}));
  }
  return std::unique_ptr<LoopThread>(new LoopThread(std::move(shared)));
}

LoopThread::~LoopThread() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->ending = true;
    uv_async_send(&shared_->async);
  }
  if (is_current()) {
    shared_->thread.detach();
  } else {
    shared_->thread.join();
  }
}

uv_loop_t* LoopThread::loop() { return &shared_->loop; }

bool LoopThread::is_current() const { return shared_->thread.get_id() == std::this_thread::get_id(); }

void LoopThread::call(const std::function<void()>& work) {
  if (is_current()) return work();
  // Once it is done, a callback on the thread may destroy all of this before the caller is awake.
  const std::shared_ptr<Shared> shared = shared_;
  Shared::Call call{&work};
  std::unique_lock lock(shared->mutex);
  shared->calls.push_back(&call);
  uv_async_send(&shared->async);
  shared->done.wait(lock, [&] { return call.done; });
}

}  // namespace pawl::watch
