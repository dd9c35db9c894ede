#include "sync/loader_pool.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "backends/heap.h"
#include "backends/script/script_checker.h"

namespace pawl {
namespace {

constexpr std::chrono::milliseconds kStopMax(250);
// In a burst the loop is woken for results only this often. To wake it for each costs more than the
// rest of what it does with one.
constexpr std::uint64_t kBurstMs = 5;
// What was read is judged so many at a time, or so many bytes; but nothing waits for what is yet to
// come. See TaskLoader::judge.
constexpr std::size_t kTogetherMax = 32;
constexpr std::size_t kTogetherBytes = std::size_t{1} << 20;
// What a thread may come to use, most of it its script engine's.
constexpr std::size_t kReserve = std::size_t{32} << 20;

}  // namespace

// Shared by the loop thread and the workers, under `mutex`. Outlives the pool if a worker hangs.
struct LoaderPool::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<LoadRequest> requests;
  std::vector<ReadTask> read;  // to be judged, by any of the threads
  std::size_t read_bytes = 0;
  std::vector<LoadResult> results;
  bool told = false;            // the loop knows that there are results
  uv_async_t* async = nullptr;  // null: nobody takes results any more
  std::uint32_t threads = 0;
  std::uint32_t idle = 0;
  std::uint32_t let_go = 0;  // how often that was asked for
  bool stopping = false;

  bool has_work() const { return !requests.empty() || !read.empty(); }
  bool reads_next() const {
    return !requests.empty() && read.size() < kTogetherMax && read_bytes < kTogetherBytes;
  }
  void read_one(std::unique_lock<std::mutex>& lock, TaskLoader& loader, FileSystem& files);
  void judge_all(std::unique_lock<std::mutex>& lock, TaskLoader& loader);
  void tell(LoadResult result);
  void refuse(std::error_code why);
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
  shared_->read.clear();
  shared_->changed.notify_all();
  shared_->changed.wait_for(lock, kStopMax, [this] { return shared_->threads == 0; });
}

// With the mutex.
std::error_code LoaderPool::start_thread() {
  try {
    std::thread(run, shared_, file_system_).detach();
  } catch (const std::system_error& error) {
    return error.code();
  }
  ++shared_->threads;
  return {};
}

void LoaderPool::prepare() {
  const std::lock_guard lock(shared_->mutex);
  if (shared_->threads == 0) static_cast<void>(start_thread());  // or with the first load
}

void LoaderPool::let_go() {
  const std::lock_guard lock(shared_->mutex);
  ++shared_->let_go;
  shared_->changed.notify_all();
}

void LoaderPool::submit(LoadRequest request) {
  const std::lock_guard lock(shared_->mutex);
  shared_->requests.push_back(std::move(request));
  if (shared_->requests.size() <= shared_->idle) {
    shared_->changed.notify_one();
  } else if (shared_->threads < threads_max_) {
    const std::error_code refused = start_thread();
    if (refused && shared_->threads == 0) shared_->refuse(refused);
  }
}

// No thread is to be had: what waits has failed, and may be asked for again.
void LoaderPool::Shared::refuse(std::error_code why) {
  for (LoadRequest& request : requests) {
    LoadResult result;
    result.outcome = LoadOutcome::kRetry;
    result.diagnostics = {{task_path(request), 0, 0,
                           "the task cannot be loaded now: no thread can be started: " + why.message()}};
    result.request = std::move(request);
    tell(std::move(result));
  }
  requests.clear();
}

void LoaderPool::run(const std::shared_ptr<Shared>& shared,
                     const std::shared_ptr<FileSystem>& file_system) {
  {
    reserve_for_thread(kReserve);
    const std::unique_ptr<ScriptChecker> checker = make_script_checker();
    TaskLoader loader(*checker);
    static_cast<void>(checker->check({}, {}));  // so that it is there when it is needed
    std::unique_lock lock(shared->mutex);
    std::uint32_t let_go = shared->let_go;
    while (true) {
      if (!shared->has_work()) {
        lock.unlock();
        loader.rest();
        lock.lock();
      }
      ++shared->idle;
      shared->changed.wait(lock, [&] {
        return shared->stopping || shared->has_work() || shared->let_go != let_go;
      });
      --shared->idle;
      if (shared->reads_next()) {
        shared->read_one(lock, loader, *file_system);
      } else if (shared->has_work()) {
        shared->judge_all(lock, loader);
      } else if (shared->stopping) {
        break;
      } else {
        let_go = shared->let_go;
        lock.unlock();
        if (checker->let_go()) release_free_memory();
        lock.lock();
      }
    }
  }
  const std::lock_guard lock(shared->mutex);
  --shared->threads;
  shared->changed.notify_all();
}

void LoaderPool::Shared::read_one(std::unique_lock<std::mutex>& lock, TaskLoader& loader,
                                  FileSystem& files) {
  LoadRequest request = std::move(requests.front());
  requests.pop_front();
  read.reserve(kTogetherMax);
  // This may take long, and what was read before is not to wait for it.
  if (!read.empty() && idle > 0) changed.notify_one();
  lock.unlock();
  ReadTask task = loader.read(files, std::move(request));
  lock.lock();
  if (task.done) return tell(std::move(task.result));
  read_bytes += task.bytes();
  read.push_back(std::move(task));
}

void LoaderPool::Shared::judge_all(std::unique_lock<std::mutex>& lock, TaskLoader& loader) {
  std::vector<ReadTask> tasks = std::exchange(read, {});
  read_bytes = 0;
  lock.unlock();
  loader.judge(tasks);
  lock.lock();
  for (ReadTask& task : tasks) tell(std::move(task.result));
}

void LoaderPool::Shared::tell(LoadResult result) {
  results.push_back(std::move(result));
  if (async != nullptr && !std::exchange(told, true)) uv_async_send(async);
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
