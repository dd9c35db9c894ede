#include "sync/loader_pool.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "backends/script/script_checker.h"

namespace pawl {
namespace {

constexpr std::chrono::milliseconds kStopMax(250);
// In a burst the loop is woken for results only this often. To wake it for each costs more than the
// rest of what it does with one.
constexpr std::uint64_t kBurstMs = 2;

}  // namespace

// Shared by the loop thread and the workers, under `mutex`. Outlives the pool if a worker hangs.
struct LoaderPool::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<LoadRequest> requests;
  std::vector<LoadResult> results;
  bool told = false;            // the loop knows that there are results
  uv_async_t* async = nullptr;  // null: nobody takes results any more
  std::uint32_t threads = 0;
  std::uint32_t idle = 0;
  bool stopping = false;
};

LoaderPool::LoaderPool(uv_loop_t* loop, std::shared_ptr<FileSystem> file_system,
                       std::uint32_t threads_max,
                       std::function<void(std::vector<LoadResult>)> loaded)
    : file_system_(std::move(file_system)),
      threads_max_(threads_max),
      loaded_(std::move(loaded)),
      shared_(std::make_shared<Shared>()),
      async_(this),
      timer_(this) {
  uv_async_init(loop, async_.get(), [](uv_async_t* handle) {
    if (LoaderPool* self = Handle<uv_async_t, LoaderPool>::owner_of(handle))
      self->results_are_there();
  });
  uv_timer_init(loop, timer_.get());
  shared_->async = async_.get();
}

LoaderPool::~LoaderPool() {
  std::unique_lock lock(shared_->mutex);
  shared_->async = nullptr;
  shared_->stopping = true;
  shared_->requests.clear();
  shared_->changed.notify_all();
  shared_->changed.wait_for(lock, kStopMax, [this] { return shared_->threads == 0; });
}

void LoaderPool::submit(LoadRequest request) {
  const std::lock_guard lock(shared_->mutex);
  shared_->requests.push_back(std::move(request));
  if (shared_->requests.size() <= shared_->idle) {
    shared_->changed.notify_one();
  } else if (shared_->threads < threads_max_) {
    ++shared_->threads;
    std::thread(run, shared_, file_system_).detach();
  }
}

void LoaderPool::run(std::shared_ptr<Shared> shared, std::shared_ptr<FileSystem> file_system) {
  {
    const std::unique_ptr<ScriptChecker> checker = make_script_checker();
    TaskLoader loader(*checker);
    std::unique_lock lock(shared->mutex);
    while (true) {
      ++shared->idle;
      shared->changed.wait(lock, [&] { return shared->stopping || !shared->requests.empty(); });
      --shared->idle;
      if (shared->requests.empty()) break;
      LoadRequest request = std::move(shared->requests.front());
      shared->requests.pop_front();
      lock.unlock();
      LoadResult result = loader.load(*file_system, std::move(request));
      lock.lock();
      shared->results.push_back(std::move(result));
      if (shared->async != nullptr && !std::exchange(shared->told, true))
        uv_async_send(shared->async);
    }
  }
  const std::lock_guard lock(shared->mutex);
  --shared->threads;
  shared->changed.notify_all();
}

void LoaderPool::results_are_there() {
  if (uv_hrtime() - delivered_at_ >= kBurstMs * 1'000'000) return deliver();
  uv_timer_start(
      timer_.get(),
      [](uv_timer_t* handle) {
        if (LoaderPool* self = Handle<uv_timer_t, LoaderPool>::owner_of(handle)) self->deliver();
      },
      kBurstMs, 0);
}

void LoaderPool::deliver() {
  delivered_at_ = uv_hrtime();
  std::vector<LoadResult> results;
  {
    const std::lock_guard lock(shared_->mutex);
    results.swap(shared_->results);
    shared_->told = false;
  }
  if (!results.empty()) loaded_(std::move(results));
}

}  // namespace pawl
