#include "sync/store.h"

#include <utility>

#include "sync/json_strings.h"
#include "sync/schema.h"
#include "sync/statements.h"
#include "sync/stored_rows.h"

namespace pawl {

Result<std::unique_ptr<Store>> Store::open(const std::string& path, const OpenOptions& options) {
  if (Status ours = check_ownership(path); !ours.ok()) return ours;
  std::unique_ptr<Store> store(new Store());
  if (!is_memory_database(path)) {
    Result<WriterLock> lock = WriterLock::acquire(path);
    if (!lock.ok()) return lock.status();
    store->lock_.emplace(std::move(*lock));
  }
  Result<std::unique_ptr<Connection>> opened =
      Connection::open(path, options.create ? OpenMode::kCreate : OpenMode::kReadWrite);
  if (!opened.ok()) return opened.status();
  store->connection_ = std::move(*opened);
  Status ready = prepare_to_write(*store->connection_, options.busy_timeout);
  if (!ready.ok()) return ready;
  store->reader_ = std::make_unique<StoreReader>(store->connection_);
  return store;
}

Result<std::vector<std::int64_t>> Store::commit(const SyncBatch& batch, WallMs now) {
  connection_->doing("write to");
  now_ = iso_time(now);
  Transaction transaction(*connection_);
  if (Status begun = transaction.begin(Transaction::Kind::kWrite); !begun.ok()) return begun;
  std::vector<std::int64_t> sequence;
  sequence.reserve(batch.events.size());
  for (const std::string& settled : batch.settled_paths) {
    if (Status dropped = drop_problem(settled); !dropped.ok()) return dropped;
  }
  for (const TaskEvent& event : batch.events) {
    if (Status applied = apply(event); !applied.ok()) return applied;
    Result<std::int64_t> seq = append_change(event);
    if (!seq.ok()) return seq.status();
    sequence.push_back(*seq);
  }
  if (Status stamped = apply_stamps(batch.stamps); !stamped.ok()) return stamped;
  if (batch.sources) {
    if (Status saved = apply_sources(*batch.sources); !saved.ok()) return saved;
  }
  if (Status done = transaction.commit(); !done.ok()) return done;
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

Status Store::put(const TaskEvent& event) {
  if (event.task == nullptr) {
    return Status(Code::kInvalid, "write to", path(), "a task event without a task: " + event.path);
  }
  Result<Statement*> statement =
      connection_->use(event.content != nullptr ? sql::kPutTask : sql::kPutKnownTask);
  if (!statement.ok()) return statement.status();
  const Task& task = *event.task;
  const std::string tags = json_strings(task.tags);
  (*statement)->bind(1, task.uuid).bind(2, task.version).bind(3, task.label);
  (*statement)->bind(4, task.description).bind(5, tags).bind(6, event.source);
  (*statement)->bind(7, event.path).bind(8, task.checksum);
  (*statement)->bind(9, stamp_column(event.stamp_digest)).bind(10, now_);
  if (event.content != nullptr) {
    (*statement)->bind(11, event.content->metadata);
    (*statement)->bind_text_or_null(12, event.content->input_schema);
    (*statement)->bind_text_or_null(13, event.content->output_schema);
    (*statement)->bind(14, event.content->script);
  }
  if (Status run = (*statement)->run(); !run.ok()) return run;
  if (connection_->rows_changed() == 0) {
    return Status(Code::kInvalid, "write to", path(),
                  "an event without content, of a task that is not known: " + event.path);
  }
  return drop_problem(event.path);
}

Status Store::mark_invalid(const TaskEvent& event) {
  if (event.task == nullptr) return put_problem(event);
  Result<Statement*> statement = connection_->use(sql::kMarkInvalid);
  if (!statement.ok()) return statement.status();
  const std::string errors = errors_text(event.errors);
  (*statement)->bind(1, event.task->uuid).bind(2, event.task->version);
  (*statement)->bind(3, errors).bind(4, stamp_column(event.stamp_digest));
  if (Status run = (*statement)->run(); !run.ok()) return run;
  return connection_->rows_changed() == 0 ? put_problem(event) : Status();
}

Status Store::remove(const TaskEvent& event) {
  if (event.task == nullptr) return drop_problem(event.path);
  Result<Statement*> statement = connection_->use(sql::kRemoveTask);
  if (!statement.ok()) return statement.status();
  (*statement)->bind(1, event.task->uuid).bind(2, event.task->version).bind(3, now_);
  if (Status run = (*statement)->run(); !run.ok()) return run;
  return connection_->rows_changed() == 0 ? drop_problem(event.path) : Status();
}

Status Store::put_problem(const TaskEvent& event) {
  Result<Statement*> statement = connection_->use(sql::kPutProblem);
  if (!statement.ok()) return statement.status();
  Statement& row = **statement;
  const std::string errors = errors_text(event.errors);
  const std::string tags = event.task != nullptr ? json_strings(event.task->tags) : std::string();
  row.bind(1, event.path).bind(2, event.source).bind(3, task_event_name(event.kind));
  row.bind_text_or_null(4, event.other_path).bind(5, errors);
  row.bind(6, stamp_column(event.stamp_digest)).bind(7, now_);
  if (const Task* task = event.task.get(); task != nullptr) {
    row.bind(8, task->uuid).bind(9, task->version).bind(10, task->label);
    row.bind(11, task->description).bind(12, tags).bind(13, task->checksum);
  } else {
    for (int column = 8; column <= 13; ++column) row.bind_null(column);
  }
  return row.run();
}

Status Store::drop_problem(const std::string& at) {
  Result<Statement*> statement = connection_->use(sql::kDropProblem);
  if (!statement.ok()) return statement.status();
  (*statement)->bind(1, at);
  return (*statement)->run();
}

Result<std::int64_t> Store::append_change(const TaskEvent& event) {
  Result<Statement*> statement = connection_->use(sql::kAppendChange);
  if (!statement.ok()) return statement.status();
  (*statement)->bind(1, now_).bind(2, task_event_name(event.kind)).bind(5, event.path);
  if (event.task != nullptr) {
    (*statement)->bind_text_or_null(3, event.task->uuid);
    (*statement)->bind_text_or_null(4, event.task->version);
    (*statement)->bind_text_or_null(6, event.task->checksum);
  } else {
    (*statement)->bind_null(3).bind_null(4).bind_null(6);
  }
  if (Status run = (*statement)->run(); !run.ok()) return run;
  return connection_->last_row_id();
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
  return (*statement)->run();
}

}  // namespace pawl
