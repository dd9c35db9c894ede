#include "sync/task_sync_service.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <random>

#include "sync/backoff.h"
#include "sync/pending_set.h"

namespace pawl {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds kLastDeadline{2};
// After a commit, what comes is gathered for so long: a transaction has a cost of its own, and a
// first sync would otherwise make thousands. What comes after a rest is committed at once.
constexpr std::chrono::milliseconds kGather{20};

std::uint64_t seed_of(const SyncOptions& options) {
  return options.jitter_seed != 0 ? options.jitter_seed : std::random_device{}();
}

}  // namespace

std::string_view sync_state_name(SyncState state) {
  switch (state) {
    case SyncState::kHealthy:
      return "healthy";
    case SyncState::kRetrying:
      return "retrying";
    case SyncState::kFailed:
      return "failed";
  }
  return "failed";
}

// Owned by the service and its thread together, so that a thread which is stuck in a system call
// can be left behind.
struct TaskSyncService::Shared {
  Shared(std::unique_ptr<Store> store_in, SyncOptions options_in)
      : options(std::move(options_in)),
        store(std::move(store_in)),
        backoff(options.retry_delay, options.retry_delay_max, seed_of(options)) {}

  bool may_try() const {
    if (stopping) return !tried_last;
    return !waiting->empty() && health.state != SyncState::kFailed && Steady::now() >= next_at;
  }
  void wait_for_work(std::unique_lock<std::mutex>& lock);
  void attempt(std::unique_lock<std::mutex>& lock);
  void note_failure(Status error);
  void report(std::unique_lock<std::mutex>& lock, CommitReport report);

  const SyncOptions options;
  std::unique_ptr<Store> store;  // the thread's alone, once that runs
  Backoff backoff;               // the thread's alone

  std::mutex mutex;  // guards all that follows
  std::condition_variable work;
  std::condition_variable progress;
  std::optional<PendingSet> waiting;  // from start() on
  std::size_t in_flight = 0;
  bool committing = false;  // until it was reported, too
  SyncHealth health;
  Steady::time_point next_at{};  // not before: the next attempt
  bool stopping = false;
  bool tried_last = false;
  bool finished = false;

  std::mutex report_mutex;  // held during on_report; never taken under `mutex`
  bool abandoned = false;   // guarded by report_mutex
};

void TaskSyncService::Shared::wait_for_work(std::unique_lock<std::mutex>& lock) {
  while (!may_try() && !(stopping && tried_last)) {
    if (!waiting->empty() && health.state != SyncState::kFailed && !stopping) {
      work.wait_until(lock, next_at);
    } else {
      work.wait(lock);
    }
  }
}

void TaskSyncService::Shared::attempt(std::unique_lock<std::mutex>& lock) {
  tried_last = stopping;
  if (waiting->empty()) return;
  SyncBatch batch = waiting->take();
  committing = true;
  in_flight = batch.events.size() + batch.stamps.size() + batch.settled_paths.size();
  lock.unlock();
  const Steady::time_point began = Steady::now();
  Result<std::vector<std::int64_t>> sequence = store->commit(batch, options.wall_now());
  CommitReport done;
  done.took = Steady::now() - began;
  lock.lock();
  in_flight = 0;
  if (sequence.ok()) {
    waiting->committed(batch);
    backoff.reset();
    health = SyncHealth();
    next_at = Steady::now() + kGather;
    done.committed.reserve(batch.events.size());
    for (std::size_t i = 0; i < batch.events.size(); ++i) {
      done.committed.emplace_back(std::move(batch.events[i]), (*sequence)[i]);
    }
  } else {
    waiting->put_back(std::move(batch));
    note_failure(sequence.status());
  }
  done.health = health;
  done.pending = waiting->size();
  report(lock, std::move(done));
  committing = false;
  progress.notify_all();
}

void TaskSyncService::Shared::note_failure(Status error) {
  const std::chrono::milliseconds delay = backoff.next();
  health.attempt = backoff.attempt();
  const bool again = options.retry_on_error && is_transient(error);
  health.state = again ? SyncState::kRetrying : SyncState::kFailed;
  health.next_delay = again ? delay : std::chrono::milliseconds(0);
  health.last_error = std::move(error);
  next_at = Steady::now() + delay;
}

void TaskSyncService::Shared::report(std::unique_lock<std::mutex>& lock, CommitReport report) {
  if (!options.on_report) return;
  lock.unlock();
  {
    const std::lock_guard guard(report_mutex);
    if (!abandoned) options.on_report(std::move(report));
  }
  lock.lock();
}

TaskSyncService::TaskSyncService(std::unique_ptr<Store> store, SyncOptions options)
    : shared_(std::make_shared<Shared>(std::move(store), std::move(options))) {}

TaskSyncService::~TaskSyncService() {
  // Whoever wants to know calls stop().
  static_cast<void>(stop(kLastDeadline));
}

Status TaskSyncService::start() {
  Result<std::vector<std::string>> problems = shared_->store->reader().problem_paths();
  if (!problems.ok()) return problems.status();
  shared_->waiting.emplace(std::move(*problems));
  thread_ = std::thread([shared = shared_] { run(shared); });
  return Status();
}

void TaskSyncService::run(const std::shared_ptr<Shared>& shared) {
  std::unique_lock lock(shared->mutex);
  for (;;) {
    shared->wait_for_work(lock);
    if (shared->stopping && shared->tried_last) break;
    shared->attempt(lock);
  }
  // Closing writes the log back and lets go of the writer's lock; the deadline is for that too.
  std::unique_ptr<Store> store = std::move(shared->store);
  lock.unlock();
  store.reset();
  lock.lock();
  shared->finished = true;
  shared->progress.notify_all();
}

void TaskSyncService::submit(std::vector<TaskEvent> events) {
  const std::lock_guard lock(shared_->mutex);
  shared_->waiting->add(std::move(events));
  shared_->work.notify_one();
}

void TaskSyncService::submit_stamps(std::vector<StampUpdate> stamps) {
  const std::lock_guard lock(shared_->mutex);
  shared_->waiting->add_stamps(std::move(stamps));
  shared_->work.notify_one();
}

void TaskSyncService::submit_sources(std::vector<SourceState> sources) {
  const std::lock_guard lock(shared_->mutex);
  shared_->waiting->set_sources(std::move(sources));
  shared_->work.notify_one();
}

std::size_t TaskSyncService::pending() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->waiting->size() + shared_->in_flight;
}

SyncHealth TaskSyncService::health() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->health;
}

Status TaskSyncService::flush(std::chrono::milliseconds deadline) {
  Shared& shared = *shared_;
  std::unique_lock lock(shared.mutex);
  const auto idle = [&] { return !shared.committing && shared.waiting->empty(); };
  const auto over = [&] {
    return idle() || shared.finished || shared.health.state == SyncState::kFailed;
  };
  shared.progress.wait_for(lock, deadline, over);
  if (idle()) return Status();
  if (!shared.health.last_error.ok()) return shared.health.last_error;
  return Status(Code::kBusy, "commit in time to", "the database");
}

Status TaskSyncService::stop(std::chrono::milliseconds deadline) {
  if (stopped_) return stop_status_;
  stopped_ = true;
  if (!thread_.joinable()) return stop_status_;
  std::unique_lock lock(shared_->mutex);
  shared_->stopping = true;
  shared_->work.notify_one();
  if (shared_->progress.wait_for(lock, deadline, [&] { return shared_->finished; })) {
    if (!shared_->waiting->empty()) stop_status_ = shared_->health.last_error;
    lock.unlock();
    thread_.join();
    return stop_status_;
  }
  lock.unlock();
  {
    const std::lock_guard guard(shared_->report_mutex);
    shared_->abandoned = true;
  }
  thread_.detach();
  stop_status_ = Status(Code::kBusy, "commit in time to", "the database");
  return stop_status_;
}

}  // namespace pawl
