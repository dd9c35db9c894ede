#include "sync/store.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "backends/fs_path.h"
#include "sync/database_files.h"
#include "sync/json_strings.h"
#include "sync/new_database.h"
#include "sync/schema.h"
#include "sync/statements.h"
#include "sync/stored_rows.h"

namespace pawl {

Result<std::unique_ptr<Store>> Store::open(const std::string& path, const OpenOptions& options) {
  if (Status ours = check_ownership(path); !ours.ok()) return ours;
  if (is_memory_database(path)) return open_held(path, options, std::nullopt);
  Result<WriterLock> lock = WriterLock::acquire(path);
  if (!lock.ok()) return lock.status();
  return open_held(path, options, std::move(*lock));
}

Result<std::unique_ptr<Store>> Store::open(const std::string& path, const OpenOptions& options,
                                           WriterLock lock) {
  if (Status ours = check_ownership(path); !ours.ok()) return ours;
  return open_held(path, options, std::move(lock));
}

Result<std::unique_ptr<Store>> Store::open_held(const std::string& path, const OpenOptions& options,
                                                std::optional<WriterLock> lock) {
  std::unique_ptr<Store> store(new Store());
  store->path_ = path;
  store->lock_ = std::move(lock);
  store->options_ = options;
  if (store->lock_) {
    drop_orphaned_log(path);
    store->elsewhere_ = options.place_when_done && options.create && may_make_new(path);
    if (!store->elsewhere_) {
      if (Status placed = place_unfinished(path); !placed.ok()) return placed;
    }
  }
  if (Status ready = store->attach(); !ready.ok()) return ready;
  return store;
}

Status Store::attach() {
  const std::string file = elsewhere_ ? unfinished_path(path_) : path_;
  const Log log = elsewhere_ ? Log::kRollback : Log::kWriteAhead;
  Result<std::unique_ptr<Connection>> opened =
      Connection::open(file, options_.create ? OpenMode::kCreate : OpenMode::kReadWrite);
  if (!opened.ok()) return opened.status();
  connection_ = std::move(*opened);
  Status ready = prepare_to_write(*connection_, options_.busy_timeout, options_.feed_after, log);
  if (!ready.ok()) return ready;
  if (Status feed = continue_feed(); !feed.ok()) return feed;
  if (Result<bool> others = others_wrote(); !others.ok()) return others.status();
  if (lock_) {
    log_path_ = file_beside(file, "-wal");
    identity_ = file_identity(file);
    log_identity_ = file_identity(log_path_);
    index_identity_ = file_identity(file_beside(file, "-shm"));
  }
  reader_ = std::make_unique<StoreReader>(connection_);
  return {};
}

Status Store::place() {
  if (!std::exchange(elsewhere_, false)) return {};
  if (replaced()) {
    return Status(Code::kBusy, "finish", connection_->path(), "another process has taken it away");
  }
  reader_.reset();
  Status placed = place_database(std::exchange(connection_, nullptr), path_);
  if (!placed.ok()) return placed;
  return attach();
}

Result<std::vector<std::int64_t>> Store::commit(const SyncBatch& batch, WallMs now) {
  connection_->doing("write to");
  now_ = iso_time(now);
  conflicts_.clear();
  wanted_.clear();
  Transaction transaction(*connection_);
  if (Status begun = transaction.begin(Transaction::Kind::kWrite); !begun.ok()) return begun;
  std::vector<std::int64_t> sequence;
  sequence.reserve(batch.events.size());
  if (Status asked = ask_for_problems(); !asked.ok()) return asked;
  for (const std::string& settled : batch.settled_paths) {
    if (Status dropped = drop_problem(settled); !dropped.ok()) return dropped;
  }
  std::int64_t last = last_seq_;
  for (const TaskEvent& event : batch.events) {
    const std::size_t wanted = wanted_.size();
    if (Status applied = apply(event); !applied.ok()) return applied;
    if (wanted_.size() > wanted) {
      sequence.push_back(0);
      continue;
    }
    Result<std::int64_t> seq = append_change(event);
    if (!seq.ok()) return seq.status();
    sequence.push_back(*seq);
    last = *seq;
  }
  if (Status stamped = apply_stamps(batch.stamps); !stamped.ok()) return stamped;
  if (batch.sources) {
    if (Status saved = apply_sources(*batch.sources); !saved.ok()) return saved;
  }
  if (Status pruned = prune_changes(); !pruned.ok()) return pruned;
  if (Status done = transaction.commit(); !done.ok()) {
    conflicts_.clear();
    return done;
  }
  last_seq_ = last;
  return sequence;
}

void Store::set_busy_timeout(std::chrono::milliseconds timeout) {
  connection_->set_busy_timeout(timeout);
}

Status Store::apply(const TaskEvent& event) {
  switch (event.kind) {
    case TaskEventKind::kAdded:
    case TaskEventKind::kUpdated:
    case TaskEventKind::kRecovered:
      return put(event);
    case TaskEventKind::kRemoved:
      return remove(event);
    case TaskEventKind::kInvalid:
      return mark_invalid(event);
    case TaskEventKind::kDuplicate:
      return put_problem(event);
  }
  return Status();
}

Status Store::mark_invalid(const TaskEvent& event) {
  if (event.task == nullptr) return put_problem(event);
  Result<Statement*> statement = connection_->use(sql::kMarkInvalid);
  if (!statement.ok()) return statement.status();
  const std::string errors = errors_text(event.errors);
  (*statement)->bind(1, event.task->uuid()).bind(2, event.task->version());
  (*statement)->bind(3, errors).bind(4, stamp_column(event.stamp_digest));
  if (Status run = (*statement)->run(); !run.ok()) return run;
  return connection_->rows_changed() == 0 ? put_problem(event) : Status();
}

Status Store::remove(const TaskEvent& event) {
  if (event.task == nullptr) return drop_problem(event.path);
  Result<Statement*> statement = connection_->use(sql::kRemoveTask);
  if (!statement.ok()) return statement.status();
  (*statement)->bind(1, event.task->uuid()).bind(2, event.task->version()).bind(3, now_);
  if (Status run = (*statement)->run(); !run.ok()) return run;
  return connection_->rows_changed() == 0 ? drop_problem(event.path) : Status();
}

// Nobody else writes during a transaction.
Status Store::ask_for_problems() {
  Result<Statement*> statement = connection_->use(sql::kAnyProblem);
  if (!statement.ok()) return statement.status();
  return (*statement)->each([this](const Statement& row) { any_problem_ = row.integer(0) != 0; });
}

Status Store::put_problem(const TaskEvent& event) {
  any_problem_ = true;
  Result<Statement*> statement = connection_->use(sql::kPutProblem);
  if (!statement.ok()) return statement.status();
  Statement& row = **statement;
  const std::string errors = errors_text(event.errors);
  const std::string tags = event.task != nullptr ? json_strings(event.task->tags()) : std::string();
  row.bind(1, event.path).bind(2, event.source).bind(3, task_event_name(event.kind));
  row.bind_text_or_null(4, event.other_path).bind(5, errors);
  row.bind(6, stamp_column(event.stamp_digest)).bind(7, now_);
  if (const Task* task = event.task.get(); task != nullptr) {
    row.bind(8, task->uuid()).bind(9, task->version()).bind(10, task->label());
    row.bind(11, task->description()).bind(12, tags).bind(13, task->checksum());
  } else {
    for (int column = 8; column <= 13; ++column) row.bind_null(column);
  }
  return row.run();
}

Status Store::drop_problem(const std::string& path) {
  if (!any_problem_) return Status();
  Result<Statement*> statement = connection_->use(sql::kDropProblem);
  if (!statement.ok()) return statement.status();
  (*statement)->bind(1, path);
  return (*statement)->run();
}

Result<std::int64_t> Store::append_change(const TaskEvent& event) {
  static const Task kNobody;
  const Task& task = event.task != nullptr ? *event.task : kNobody;
  Status appended = append_change(task_event_name(event.kind), task.uuid(), task.version(), event.path,
                                  task.checksum());
  if (!appended.ok()) return appended;
  return connection_->last_row_id();
}

Status Store::append_change(std::string_view kind, std::string_view uuid, std::string_view version,
                            std::string_view path, std::string_view checksum) {
  Result<Statement*> statement = connection_->use(sql::kAppendChange);
  if (!statement.ok()) return statement.status();
  (*statement)->bind(1, now_).bind(2, kind).bind_text_or_null(3, uuid);
  (*statement)->bind_text_or_null(4, version).bind(5, path).bind_text_or_null(6, checksum);
  return (*statement)->run();
}

Status Store::prune_changes() {
  if (options_.changes_max == 0) return Status();
  Result<Statement*> ends = connection_->use(sql::kFeedEnds);
  if (!ends.ok()) return ends.status();
  std::int64_t newest = 0;
  Status read = (*ends)->each([&](const Statement& row) { newest = row.integer(1); });
  if (!read.ok()) return read;
  Result<Statement*> prune = connection_->use(sql::kPruneChanges);
  if (!prune.ok()) return prune.status();
  (*prune)->bind(1, newest - static_cast<std::int64_t>(options_.changes_max));
  return (*prune)->run();
}

// A database that takes the place of one that was lost, and was there already, does not give its
// numbers again.
Status Store::continue_feed() {
  Result<std::int64_t> newest =
      connection_->integer("SELECT seq FROM sqlite_sequence WHERE name = 'changes'");
  if (!newest.ok()) return newest.status();
  last_seq_ = std::max(*newest, options_.feed_after);
  if (*newest >= options_.feed_after) return Status();
  Transaction transaction(*connection_);
  if (Status begun = transaction.begin(Transaction::Kind::kWrite); !begun.ok()) return begun;
  for (const std::string_view sql : {sql::kForgetSequence, sql::kSetSequence}) {
    Result<Statement*> statement = connection_->use(sql);
    if (!statement.ok()) return statement.status();
    if (sql == sql::kSetSequence) (*statement)->bind(1, options_.feed_after);
    if (Status run = (*statement)->run(); !run.ok()) return run;
  }
  return transaction.commit();
}

Status Store::check() {
  connection_->doing("read");
  Result<std::string> found = connection_->text("PRAGMA integrity_check(1)");
  if (!found.ok()) return found.status();
  return *found == "ok" ? Status() : Status(Code::kCorrupt, "read", path(), *found);
}

Result<bool> Store::others_wrote() {
  Result<std::int64_t> version = connection_->integer("PRAGMA data_version");
  if (!version.ok()) return version.status();
  return std::exchange(others_version_, *version) != *version;
}

bool Store::replaced() const {
  return lock_ && (file_identity(connection_->path()) != identity_ || !lock_->stands());
}

void Store::leave_replaced() {
  if (file_identity(connection_->path()) == identity_) return;  // only its lock is another
  // The old file may live on under another name, and is to be whole there. A reader that is in the
  // way of that keeps it from being so; the registry has all of it.
  static_cast<void>(write_log_back(/*all=*/true));
  const std::string index = file_beside(connection_->path(), "-shm");
  std::error_code error;
  if (file_identity(log_path_) == log_identity_) std::filesystem::remove(fs_path(log_path_), error);
  if (file_identity(index) == index_identity_) std::filesystem::remove(fs_path(index), error);
}

Status Store::write_log_back(bool all) {
  connection_->doing("write the log back into");
  return connection_->execute(all ? "PRAGMA wal_checkpoint(TRUNCATE)"
                                  : "PRAGMA wal_checkpoint(PASSIVE)");
}

std::uint64_t Store::log_size() const {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(fs_path(log_path_), error);
  return error ? 0 : size;
}

void Store::tell_others(std::string_view text) {
  if (lock_) lock_->tell_others(text);
}

Status Store::apply_stamps(std::span<const StampUpdate> stamps) {
  for (const std::string_view sql : {sql::kStampTask, sql::kStampProblem}) {
    Result<Statement*> statement = connection_->use(sql);
    if (!statement.ok()) return statement.status();
    for (const StampUpdate& stamp : stamps) {
      (*statement)->bind(1, stamp.path).bind(2, stamp_column(stamp.digest));
      if (Status run = (*statement)->run(); !run.ok()) return run;
    }
  }
  return Status();
}

Status Store::apply_sources(std::span<const SourceState> sources) {
  Result<Statement*> clear = connection_->use(sql::kClearSources);
  if (!clear.ok()) return clear.status();
  if (Status cleared = (*clear)->run(); !cleared.ok()) return cleared;
  for (const SourceState& source : sources) {
    if (Status put = put_source(source); !put.ok()) return put;
    if (!source.coverage) continue;
    if (Status put = put_coverage(source.name, *source.coverage); !put.ok()) return put;
  }
  Result<Statement*> stray = connection_->use(sql::kClearStrayCoverage);
  return stray.ok() ? (*stray)->run() : stray.status();
}

Status Store::put_coverage(const std::string& source, std::span<const StoredCoverage> coverage) {
  Result<Statement*> clear = connection_->use(sql::kClearCoverage);
  if (!clear.ok()) return clear.status();
  (*clear)->bind(1, source);
  if (Status cleared = (*clear)->run(); !cleared.ok()) return cleared;
  Result<Statement*> statement = connection_->use(sql::kPutCoverage);
  if (!statement.ok()) return statement.status();
  for (const StoredCoverage& one : coverage) {
    const std::string since = iso_time(one.since);
    (*statement)->bind(1, source).bind(2, one.directory).bind(3, one.mode).bind(4, one.reason);
    (*statement)->bind(5, static_cast<std::int64_t>(one.directories));
    (*statement)->bind(6, std::int64_t{one.os_error}).bind(7, since);
    if (Status put = (*statement)->run(); !put.ok()) return put;
  }
  return Status();
}

Status Store::put_source(const SourceState& source) {
  Result<Statement*> statement = connection_->use(sql::kPutSource);
  if (!statement.ok()) return statement.status();
  const std::string device = std::to_string(source.root_device);
  const std::string inode = std::to_string(source.root_inode);
  const std::string since = iso_time(source.since);
  const std::string scan = source.last_scan_at ? iso_time(*source.last_scan_at) : std::string();
  (*statement)->bind(1, source.name).bind(2, source.root).bind(3, device).bind(4, inode);
  (*statement)->bind(5, source_status_name(source.status)).bind_text_or_null(6, source.reason);
  (*statement)->bind(7, since);
  (*statement)->bind(8, static_cast<std::int64_t>(source.directories));
  (*statement)->bind(9, static_cast<std::int64_t>(source.files));
  (*statement)->bind(10, static_cast<std::int64_t>(source.native));
  (*statement)->bind(11, static_cast<std::int64_t>(source.polled)).bind_text_or_null(12, scan);
  (*statement)->bind(13, static_cast<std::int64_t>(source.poll_interval_ms));
  (*statement)->bind(14, static_cast<std::int64_t>(source.poll_wanted_ms));
  return (*statement)->run();
}

}  // namespace pawl
