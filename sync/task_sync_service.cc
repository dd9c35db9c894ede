#include "sync/task_sync_service.h"

#include <algorithm>
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
// Rows in one piece of the look for edits: some MB.
constexpr std::int64_t kEditRows = 200;
// Bytes of the log that are let stand while there is nothing to do, and while there is.
constexpr std::uint64_t kLogIdle = 4 << 20;
constexpr std::uint64_t kLogMax = 64 << 20;
// After a commit, what comes is gathered for so long: a transaction has a cost of its own, and a
// first sync would otherwise make thousands. What comes after a rest is committed at once.
constexpr std::chrono::milliseconds kGather{20};
// And for so long, or until so much waits, where more is known to be on its way: each transaction
// of a first sync writes most pages of the indexes by uuid once more.
constexpr std::chrono::milliseconds kGatherMore{100};
constexpr std::size_t kGatheredMax = 1000;

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
        path(store->path()),
        edits_left(options.look_for_edits),
        backoff(options.retry_delay, options.retry_delay_max, seed_of(options)),
        looking(options.look_for_edits),
        hold_edits(options.hold_edits),
        at_its_place(store->at_its_place()) {}

  bool wants_to_try() const {
    // A file in whose place something strange was put may come back. After a failure what waits may
    // have come to nothing: then it is tried whether all is well again.
    return lost || health.state == SyncState::kRetrying ||
           (!waiting->empty() && health.state != SyncState::kFailed);
  }
  bool may_try() const {
    if (stopping) return !tried_last;
    return wants_to_try() && Steady::now() >= due();
  }
  bool gathers() const { return more_soon && !waiting->empty() && waiting->size() < kGatheredMax; }
  Steady::time_point due() const { return gathers() ? next_at + (kGatherMore - kGather) : next_at; }
  bool may_do_chores() const { return !stopping && !lost && Steady::now() >= chores_at; }
  void do_chores(std::unique_lock<std::mutex>& lock);
  Status chores(CommitReport& done, bool idle, bool may_look);
  Status look_for_edits(CommitReport& done);
  void trim_log(bool idle);
  Status reopen(CommitReport& done);
  void take_stored(const CommitReport& done);
  void give_up(Status error, CommitReport done, std::unique_lock<std::mutex>& lock);
  void wait_for_work(std::unique_lock<std::mutex>& lock);
  void attempt(std::unique_lock<std::mutex>& lock);
  void note_failure(Status error);
  void report(std::unique_lock<std::mutex>& lock, CommitReport report);

  const SyncOptions options;
  std::unique_ptr<Store> store;  // the thread's alone, once that runs; null: it was lost
  std::string path;              // of the store
  std::int64_t feed_after = 0;   // the thread's alone, as all to the next empty line
  std::int64_t edits_after = 0;  // rows up to here were looked at
  bool edits_left = false;
  bool edits_again = false;  // someone wrote while they were looked for
  Steady::time_point state_at{};  // not before: the next look at what someone wrote
  bool others_wrote = false;
  std::uint64_t log_trimmed = 0;  // size of the log after it was last cut
  bool holds_memory = true;       // the store may; it is given up when there is nothing to do
  Backoff backoff;                // the thread's alone

  std::mutex mutex;  // guards all that follows
  std::condition_variable work;
  std::condition_variable progress;
  std::optional<PendingSet> waiting;  // from start() on
  std::size_t in_flight = 0;
  std::uint64_t submits = 0;
  std::uint64_t reports = 0;
  bool more_soon = false;  // see submit()
  bool lost = false;       // the database's file is gone or another
  bool looking = false;  // for edits
  bool hold_edits = false;
  Steady::time_point chores_at{};
  bool committing = false;  // until it was reported, too
  SyncHealth health;
  Steady::time_point next_at{};  // not before: the next attempt
  bool stopping = false;
  bool tried_last = false;
  bool at_its_place;  // the database is; else it comes there at the end
  Status placed;      // what came of that
  bool finished = false;

  std::mutex report_mutex;  // held during on_report; never taken under `mutex`
  bool abandoned = false;   // guarded by report_mutex
};

void TaskSyncService::Shared::wait_for_work(std::unique_lock<std::mutex>& lock) {
  while (!may_try() && !may_do_chores() && !(stopping && tried_last)) {
    Steady::time_point until = chores_at;
    if (lost) until = next_at;
    if (wants_to_try()) until = std::min(until, due());
    work.wait_until(lock, until);
  }
}

void TaskSyncService::Shared::attempt(std::unique_lock<std::mutex>& lock) {
  tried_last = stopping;
  if (waiting->empty() && !lost && health.state != SyncState::kRetrying) return;
  committing = true;
  CommitReport done;
  lock.unlock();
  const Steady::time_point began = Steady::now();
  if (Status ready = reopen(done); !ready.ok()) {
    lock.lock();
    lost = store == nullptr;
    return give_up(std::move(ready), std::move(done), lock);
  }
  lock.lock();
  lost = false;
  at_its_place = store->at_its_place();
  take_stored(done);
  SyncBatch batch = waiting->take();
  more_soon = false;
  in_flight = batch.events.size() + batch.stamps.size() + batch.settled_paths.size();
  lock.unlock();
  holds_memory = true;
  Result<std::vector<std::int64_t>> sequence = store->commit(batch, options.wall_now());
  done.took = Steady::now() - began;
  if (sequence.ok()) {
    done.conflicts = store->take_conflicts();
    done.wanted = store->take_wanted();
    trim_log(false);
  }
  lock.lock();
  in_flight = 0;
  if (!sequence.ok()) {
    waiting->put_back(std::move(batch));
    return give_up(sequence.status(), std::move(done), lock);
  }
  waiting->committed(batch);
  backoff.reset();
  if (health.state != SyncState::kHealthy) store->tell_others({});
  health = SyncHealth();
  next_at = Steady::now() + kGather;
  done.committed.reserve(batch.events.size());
  for (std::size_t i = 0; i < batch.events.size(); ++i) {
    if ((*sequence)[i] == 0) continue;  // wanted
    done.committed.emplace_back(std::move(batch.events[i]), (*sequence)[i]);
  }
  report(lock, std::move(done));
  committing = false;
  progress.notify_all();
}

void TaskSyncService::Shared::give_up(Status error, CommitReport done,
                                      std::unique_lock<std::mutex>& lock) {
  note_failure(std::move(error));
  report(lock, std::move(done));
  committing = false;
  progress.notify_all();
}

// The file may have gone, or another one have come in its place: then it is opened anew, or made.
// The feed of the new one goes on with the numbers of the old one.
Status TaskSyncService::Shared::reopen(CommitReport& done) {
  if (store != nullptr && !store->replaced()) return Status();
  if (store != nullptr) {
    feed_after = std::max(feed_after, store->last_seq());
    store->leave_replaced();
  }
  store.reset();
  OpenOptions open = options.open;
  open.feed_after = feed_after;
  Result<std::unique_ptr<Store>> opened = Store::open(path, open);
  if (!opened.ok()) return opened.status();
  Result<StoredState> state = (*opened)->load();
  if (!state.ok()) return state.status();
  store = std::move(*opened);
  done.stored = std::make_shared<const StoredState>(std::move(*state));
  done.reopened = true;
  edits_after = 0;
  edits_left = true;
  return Status();
}

// What waits was thought of for the file before.
void TaskSyncService::Shared::take_stored(const CommitReport& done) {
  if (!done.reopened) return;
  SyncBatch batch = waiting->take();
  std::vector<std::string> paths;
  for (const StoredProblem& problem : done.stored->problems) paths.push_back(problem.path);
  waiting.emplace(std::move(paths));
  waiting->put_back(std::move(batch));
}

// What is to be done now and then: is the file still there, has someone written into it, is the log
// too long?
void TaskSyncService::Shared::do_chores(std::unique_lock<std::mutex>& lock) {
  CommitReport done;
  done.submits = submits;
  const bool idle = waiting->empty();
  const bool may_look = !hold_edits;
  lock.unlock();
  const bool gone = store->replaced();
  const Status status = gone ? Status() : chores(done, idle, may_look);
  const bool news = done.stored || !done.conflicts.empty() || !done.wanted.empty();
  lock.lock();
  // Their errors are not told: a commit has the same ones, and a look is repeated.
  const bool looked = looking && !edits_left;
  looking = edits_left;
  chores_at =
      Steady::now() +
      (edits_left && !hold_edits && status.ok() ? options.edit_pause : options.chore_interval);
  if (gone) {
    lost = true;
    next_at = Steady::now();
  }
  if (news || looked) report(lock, std::move(done));
  progress.notify_all();
}

Status TaskSyncService::Shared::chores(CommitReport& done, bool idle, bool may_look) {
  Result<bool> wrote = store->others_wrote();
  if (!wrote.ok()) return wrote.status();
  if (*wrote) {
    others_wrote = true;
    // Begun anew at each write, a look would never come to the end where someone writes steadily.
    edits_again = edits_left;
    edits_left = true;
  }
  trim_log(idle);
  if (others_wrote && idle && Steady::now() >= state_at) {
    Result<StoredState> state = store->load();
    if (!state.ok()) return state.status();
    done.stored = std::make_shared<const StoredState>(std::move(*state));
    others_wrote = false;
    holds_memory = true;
    state_at = Steady::now() + options.state_interval;
  }
  if (edits_left && may_look) {
    holds_memory = true;
    return look_for_edits(done);
  }
  if (idle && std::exchange(holds_memory, false)) store->release_memory();
  return Status();
}

Status TaskSyncService::Shared::look_for_edits(CommitReport& done) {
  Result<EditScan> scan = store->find_edited(edits_after, kEditRows);
  if (!scan.ok()) return scan.status();
  if (!scan->edited.empty()) {
    if (Status settled = store->settle_edited(scan->edited, options.wall_now()); !settled.ok()) {
      return settled;
    }
    done.conflicts = store->take_conflicts();
    done.wanted = store->take_wanted();
  }
  edits_after = scan->done ? 0 : scan->last;
  edits_left = !scan->done || std::exchange(edits_again, false);
  if (!edits_left) store->release_memory();  // before it is told, for whoever trims the heap then
  return Status();
}

// SQLite writes the log back by itself, but a steady reader keeps it from being begun anew.
void TaskSyncService::Shared::trim_log(bool idle) {
  const std::uint64_t size = store->log_size();
  if (size <= (idle ? std::max<std::uint64_t>(log_trimmed, kLogIdle) : log_trimmed + kLogMax)) {
    return;
  }
  // If readers are in the way it is tried again when it has grown by as much once more.
  static_cast<void>(store->write_log_back(/*all=*/true));
  log_trimmed = store->log_size();
}

void TaskSyncService::Shared::note_failure(Status error) {
  const std::chrono::milliseconds delay = backoff.next();
  health.attempt = backoff.attempt();
  const bool again = options.retry_on_error && is_transient(error);
  health.state = again ? SyncState::kRetrying : SyncState::kFailed;
  health.next_delay = again ? delay : std::chrono::milliseconds(0);
  health.last_error = std::move(error);
  if (store) {
    store->tell_others("sync: " + std::string(sync_state_name(health.state)) + " (attempt " +
                       std::to_string(health.attempt) + "): " + health.last_error.message());
  }
  next_at = Steady::now() + delay;
}

void TaskSyncService::Shared::report(std::unique_lock<std::mutex>& lock, CommitReport report) {
  ++reports;
  if (!options.on_report) return;
  report.health = health;
  report.pending = waiting->size();
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
  shared_->chores_at = Steady::now() + shared_->options.edit_pause;
  thread_ = std::thread([shared = shared_] { run(shared); });
  return Status();
}

void TaskSyncService::run(const std::shared_ptr<Shared>& shared) {
  std::unique_lock lock(shared->mutex);
  for (;;) {
    shared->wait_for_work(lock);
    if (shared->stopping && shared->tried_last) break;
    if (shared->may_try()) {
      shared->attempt(lock);
    } else {
      shared->do_chores(lock);
    }
  }
  // Closing writes the log back and lets go of the writer's lock; the deadline is for that too.
  std::unique_ptr<Store> store = std::move(shared->store);
  Status placed = shared->health.last_error;  // of a database that was lost
  lock.unlock();
  if (store) placed = store->place();
  store.reset();
  lock.lock();
  shared->at_its_place = placed.ok();
  shared->placed = std::move(placed);
  shared->finished = true;
  shared->progress.notify_all();
}

void TaskSyncService::submit(std::vector<TaskEvent> events, bool more_soon) {
  const std::lock_guard lock(shared_->mutex);
  ++shared_->submits;
  const bool gathered = shared_->gathers();
  shared_->waiting->add(std::move(events));
  shared_->more_soon = more_soon;
  if (gathered && shared_->gathers()) return;  // the thread waits for the right time already
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

std::uint64_t TaskSyncService::submits() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->submits;
}

std::uint64_t TaskSyncService::reports() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->reports;
}

void TaskSyncService::begin_edits() {
  const std::lock_guard lock(shared_->mutex);
  if (!std::exchange(shared_->hold_edits, false)) return;
  shared_->chores_at = Steady::now();
  shared_->work.notify_one();
}

bool TaskSyncService::looking_for_edits() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->looking;
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
    stop_status_ = shared_->waiting->empty() ? shared_->placed : shared_->health.last_error;
    lock.unlock();
    thread_.join();
    return stop_status_;
  }
  // All may be committed and told, and only the closing take longer.
  const bool done = shared_->waiting->empty() && !shared_->committing && shared_->at_its_place;
  lock.unlock();
  {
    const std::lock_guard guard(shared_->report_mutex);
    shared_->abandoned = true;
  }
  thread_.detach();
  if (!done) stop_status_ = Status(Code::kBusy, "commit in time to", "the database");
  return stop_status_;
}

}  // namespace pawl
