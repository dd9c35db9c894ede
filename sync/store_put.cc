// The part of Store that writes a valid task, and meets rows that someone else has edited.
#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "backends/fs_path.h"
#include "sync/json_strings.h"
#include "sync/statements.h"
#include "sync/store_row.h"
#include "sync/stored_rows.h"

namespace pawl {
namespace {

// Binds the seven texts from `index` on. Schemas that the task does not have are null.
void bind_content(Statement& statement, int described, int bodies, const ContentView& view) {
  statement.bind(described, view.label).bind(described + 1, view.description);
  statement.bind(described + 2, view.tags).bind(bodies, view.metadata);
  statement.bind_text_or_null(bodies + 1, view.input_schema);
  statement.bind_text_or_null(bodies + 2, view.output_schema).bind(bodies + 3, view.script);
}

// Of the newest of the task's files; 0 if none can be seen.
WallMs newest_file(const std::string& path) {
  namespace fs = std::filesystem;
  constexpr std::array<const char*, 5> kNames = {"", "/metadata.json", "/input.schema.json",
                                                 "/output.schema.json", "/main.js"};
  WallMs newest = 0;
  for (const char* name : kNames) {
    std::error_code error;
    const fs::path file = fs_path(path + name);
    // The directory's own time tells of its entries, and says nothing of a task.
    if (*name == '\0' && fs::is_directory(file, error)) continue;
    const fs::file_time_type written = fs::last_write_time(file, error);
    if (error) continue;
#ifdef _MSC_VER  // whose clock of files has but to_utc; others lack clock_cast
    const auto wall =
        std::chrono::clock_cast<std::chrono::system_clock>(written).time_since_epoch();
#else
    const auto wall = std::chrono::file_clock::to_sys(written).time_since_epoch();
#endif
    newest = std::max(newest,
                      WallMs{std::chrono::duration_cast<std::chrono::milliseconds>(wall).count()});
  }
  return newest;
}

// Whoever edits a row may write the time as SQLite's datetime() does.
WallMs time_of(std::string text) {
  if (text.size() >= 19 && text[10] == ' ') text[10] = 'T';
  if (text.size() == 20 && text.back() == 'Z') text.pop_back();
  if (text.size() == 19) text += ".000Z";
  return parse_iso_time(text).value_or(0);
}

}  // namespace

ConflictRule Store::rule_of(std::string_view source) const {
  const auto found = options_.conflict_rules.find(std::string(source));
  return found == options_.conflict_rules.end() ? ConflictRule::kRegistry : found->second;
}

Status Store::put(const TaskEvent& event) {
  if (event.task == nullptr) {
    return Status(Code::kInvalid, "write to", path(), "a task event without a task: " + event.path);
  }
  const Task& task = *event.task;
  const std::string tags = json_strings(task.tags());
  if (event.kind == TaskEventKind::kAdded && event.content != nullptr) {
    Result<bool> inserted = insert(event, view_of(task, tags, *event.content));
    if (!inserted.ok()) return inserted.status();
    if (*inserted) return drop_problem(event.path);
  }
  Result<std::optional<Row>> row = read_row(task.uuid(), task.version());
  if (!row.ok()) return row.status();
  if (*row) {
    if (Status written = rewrite(event, **row, tags); !written.ok()) return written;
    return drop_problem(event.path);
  }
  std::optional<TaskContent> content;
  if (event.content == nullptr) {
    Result<std::optional<TaskContent>> known =
        revision_content(task.uuid(), task.version(), task.checksum(), nullptr);
    if (!known.ok()) return known.status();
    if (!*known) {
      wanted_.push_back(event.task);
      return Status();
    }
    content = std::move(*known);
  }
  Result<bool> inserted = insert(event, view_of(task, tags, content ? *content : *event.content));
  if (!inserted.ok()) return inserted.status();
  return drop_problem(event.path);
}

// False: there is a row.
Result<bool> Store::insert(const TaskEvent& event, const ContentView& disk) {
  Result<Statement*> statement = connection_->use(sql::kInsertTask);
  if (!statement.ok()) return statement.status();
  const Task& task = *event.task;
  Statement& row = **statement;
  row.bind(1, task.uuid()).bind(2, task.version()).bind(6, event.source).bind(7, event.path);
  row.bind(8, task.checksum()).bind(9, stamp_column(event.stamp_digest)).bind(10, now_);
  row.bind(11, stamp_column(content_hash(disk)));
  bind_content(row, 3, 12, disk);
  if (Status run = row.run(); !run.ok()) return run;
  if (connection_->rows_changed() == 0) return false;
  Result<std::int64_t> number =
      add_revision(task.uuid(), task.version(), task.checksum(), /*from_disk=*/true, disk,
                   task.checksum(),
                   BodiesIn::kNewRow);
  if (!number.ok()) return number.status();
  return true;
}

// The row that is there gets the task, or keeps what someone has made of it.
Status Store::rewrite(const TaskEvent& event, const Row& row, std::string_view tags) {
  const Task& task = *event.task;
  const bool edited = row.edited();
  std::optional<TaskContent> kept;
  const TaskContent* content = event.content.get();
  if (content == nullptr && row.checksum == task.checksum() && !edited && !row.kept()) {
    content = &row.content;
  }
  if (content == nullptr) {
    Result<std::optional<TaskContent>> known =
        revision_content(task.uuid(), task.version(), task.checksum(), nullptr);
    if (!known.ok()) return known.status();
    if (!*known) {
      wanted_.push_back(event.task);
      return Status();
    }
    kept = std::move(*known);
    content = &*kept;
  }
  const ContentView disk = view_of(task, tags, *content);
  const bool same_as_disk = disk == row.view();
  if ((edited || row.kept()) && !same_as_disk) return resolve(event, row, disk);
  Result<std::int64_t> number =
      add_revision(task.uuid(), task.version(), task.checksum(), true, disk, task.checksum(),
                   BodiesIn::kRow);
  if (!number.ok()) return number.status();
  return write(event, row, disk, {});
}

Status Store::resolve(const TaskEvent& event, const Row& row, const ContentView& disk) {
  const bool edited = row.edited();
  if (row.kept() && !edited && row.checksum == event.task->checksum() &&
      rule_of(event.source) != ConflictRule::kRegistry) {  // it moved, and nothing else is new
    return write(event, row, row.view(), {row.conflict, row.conflict_at, row.conflict_revision});
  }
  const std::string_view checksum = event.task->checksum();
  const std::string theirs = content_checksum(row.view());
  Result<std::int64_t> database =
      add_revision(row.uuid, row.version, theirs, false, row.view(), checksum);
  if (!database.ok()) return database.status();
  Result<std::int64_t> registry =
      add_revision(row.uuid, row.version, checksum, true, disk, checksum);
  if (!registry.ok()) return registry.status();
  bool disk_wins = rule_of(event.source) == ConflictRule::kRegistry;
  if (rule_of(event.source) == ConflictRule::kNewer) {
    disk_wins =
        newest_file(event.path) >= std::max(time_of(row.updated_at), time_of(row.validated_at));
  }
  const std::int64_t other = disk_wins ? *database : *registry;
  Status told = tell_conflict(row, event.path, disk_wins, other, disk_wins ? std::string_view(theirs) : checksum);
  if (!told.ok()) return told;
  return write(event, row, disk_wins ? disk : row.view(),
               {disk_wins ? "registry" : "database", now_, other});
}

Status Store::write(const TaskEvent& event, const Row& row, const ContentView& view,
                    const Decision& decision) {
  Result<Statement*> statement = connection_->use(sql::kWriteTask);
  if (!statement.ok()) return statement.status();
  Statement& to = **statement;
  to.bind(1, row.id).bind(5, event.source).bind(6, event.path).bind(7, event.task->checksum());
  to.bind(8, stamp_column(event.stamp_digest)).bind(9, now_);
  to.bind(10, stamp_column(content_hash(view)));
  to.bind_text_or_null(11, decision.conflict).bind_text_or_null(12, decision.at);
  if (decision.revision != 0) {
    to.bind(13, decision.revision);
  } else {
    to.bind_null(13);
  }
  bind_content(to, 2, 14, view);
  return to.run();
}

// Someone has edited the row while nothing happened on the disk.
Status Store::mend(const Row& row) {
  Row was;  // what the disk has
  Result<std::optional<TaskContent>> disk =
      revision_content(row.uuid, row.version, row.checksum, &was);
  if (!disk.ok()) return disk.status();
  if (!*disk) {
    wanted_.push_back(make_task({.uuid = row.uuid, .version = row.version}));
    return Status();
  }
  was.content = std::move(**disk);
  if (was.view() == row.view()) {
    Result<Statement*> end = connection_->use(sql::kEndConflict);
    if (!end.ok()) return end.status();
    (*end)->bind(1, row.id).bind(2, stamp_column(content_hash(row.view())));
    return (*end)->run();
  }
  const std::string theirs = content_checksum(row.view());
  Result<std::int64_t> database =
      add_revision(row.uuid, row.version, theirs, false, row.view(), row.checksum);
  if (!database.ok()) return database.status();
  Result<std::int64_t> registry =
      add_revision(row.uuid, row.version, row.checksum, true, was.view(), row.checksum);
  if (!registry.ok()) return registry.status();
  // The disk is as it was at the last sync, so what was edited since is newer.
  const bool disk_wins = rule_of(row.source) == ConflictRule::kRegistry;
  const std::int64_t other = disk_wins ? *database : *registry;
  Status told = tell_conflict(row, row.path, disk_wins, other, disk_wins ? theirs : row.checksum);
  if (!told.ok()) return told;
  Result<Statement*> statement = connection_->use(sql::kMendTask);
  if (!statement.ok()) return statement.status();
  const ContentView view = disk_wins ? was.view() : row.view();
  Statement& to = **statement;
  to.bind(1, row.id).bind(5, now_).bind(6, stamp_column(content_hash(view)));
  to.bind(7, disk_wins ? "registry" : "database").bind(8, other);
  bind_content(to, 2, 9, view);
  return to.run();
}

Status Store::tell_conflict(const Row& row, std::string_view path, bool disk_wins,
                            std::int64_t revision, std::string_view checksum) {
  Status told = append_change("conflict", row.uuid, row.version, path, checksum);
  if (!told.ok()) return told;
  conflicts_.push_back({row.uuid, row.version, std::string(path),
                        disk_wins ? "registry" : "database", now_, revision,
                        connection_->last_row_id()});
  return Status();
}

}  // namespace pawl
