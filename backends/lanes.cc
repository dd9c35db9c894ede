#include "backends/lanes.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "backends/thread_clock.h"

namespace pawl {
namespace {

// A thread that has had nothing to do for so long ends; the next look starts another.
constexpr std::chrono::seconds kIdleMax(10);
// How long the destructor waits for a look under way.
constexpr std::chrono::milliseconds kStopMax(250);
// Answers that wait for this many others before the loop is woken, so as not to wake it for each; but
// not for so long: a slow disk is no hanging one.
constexpr std::size_t kAnswersMax = 64;
constexpr std::chrono::milliseconds kAnswersWait(5);

// Looks that a thread takes at a time. Where more wait, and may be performed together, a second thread
// takes its share: a first scan is bound by system calls, and twice as quick on two cores.
constexpr std::size_t kTakenMax = 32;
constexpr unsigned kThreadsMax = 2;

}  // namespace

// Shared by the loop thread and the lane's own threads, under `mutex`.
struct Lanes::Lane {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<LookRequest> requests;
  unsigned running = 0;                // threads
  unsigned idle = 0;                   // of them, those that wait for requests
  std::atomic<bool> stopping = false;  // read without the mutex, between two looks
};

// Shared by all threads. Outlives the Lanes if a thread hangs.
struct Lanes::Outbox {
  std::mutex mutex;
  std::vector<LookAnswer> answers;
  uv_async_t* async = nullptr;  // null: nobody takes them any more

  void put(std::vector<LookAnswer>& ready) {
    const std::lock_guard lock(mutex);
    for (LookAnswer& answer : ready) answers.push_back(std::move(answer));
    ready.clear();
    if (async != nullptr) uv_async_send(async);
  }
};

Lanes::Lanes(uv_loop_t* loop, std::shared_ptr<FileSystem> file_system,
             std::function<void(LookAnswer)> answered)
    : file_system_(std::move(file_system)),
      answered_(std::move(answered)),
      outbox_(std::make_shared<Outbox>()),
      async_(this) {
  uv_async_init(loop, async_.get(), [](uv_async_t* handle) {
    if (Lanes* self = Handle<uv_async_t, Lanes>::owner_of(handle)) self->deliver();
  });
  outbox_->async = async_.get();
}

Lanes::~Lanes() {
  {
    const std::lock_guard lock(outbox_->mutex);
    outbox_->async = nullptr;
  }
  for (auto& [index, lane] : lanes_) {
    const std::lock_guard lock(lane->mutex);
    lane->stopping = true;
    lane->requests.clear();
    lane->changed.notify_all();
  }
  const auto deadline = std::chrono::steady_clock::now() + kStopMax;
  for (auto& indexed : lanes_) {
    Lane& lane = *indexed.second;
    std::unique_lock lock(lane.mutex);
    lane.changed.wait_until(lock, deadline, [&] { return lane.running == 0; });
  }
}

void Lanes::submit(std::vector<LookRequest>&& requests) {
  // One after another of a lane's, so that its thread is woken once.
  std::size_t begin = 0;
  while (begin < requests.size()) {
    std::size_t end = begin + 1;
    while (end < requests.size() && requests[end].lane == requests[begin].lane) ++end;
    submit_to(requests[begin].lane, std::span(requests).subspan(begin, end - begin));
    begin = end;
  }
}

void Lanes::submit_to(std::uint32_t index, std::span<LookRequest> requests) {
  std::shared_ptr<Lane>& lane = lanes_[index];
  if (!lane) lane = std::make_shared<Lane>();
  std::unique_lock lock(lane->mutex);
  for (LookRequest& request : requests) lane->requests.push_back(std::move(request));
  if (lane->idle > 0) {
    // Without the mutex: who is woken wants it, and would have to wait for it, which costs a change of
    // thread more in the way of every change.
    lock.unlock();
    return lane->changed.notify_all();
  }
  const bool share = lane->requests.size() > kTakenMax && lane->requests.back().together;
  if (lane->running >= (share ? kThreadsMax : 1)) return;
  try {
    std::thread(run, lane, outbox_, file_system_).detach();
    ++lane->running;
  } catch (const std::system_error& error) {
    if (lane->running == 0) refuse(*lane, error.code().value());
  }
}

// No thread is to be had: every look has failed, and may be asked for again.
void Lanes::refuse(Lane& lane, int os_error) {
  std::vector<LookAnswer> answers;
  for (const LookRequest& request : lane.requests) {
    LookAnswer answer;
    answer.kind = request.kind;
    answer.directory = request.directory;
    answer.lane = request.lane;
    answer.number = request.number;
    answer.status = Status(Code::kNoMemory, "start a thread for", request.path, {}, os_error);
    answers.push_back(std::move(answer));
  }
  lane.requests.clear();
  outbox_->put(answers);
}

void Lanes::run(const std::shared_ptr<Lane>& lane, const std::shared_ptr<Outbox>& outbox,
                const std::shared_ptr<FileSystem>& file_system) {
  LookRoom room;
  std::vector<LookRequest> requests;
  std::vector<LookAnswer> ready;
  std::unique_lock lock(lane->mutex);
  while (true) {
    ++lane->idle;
    lane->changed.wait_for(lock, kIdleMax,
                           [&] { return lane->stopping || !lane->requests.empty(); });
    --lane->idle;
    if (lane->requests.empty()) break;
    using Clock = std::chrono::steady_clock;
    Clock::time_point put_at = Clock::now();
    Duration before = thread_cpu_time();
    // What they cost is shared out among the looks of one put: reading this clock is a system call,
    // and a look may be no more than four.
    const auto put = [&] {
      const Duration after = thread_cpu_time();
      for (LookAnswer& answer : ready)
        answer.cost = (after - before) / static_cast<std::int64_t>(ready.size());
      before = after;
      put_at = Clock::now();
      outbox->put(ready);
    };
    while (!lane->requests.empty()) {
      requests.clear();
      while (!lane->requests.empty() && requests.size() < kTakenMax) {
        requests.push_back(std::move(lane->requests.front()));
        lane->requests.pop_front();
      }
      lock.unlock();
      for (LookRequest& request : requests) {
        if (lane->stopping) break;
        ready.push_back(perform(*file_system, std::move(request), room));
        if (ready.size() >= kAnswersMax || Clock::now() - put_at >= kAnswersWait) put();
      }
      lock.lock();
    }
    lock.unlock();
    if (!ready.empty()) put();
    lock.lock();
  }
  --lane->running;
  lane->changed.notify_all();
}

void Lanes::deliver() {
  std::vector<LookAnswer> answers;
  {
    const std::lock_guard lock(outbox_->mutex);
    answers.swap(outbox_->answers);
  }
  for (LookAnswer& answer : answers) answered_(std::move(answer));
}

}  // namespace pawl
