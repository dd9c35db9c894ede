#include "benchmarks/bare/insert.h"

#include <sqlite3.h>

#include <algorithm>
#include <memory>

#include "benchmarks/bare/measure.h"

namespace bare {
namespace {

constexpr const char* kNow = "2025-01-01T00:00:00.000Z";

void ok(int code, sqlite3* database) {
  if (code != SQLITE_OK && code != SQLITE_DONE) fail(sqlite3_errmsg(database));
}

void bind(sqlite3_stmt* statement, int index, const std::string& text) {
  sqlite3_bind_text(statement, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

class Inserter {
 public:
  Inserter(const std::string& path, Journal journal) {
    ok(sqlite3_open_v2(path.c_str(), &database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                       nullptr),
       database_);
    // As sync/schema.cc, prepare_to_write.
    execute(journal == Journal::kWriteAhead
                ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                : "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL;");
    execute(
        "PRAGMA foreign_keys = ON;"
        "PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 16777216;");
    task_ = prepare(
        "INSERT INTO tasks (uuid, version, label, description, tags, source, path, checksum,"
        " enabled, valid, stamp, created_at, updated_at, validated_at, content_hash, metadata,"
        " input_schema, output_schema, script)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, 1, ?9, ?10, ?10, ?10, ?9, ?11, ?12, ?13, "
        "?14)");
    revision_ = prepare(
        "INSERT INTO revisions (uuid, number, version, checksum, origin, at, label, description,"
        " tags) VALUES (?1, 1, ?2, ?3, 'disk', ?4, ?5, ?6, ?7)");
    change_ = prepare(
        "INSERT INTO changes (at, kind, uuid, version, path, checksum)"
        " VALUES (?1, 'added', ?2, ?3, ?4, ?5)");
  }
  ~Inserter() {
    sqlite3_finalize(task_);
    sqlite3_finalize(revision_);
    sqlite3_finalize(change_);
    sqlite3_close(database_);
  }
  Inserter(const Inserter&) = delete;

  void execute(const char* sql) {
    ok(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr), database_);
  }

  void insert(const Row& row) {
    const std::string* texts[] = {&row.uuid, &row.version, &row.label, &row.description,
                                  &row.tags, &row.source,  &row.path,  &row.checksum};
    for (int i = 0; i < 8; ++i) bind(task_, i + 1, *texts[i]);
    sqlite3_bind_int64(task_, 9, row.stamp);
    sqlite3_bind_text(task_, 10, kNow, -1, SQLITE_STATIC);
    bind(task_, 11, row.metadata);
    bind(task_, 12, row.input_schema);
    bind(task_, 13, row.output_schema);
    bind(task_, 14, row.script);
    run(task_);
    bind(revision_, 1, row.uuid);
    bind(revision_, 2, row.version);
    bind(revision_, 3, row.checksum);
    sqlite3_bind_text(revision_, 4, kNow, -1, SQLITE_STATIC);
    bind(revision_, 5, row.label);
    bind(revision_, 6, row.description);
    bind(revision_, 7, row.tags);
    run(revision_);
    sqlite3_bind_text(change_, 1, kNow, -1, SQLITE_STATIC);
    bind(change_, 2, row.uuid);
    bind(change_, 3, row.version);
    bind(change_, 4, row.path);
    bind(change_, 5, row.checksum);
    run(change_);
  }

 private:
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    ok(sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr),
       database_);
    return statement;
  }
  void run(sqlite3_stmt* statement) {
    ok(sqlite3_step(statement), database_);
    ok(sqlite3_reset(statement), database_);
  }

  sqlite3* database_ = nullptr;
  sqlite3_stmt* task_ = nullptr;
  sqlite3_stmt* revision_ = nullptr;
  sqlite3_stmt* change_ = nullptr;
};

}  // namespace

void insert_rows(const std::string& database, const std::vector<Row>& rows,
                 std::size_t rows_per_transaction, AtEnd at_end, Journal journal) {
  auto owned = std::make_unique<Inserter>(database, journal);
  Inserter& inserter = *owned;
  for (std::size_t at = 0; at < rows.size();) {
    inserter.execute("BEGIN IMMEDIATE");
    const std::size_t end = std::min(at + rows_per_transaction, rows.size());
    for (; at < end; ++at) inserter.insert(rows[at]);
    inserter.execute("COMMIT");
  }
  if (at_end == AtEnd::kLeave) static_cast<void>(owned.release());
}

}  // namespace bare
