// The part of Store that reads rows and keeps their revisions.
#include <utility>
#include <vector>

#include "sync/statements.h"
#include "sync/store_row.h"
#include "sync/stored_rows.h"

namespace pawl {
namespace {

// The four bodies, from `column` on.
TaskContent read_content(const Statement& row, int column) {
  return {std::string(row.text(column)), std::string(row.text(column + 1)),
          std::string(row.text(column + 2)), std::string(row.text(column + 3))};
}

}  // namespace

Result<std::optional<Store::Row>> Store::read_row(std::string_view uuid, std::string_view version) {
  Result<Statement*> statement = connection_->use(sql::kReadRow);
  if (!statement.ok()) return statement.status();
  (*statement)->bind(1, uuid).bind(2, version);
  std::optional<Row> found;
  Status read = (*statement)->each([&](const Statement& row) {
    Row& to = found.emplace();
    to.id = row.integer(0);
    to.uuid = row.text(1);
    to.version = row.text(2);
    to.source = row.text(3);
    to.path = row.text(4);
    to.checksum = row.text(5);
    if (!row.is_null(6)) to.content_hash = stamp_of_column(row.integer(6));
    to.conflict = row.text(7);
    to.conflict_at = row.text(8);
    to.conflict_revision = row.integer(9);
    to.removed = !row.is_null(10);
    to.updated_at = row.text(11);
    to.validated_at = row.text(12);
    to.label = row.text(13);
    to.description = row.text(14);
    to.tags = row.text(15);
    to.content = read_content(row, 16);
  });
  if (!read.ok()) return read;
  return found;
}

// `described`: gets how the revision describes the task, if it is not null.
Result<std::optional<TaskContent>> Store::revision_content(std::string_view uuid,
                                                           std::string_view version,
                                                           std::string_view checksum,
                                                           Row* described) {
  Result<Statement*> statement = connection_->use(sql::kRevisionContent);
  if (!statement.ok()) return statement.status();
  (*statement)->bind(1, uuid).bind(2, version).bind(3, checksum);
  std::optional<TaskContent> content;
  Status read = (*statement)->each([&](const Statement& row) {
    content = read_content(row, 3);
    if (described == nullptr) return;
    described->label = row.text(0);
    described->description = row.text(1);
    described->tags = row.text(2);
  });
  if (!read.ok()) return read;
  return content;
}

// The number of the revision; of the newest one of this origin, if that is the same. `keep` is the
// checksum of what the disk has, which no pruning takes away.
Result<std::int64_t> Store::add_revision(std::string_view uuid, std::string_view version,
                                         std::string_view checksum, bool from_disk,
                                         const ContentView& content, std::string_view keep,
                                         BodiesIn bodies) {
  const std::string_view origin = from_disk ? "disk" : "database";
  std::int64_t number = 0;
  if (bodies != BodiesIn::kNewRow) {
    Result<Statement*> newest = connection_->use(sql::kNewestRevision);
    if (!newest.ok()) return newest.status();
    (*newest)->bind(1, uuid).bind(2, version).bind(3, origin);
    Status read = (*newest)->each([&](const Statement& row) {
      if (row.text(1) == checksum) number = row.integer(0);
    });
    if (!read.ok()) return read;
    if (number != 0) return number;
  }
  Result<Statement*> last = connection_->use(sql::kLastNumber);
  if (!last.ok()) return last.status();
  (*last)->bind(1, uuid);
  Status read = (*last)->each([&](const Statement& row) { number = row.integer(0) + 1; });
  if (!read.ok()) return read;
  Result<Statement*> add = connection_->use(sql::kAddRevision);
  if (!add.ok()) return add.status();
  Statement& to = **add;
  to.bind(1, uuid).bind(2, number).bind(3, version).bind(4, checksum).bind(5, origin);
  to.bind(6, now_).bind(7, content.label).bind(8, content.description).bind(9, content.tags);
  if (bodies == BodiesIn::kRevision) {
    to.bind(10, content.metadata).bind_text_or_null(11, content.input_schema);
    to.bind_text_or_null(12, content.output_schema).bind(13, content.script);
  } else {
    to.bind_null(10).bind_null(11).bind_null(12).bind_null(13);
  }
  if (Status run = to.run(); !run.ok()) return run;
  if (number <= options_.revisions_max) return number;
  if (Status pruned = prune_revisions(uuid, version, keep); !pruned.ok()) return pruned;
  return number;
}

Status Store::prune_revisions(std::string_view uuid, std::string_view version,
                              std::string_view keep) {
  Result<Statement*> old = connection_->use(sql::kOldRevisions);
  if (!old.ok()) return old.status();
  (*old)
      ->bind(1, uuid)
      .bind(2, version)
      .bind(3, std::int64_t{options_.revisions_max})
      .bind(4, keep);
  std::vector<std::int64_t> numbers;
  Status read = (*old)->each([&](const Statement& row) {
    if (!options_.is_held || !options_.is_held(row.text(1))) numbers.push_back(row.integer(0));
  });
  if (!read.ok()) return read;
  for (const std::int64_t number : numbers) {
    Result<Statement*> drop = connection_->use(sql::kDropRevision);
    if (!drop.ok()) return drop.status();
    if (Status run = (*drop)->bind(1, uuid).bind(2, number).run(); !run.ok()) return run;
  }
  return {};
}

Result<EditScan> Store::find_edited(std::int64_t after, std::int64_t limit) {
  connection_->doing("read");
  Result<Statement*> statement = connection_->use(sql::kEditedRows);
  if (!statement.ok()) return statement.status();
  (*statement)->bind(1, after).bind(2, limit);
  EditScan scan;
  Status read =
      (*statement)->each([&](const Statement& row) { scan.edited.push_back(row.integer(0)); });
  if (!read.ok()) return read;
  scan.last = scan.edited.empty() ? after : scan.edited.back();
  scan.done = static_cast<std::int64_t>(scan.edited.size()) < limit;
  return scan;
}

Status Store::settle_edited(std::span<const std::int64_t> rows, WallMs now) {
  connection_->doing("write to");
  now_ = iso_time(now);
  conflicts_.clear();
  wanted_.clear();
  Transaction transaction(*connection_);
  if (Status begun = transaction.begin(Transaction::Kind::kWrite); !begun.ok()) return begun;
  for (const std::int64_t id : rows) {
    Result<Statement*> name = connection_->use(sql::kNameOfRow);
    if (!name.ok()) return name.status();
    (*name)->bind(1, id);
    std::string uuid;
    std::string version;
    Status read = (*name)->each([&](const Statement& row) {
      uuid = row.text(0);
      version = row.text(1);
    });
    if (!read.ok()) return read;
    Result<std::optional<Row>> row = read_row(uuid, version);
    if (!row.ok()) return row.status();
    const std::size_t wanted = wanted_.size();
    if (*row) {
      if (Status settled = settle(**row); !settled.ok()) return settled;
    }
    if (wanted_.size() > wanted) continue;  // settled when its content is there
    Result<Statement*> forget = connection_->use(sql::kForgetEdit);
    if (!forget.ok()) return forget.status();
    (*forget)->bind(1, id);
    if (Status run = (*forget)->run(); !run.ok()) return run;
  }
  if (Status pruned = prune_changes(); !pruned.ok()) return pruned;
  if (Status done = transaction.commit(); !done.ok()) {
    conflicts_.clear();
    return done;
  }
  if (!conflicts_.empty()) last_seq_ = conflicts_.back().seq;
  return Status();
}

Status Store::settle(const Row& row) {
  // What is gone keeps what was made of it, until it comes back.
  if (row.edited()) return row.removed ? Status() : mend(row);
  if (row.content_hash) return Status();
  Result<Statement*> hash = connection_->use(sql::kSetHash);
  if (!hash.ok()) return hash.status();
  (*hash)->bind(1, row.id).bind(2, stamp_column(content_hash(row.view())));
  return (*hash)->run();
}

}  // namespace pawl
