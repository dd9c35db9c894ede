// Carries events into the store on a thread of its own, and tries again for as long as it takes.
//
// Threading: every method may be called on any thread; in the program they are called on the loop
// thread, and none of them blocks but flush() and stop(). `on_report` runs on the service's thread:
// it posts to its owner's loop and returns.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "core/status.h"
#include "core/task/task.h"
#include "sync/iso_time.h"
#include "sync/store.h"
#include "sync/stored.h"

namespace pawl {

enum class SyncState : std::uint8_t {
  kHealthy,   // the last attempt went well
  kRetrying,  // it failed, and is repeated after a while
  kFailed,    // it failed in a way that waiting does not mend; what waits is kept
};

std::string_view sync_state_name(SyncState state);

struct SyncHealth {
  SyncState state = SyncState::kHealthy;
  std::uint32_t attempt = 0;                // failures in a row
  std::chrono::milliseconds next_delay{0};  // kRetrying: from the failure to the next attempt
  Status last_error;                        // of the last failure in that row
};

// What came of one attempt.
struct CommitReport {
  // With the feed's seq of each, in its order; empty if the attempt failed. Events that were merged
  // while they waited (see PendingSet) are not here: the feed has their net effect.
  std::vector<std::pair<TaskEvent, std::int64_t>> committed;
  std::vector<StoredConflict> conflicts;  // met by it; also where nothing was committed
  // Tasks that the database has to be given with their content: submit them as kAdded.
  std::vector<TaskPtr> wanted;
  // What the database holds, where that may be other than what was committed. Null: it is not.
  // `reopened`: the file had gone or was another one, and this is what the new one holds; else
  // someone wrote into it. `submits`: the calls of submit() until then.
  std::shared_ptr<const StoredState> stored;
  bool reopened = false;
  std::uint64_t submits = 0;
  SyncHealth health;
  std::size_t pending = 0;  // what still waits
  std::chrono::nanoseconds took{0};
};

struct SyncOptions {
  std::chrono::milliseconds retry_delay{1000};  // the first; it doubles
  std::chrono::milliseconds retry_delay_max{60'000};
  bool retry_on_error = true;     // false: the first failure is kFailed
  std::uint64_t jitter_seed = 0;  // 0: a new one each time
  // What the store was opened with; it is opened so again if its file goes or is replaced.
  OpenOptions open = {};
  // Rows that someone else has edited while pawl was not running are looked for after the start,
  // a piece at a time; so are they whenever someone else has written. False: not at the start.
  bool look_for_edits = true;
  // They are not before begin_edits() is called.
  bool hold_edits = false;
  std::chrono::milliseconds edit_pause{50};        // between two pieces
  std::chrono::milliseconds chore_interval{1000};  // how often the file is looked at
  // All that the database holds is read again at most this often, whoever writes into it.
  std::chrono::milliseconds state_interval{10'000};
  std::function<WallMs()> wall_now = system_wall_now;
  std::function<void(CommitReport)> on_report = nullptr;
};

class TaskSyncService {
 public:
  TaskSyncService(std::unique_ptr<Store> store, SyncOptions options);
  // Stops, with a deadline of 2 s, if that was not done.
  ~TaskSyncService();
  TaskSyncService(const TaskSyncService&) = delete;
  TaskSyncService& operator=(const TaskSyncService&) = delete;

  // Starts the thread. An error of reading the store is returned, and then nothing was started.
  Status start();

  // All of one call are committed together. `more_soon`: more events are on their way, and it is
  // worth a tenth of a second to commit them together with these, unless a commit is long past.
  // REQUIRES, here and below: start() went well, and stop() was not called.
  void submit(std::vector<TaskEvent> events, bool more_soon = false);
  void submit_stamps(std::vector<StampUpdate> stamps);
  void submit_sources(std::vector<SourceState> sources);

  // Tasks, paths and stamps that wait or are being committed.
  std::size_t pending() const;
  // Calls of submit() so far.
  std::uint64_t submits() const;
  // Calls of on_report so far, one that is being made or is about to be among them: what is not
  // pending any more has been told in them.
  std::uint64_t reports() const;
  // What the disk has is known and committed: a row that was edited is compared with that, and not with
  // what was known before.
  void begin_edits();
  // Not all rows have been looked at for edits yet.
  bool looking_for_edits() const;
  SyncHealth health() const;

  // Waits until nothing is pending and all is reported. On failure: the last error, or kBusy at the
  // deadline.
  Status flush(std::chrono::milliseconds deadline);

  // Tries once to commit what is pending, brings a new database to its place, and ends the thread.
  // Ok if nothing is left; else the error that it failed with. If a disk does not answer by the
  // deadline the thread is left to itself, and reports nothing any more: kBusy, or Ok where all is
  // committed and only the log is still being written back. A second call returns what the first
  // one did.
  Status stop(std::chrono::milliseconds deadline);

 private:
  struct Shared;
  static void run(const std::shared_ptr<Shared>& shared);

  std::shared_ptr<Shared> shared_;
  std::thread thread_;
  bool stopped_ = false;
  Status stop_status_;
};

}  // namespace pawl
