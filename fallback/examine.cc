#include "fallback/examine.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace pawl {
namespace {

struct Shared {
  std::mutex mutex;
  std::condition_variable finished;
  Examination so_far;
  std::string at;           // the directory that is being asked
  std::uint64_t steps = 0;  // while this stands still, so does the directory
  bool done = false;
  bool given_up = false;
};

// Between copies of what was found: a copy for each of 100,000 directories would cost more than
// they do.
constexpr std::uint64_t kStepsACopy = 256;  // but for that many at the start

void walk(const std::shared_ptr<Shared>& shared, const std::shared_ptr<FileSystem>& files,
          const std::string& path) {
  TreeWalk tree(*files, path);
  for (bool more = true; more;) {
    {
      std::string next = tree.next();
      const std::lock_guard lock(shared->mutex);
      if (shared->given_up) return;
      shared->at = std::move(next);
      if (++shared->steps < kStepsACopy || shared->steps % kStepsACopy == 0)
        shared->so_far = tree.examination();
    }
    more = tree.step();
  }
  const std::lock_guard lock(shared->mutex);
  shared->so_far = tree.examination();
  shared->done = true;
  shared->finished.notify_all();
}

}  // namespace

Examination examine(std::shared_ptr<FileSystem> files, const std::string& path,
                    const ExamineOptions& options) {
  const auto shared = std::make_shared<Shared>();
  shared->so_far.path = path;
  try {
    std::thread([shared, files = std::move(files), path] { walk(shared, files, path); }).detach();
  } catch (const std::system_error& error) {
    shared->so_far.status =
        Status(Code::kNoMemory, "start a thread for", path, {}, error.code().value());
    return shared->so_far;
  }
  using Clock = std::chrono::steady_clock;
  std::unique_lock lock(shared->mutex);
  std::uint64_t steps = 0;
  Clock::time_point moved = Clock::now();
  while (
      !shared->finished.wait_for(lock, options.progress_interval, [&] { return shared->done; })) {
    if (std::exchange(steps, shared->steps) != shared->steps) moved = Clock::now();
    if (Clock::now() - moved >= options.answer_timeout) {
      shared->given_up = true;
      shared->so_far.stalled_at = shared->at;
      break;
    }
    if (!options.on_progress) continue;
    const std::uint64_t directories = shared->so_far.directories();
    const std::uint64_t found = shared->so_far.files();
    lock.unlock();
    options.on_progress(directories, found);
    lock.lock();
  }
  return shared->so_far;
}

}  // namespace pawl
