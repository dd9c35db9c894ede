#include "sync/store_reader.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "backends/fs_path.h"
#include "sync/content_hash.h"
#include "sync/database_files.h"
#include "sync/new_database.h"
#include "sync/schema.h"
#include "sync/statements.h"
#include "sync/stored_rows.h"

namespace pawl {
namespace {

// A reader in WAL waits only while the log is being recovered after a crash.
constexpr std::chrono::milliseconds kBusyTimeout{1000};

bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(fs_path(path), error);
}

template <class T>
Status read_all(Connection& connection, std::string_view sql, T (*read)(const Statement&),
                std::vector<T>& out) {
  Result<Statement*> statement = connection.use(sql);
  if (!statement.ok()) return statement.status();
  return (*statement)->each([&](const Statement& row) { out.push_back(read(row)); });
}

Status read_totals(Connection& connection, StoreTotals& totals) {
  Result<Statement*> statement = connection.use(sql::kTotals);
  if (!statement.ok()) return statement.status();
  return (*statement)->each([&](const Statement& row) {
    totals = {row.integer(0), row.integer(1), row.integer(2), row.integer(3),
              row.integer(4), row.integer(5), row.integer(6)};
  });
}

// The row of kContent was written by pawl, and says what the disk says.
bool is_as_synced(const Statement& row) {
  if (row.text(1) == "database") return false;
  const ContentView view{row.text(3), row.text(4), row.text(5), row.text(6),
                         row.text(7), row.text(8), row.text(9)};
  return row.is_null(2) || stamp_of_column(row.integer(2)) == content_hash(view);
}

}  // namespace

StoreReader::StoreReader(std::shared_ptr<Connection> connection)
    : connection_(std::move(connection)) {}

Result<std::unique_ptr<StoreReader>> StoreReader::open(const std::string& path) {
  if (is_unfinished(path)) {
    return Status(Code::kBusy, "open", path,
                  "its first sync has not ended; if none runs any more, the next one ends it");
  }
  if (!exists(path)) return Status(Code::kNotFound, "open", path, "there is no such database");
  // Opening a WAL database makes its log file if there is none; where there is none, nobody writes
  // and all is in the file itself. A rollback journal means that a writer died making the database.
  const bool bare = !exists(file_beside(path, "-wal")) && !exists(file_beside(path, "-journal"));
  Result<std::unique_ptr<Connection>> opened =
      Connection::open(path, bare ? OpenMode::kImmutable : OpenMode::kReadOnly);
  if (!opened.ok()) return opened.status();
  (*opened)->leave_log_alone();
  if (Status ready = prepare_to_read(**opened, kBusyTimeout); !ready.ok()) return ready;
  (*opened)->doing("read");
  auto reader = std::make_unique<StoreReader>(std::move(*opened));
  reader->bare_file_ = bare;
  return reader;
}

Status StoreReader::refresh() {
  if (!bare_file_ || !exists(file_beside(connection_->path(), "-wal"))) return Status();
  Result<std::unique_ptr<StoreReader>> reopened = open(connection_->path());
  if (!reopened.ok()) return reopened.status();
  connection_ = std::move((*reopened)->connection_);
  bare_file_ = (*reopened)->bare_file_;
  reopened_ = true;
  return Status();
}

template <class F>
Status StoreReader::in_snapshot(F&& body) {
  if (Status fresh = refresh(); !fresh.ok()) return fresh;
  Transaction transaction(*connection_);
  if (Status begun = transaction.begin(Transaction::Kind::kRead); !begun.ok()) return begun;
  if (Status done = body(*connection_); !done.ok()) return done;
  return transaction.commit();
}

Result<StoredState> StoreReader::load() {
  StoredState state;
  Status done = in_snapshot([&](Connection& connection) {
    Status tasks = read_all(connection, sql::kLiveTasks, read_task, state.tasks);
    if (!tasks.ok()) return tasks;
    return read_all(connection, sql::kProblems, read_problem, state.problems);
  });
  if (!done.ok()) return done;
  return state;
}

Result<StoreOverview> StoreReader::overview() {
  StoreOverview overview;
  std::vector<StoredChange> last;
  std::vector<std::pair<std::string, StoredCoverage>> coverage;  // by the names of their sources
  Status done = in_snapshot([&](Connection& connection) {
    Status status = read_totals(connection, overview.totals);
    if (status.ok()) {
      status = read_all(connection, sql::kInvalidTasks, read_task, overview.invalid);
    }
    if (status.ok()) {
      status = read_all(connection, sql::kProblems, read_problem, overview.problems);
    }
    if (status.ok()) {
      status = read_all(connection, sql::kConflicts, read_conflict, overview.conflicts);
    }
    if (status.ok()) status = read_all(connection, sql::kSources, read_source, overview.sources);
    if (status.ok()) status = read_all(connection, sql::kCoverage, read_coverage, coverage);
    if (status.ok()) status = read_all(connection, sql::kLastChange, read_change, last);
    return status;
  });
  if (!done.ok()) return done;
  if (!last.empty()) overview.last_change = std::move(last.front());
  for (auto& [name, one] : coverage) {
    const auto source =
        std::find_if(overview.sources.begin(), overview.sources.end(),
                     [&name = name](const SourceState& state) { return state.name == name; });
    if (source == overview.sources.end()) continue;
    if (!source->coverage) source->coverage.emplace();
    source->coverage->push_back(std::move(one));
  }
  return overview;
}

Result<std::vector<std::string>> StoreReader::problem_paths() {
  std::vector<std::string> paths;
  Status done = in_snapshot([&](Connection& connection) -> Status {
    Result<Statement*> statement = connection.use(sql::kProblemPaths);
    if (!statement.ok()) return statement.status();
    return (*statement)->each([&](const Statement& row) { paths.emplace_back(row.text(0)); });
  });
  if (!done.ok()) return done;
  return paths;
}

Result<std::vector<StoredChange>> StoreReader::changes_since(std::int64_t cursor,
                                                             std::int64_t limit) {
  std::vector<StoredChange> changes;
  Status done = in_snapshot([&](Connection& connection) -> Status {
    Result<Statement*> statement = connection.use(sql::kChangesSince);
    if (!statement.ok()) return statement.status();
    (*statement)->bind(1, cursor).bind(2, limit);
    return (*statement)->each([&](const Statement& row) { changes.push_back(read_change(row)); });
  });
  if (!done.ok()) return done;
  return changes;
}

Result<FeedPage> StoreReader::feed_since(std::int64_t cursor, std::int64_t limit) {
  FeedPage page;
  Status done = in_snapshot([&](Connection& connection) -> Status {
    Result<Statement*> ends = connection.use(sql::kFeedEnds);
    if (!ends.ok()) return ends.status();
    Status read = (*ends)->each([&](const Statement& row) {
      const std::int64_t newest = row.integer(1);
      const std::int64_t oldest = row.is_null(0) ? newest + 1 : row.integer(0);
      page.resync = cursor + 1 < oldest || cursor > newest;
      page.resync_from = newest;
    });
    if (!read.ok() || page.resync) return read;
    Result<Statement*> statement = connection.use(sql::kChangesSince);
    if (!statement.ok()) return statement.status();
    (*statement)->bind(1, cursor).bind(2, limit);
    return (*statement)->each([&](const Statement& row) {
      page.changes.push_back(read_change(row));
    });
  });
  if (!done.ok()) return done;
  return page;
}

Result<std::int64_t> StoreReader::feed_start() {
  std::int64_t before = 0;
  Status done = in_snapshot([&](Connection& connection) -> Status {
    Result<Statement*> ends = connection.use(sql::kFeedEnds);
    if (!ends.ok()) return ends.status();
    return (*ends)->each([&](const Statement& row) {
      before = row.is_null(0) ? row.integer(1) : row.integer(0) - 1;
    });
  });
  if (!done.ok()) return done;
  return before;
}

Result<bool> StoreReader::changed() {
  if (Status fresh = refresh(); !fresh.ok()) return fresh;
  Result<std::int64_t> version = connection_->integer("PRAGMA data_version");
  if (!version.ok()) return version.status();
  const bool first = std::exchange(reopened_, false);
  return std::exchange(data_version_, *version) != *version || first;
}

Result<std::vector<StoredRevision>> StoreReader::history(std::string_view uuid) {
  std::vector<StoredRevision> revisions;
  Status done = in_snapshot([&](Connection& connection) -> Status {
    Result<Statement*> statement = connection.use(sql::kHistory);
    if (!statement.ok()) return statement.status();
    (*statement)->bind(1, uuid);
    return (*statement)->each([&](const Statement& row) {
      revisions.push_back(read_revision(row, false));
    });
  });
  if (!done.ok()) return done;
  return revisions;
}

Result<StoredRevision> StoreReader::revision(std::string_view uuid, std::string_view version,
                                             std::int64_t number) {
  std::optional<StoredRevision> found;
  Status done = in_snapshot([&](Connection& connection) -> Status {
    Result<Statement*> statement = connection.use(sql::kRevision);
    if (!statement.ok()) return statement.status();
    (*statement)->bind(1, uuid).bind(2, version).bind(3, number);
    return (*statement)->each([&](const Statement& row) { found = read_revision(row, true); });
  });
  if (!done.ok()) return done;
  if (found) return std::move(*found);
  return Status(Code::kNotFound, "read", connection_->path(),
                "it has no such revision of task " + std::string(uuid));
}

Result<std::shared_ptr<const TaskContent>> StoreReader::content(std::string_view uuid,
                                                                std::string_view version,
                                                                std::string_view checksum) {
  std::shared_ptr<TaskContent> content;
  const auto take = [&](const Statement& row, int first) {
    content = std::make_shared<TaskContent>(
        TaskContent{std::string(row.text(first)), std::string(row.text(first + 1)),
                    std::string(row.text(first + 2)), std::string(row.text(first + 3))});
  };
  Status done = in_snapshot([&](Connection& connection) -> Status {
    Result<Statement*> statement = connection.use(sql::kContent);
    if (!statement.ok()) return statement.status();
    (*statement)->bind(1, uuid).bind(2, version);
    Status read = (*statement)->each([&](const Statement& row) {
      if (checksum.empty() || (row.text(0) == checksum && is_as_synced(row))) take(row, 6);
    });
    if (!read.ok() || content != nullptr || checksum.empty()) return read;
    Result<Statement*> revision = connection.use(sql::kRevisionContent);
    if (!revision.ok()) return revision.status();
    (*revision)->bind(1, uuid).bind(2, version).bind(3, checksum);
    return (*revision)->each([&](const Statement& row) { take(row, 3); });
  });
  if (!done.ok()) return done;
  if (content == nullptr) {
    return Status(
        Code::kNotFound, "read", connection_->path(),
        "it has no such content of task " + std::string(uuid) + " " + std::string(version));
  }
  return std::shared_ptr<const TaskContent>(std::move(content));
}

}  // namespace pawl
