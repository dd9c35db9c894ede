// The store: pawl's database, with this process as its one writer.
//
// Threading: one thread at a time; it may be handed from one to another. Every method may block for
// as long as the disk does, and for `busy_timeout` on another's lock.
// After an error nothing of what was asked is in the database, and the same may be tried again.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/status.h"
#include "core/task/task.h"
#include "sync/iso_time.h"
#include "sync/sqlite.h"
#include "sync/store_reader.h"
#include "sync/stored.h"
#include "sync/writer_lock.h"

namespace pawl {

struct OpenOptions {
  bool create = true;
  // How long to wait for the lock of another program that writes (an editor of rows, a backup).
  // Short, for the service tries again by itself, and stops in time.
  std::chrono::milliseconds busy_timeout{250};
};

// What is committed together, in this order.
struct SyncBatch {
  // Paths that have no problem any more, without an entry in the feed.
  std::vector<std::string> settled_paths;
  std::vector<TaskEvent> events;
  std::vector<StampUpdate> stamps;
  // All sources that there are; those not named are forgotten. Nothing: they stay as they are.
  std::optional<std::vector<SourceState>> sources;

  bool empty() const {
    return settled_paths.empty() && events.empty() && stamps.empty() && !sources;
  }
};

class Store {
 public:
  // `path` may be ":memory:": a database that nobody else sees.
  //
  // kBusy: another process writes it (the detail says who), or holds its lock right now.
  // kForeign: it is not pawl's, or newer; nothing was touched. kCorrupt: it is damaged.
  // kNotFound, kPermission, kFull, kIo, …: by the system.
  static Result<std::unique_ptr<Store>> open(const std::string& path, const OpenOptions& options);

  // All live tasks and problems, without their content.
  Result<StoredState> load() { return reader_->load(); }

  // One transaction: all of it, or on error nothing. Gives the feed's `seq` of each event, in
  // order; they increase, and none is ever used twice.
  //
  // - kAdded, kUpdated, kRecovered: the row gets the task and its content. An event without content
  //   keeps that of the row, whose checksum must then be the same (else kInvalid).
  //   The path has no problem any more.
  // - kInvalid with a task: the row keeps its last good content and gets the errors. Without one,
  //   or if no row serves it: the path has a problem.
  // - kDuplicate: the path has a problem; the row that serves is untouched.
  // - kRemoved with a task: nothing serves it any more; its row stays, disabled. Without one: the
  //   path has no problem any more.
  Result<std::vector<std::int64_t>> commit(const SyncBatch& batch, WallMs now);

  void set_busy_timeout(std::chrono::milliseconds timeout);

  // The read side, on the same connection and thread. Others open their own StoreReader.
  StoreReader& reader() { return *reader_; }
  const std::string& path() const { return connection_->path(); }

 private:
  Store() = default;

  Status apply(const TaskEvent& event);
  Status put(const TaskEvent& event);
  Status mark_invalid(const TaskEvent& event);
  Status remove(const TaskEvent& event);
  Status put_problem(const TaskEvent& event);
  Status drop_problem(const std::string& path);
  Result<std::int64_t> append_change(const TaskEvent& event);
  Status apply_stamps(std::span<const StampUpdate> stamps);
  Status apply_sources(std::span<const SourceState> sources);
  Status put_source(const SourceState& source);

  // Declared first, gone last: the lock outlives the connection.
  std::optional<WriterLock> lock_;
  std::shared_ptr<Connection> connection_;
  std::unique_ptr<StoreReader> reader_;
  std::string now_;  // of the batch being applied, as text
};

}  // namespace pawl
